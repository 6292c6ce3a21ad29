#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;

std::string Wares(const std::string& title, const std::string& options = "") {
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Ware {
  option (rowkeeper.v1.entity) = {)",
                      options, R"(};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2 [(rowkeeper.v1.column) = {)",
                      title, "}];\n}\n");
}

constexpr char kIndex[] = R"(indexes: {fields: ["title"], name: "by_title"})";
constexpr char kOtherIndex[] = R"(indexes: {fields: ["title desc"], name: "by_title"})";
constexpr char kKey[] = "unique: true";  // uq_wares_title

/// Indexes whose names something else has.
class DiffIndexNames : public DiffTest {
 protected:
  void SetUp() override {
    DiffTest::SetUp();
    Create(Wares(""));
    database_.Run("CREATE TABLE other (id int, title text)");
  }

  /// The diff asks, and its files neither can be applied nor change what is there.
  void ExpectQuestion(const std::string& proto, const std::string& words) {
    const SchemaDiff diff = Diff(proto);
    EXPECT_THAT(Summary(diff), HasSubstr(absl::StrCat("? Which name is the ", words)));
    ExpectUpFails(DiffFiles(diff, "change"), words);
    ExpectUpFails(WithoutQuestions(diff), "");
  }

  void ExpectUpFails(const std::vector<DiffFile>& files, const std::string& words) {
    const std::string before = Fingerprint();
    const std::string problem = Up(files);
    if (!words.empty()) {
      EXPECT_THAT(problem, HasSubstr(words));
    }
    EXPECT_EQ(Fingerprint(), before);
  }

  static std::vector<DiffFile> WithoutQuestions(SchemaDiff diff) {
    diff.questions.clear();
    return DiffFiles(diff, "change");
  }
};

TEST_F(DiffIndexNames, OfOtherTablesAreAQuestion) {
  for (const char* holder :
       {"CREATE INDEX by_title ON other (title)", "CREATE UNIQUE INDEX by_title ON other (id)",
        "CREATE SEQUENCE by_title", "CREATE TABLE by_title (id int)", "CREATE VIEW by_title AS SELECT 1 AS one",
        "CREATE TYPE by_title AS (id int)", "ALTER TABLE other ADD CONSTRAINT by_title PRIMARY KEY (id)"}) {
    SCOPED_TRACE(holder);
    database_.Run(absl::StrCat("BEGIN; ", holder, "; COMMIT"));
    ExpectQuestion(Wares("", kIndex), R"(index "by_title" of "wares" to have)");
    database_.Run("DROP SCHEMA public CASCADE; CREATE SCHEMA public; CREATE TABLE other (id int, title text)");
    Create(Wares(""));
  }
}

TEST_F(DiffIndexNames, OfUniqueKeysAreAQuestionWhenAnythingHasThem) {
  database_.Run("CREATE INDEX uq_wares_title ON other (title)");
  ExpectQuestion(Wares(kKey), R"(unique key "uq_wares_title" of "wares" to have while an index of other)");
  database_.Run("DROP INDEX uq_wares_title; ALTER TABLE wares ADD CONSTRAINT uq_wares_title CHECK (title <> 'x')");
  ExpectQuestion(Wares(kKey), R"(unique key "uq_wares_title" of "wares" to have while a constraint of this table)");
}

TEST_F(DiffIndexNames, WhileTheyAreBuiltBelongToNobodyElse) {
  database_.Run("DROP TABLE wares");
  Create(Wares("", kIndex));
  database_.Run("CREATE INDEX by_title_new ON other (title)");
  const std::vector<DiffFile> files = DiffFiles(Diff(Wares("", kOtherIndex)), "change");
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(Summary(Diff(Wares("", kOtherIndex))), "");
  EXPECT_EQ(database_.Value("SELECT to_regclass('by_title_new')"), "by_title_new");
  ASSERT_EQ(Down(files), "");
  database_.Run("CREATE INDEX \"rowkeeper:by_title\" ON other (title)");
  ExpectQuestion(Wares("", kOtherIndex), R"(index "by_title" of "wares" to have while an index of other)");
  ExpectUpFails(files, "is held by something else");
}

TEST_F(DiffIndexNames, ThatAreTakenBeforeTheFileRunsStopIt) {
  const std::vector<DiffFile> index = DiffFiles(Diff(Wares("", kIndex)), "change");
  const std::vector<DiffFile> key = DiffFiles(Diff(Wares(kKey)), "change");
  database_.Run("CREATE INDEX by_title ON other (title); CREATE INDEX uq_wares_title ON other (title)");
  ExpectUpFails(index, R"(the name "by_title" of the index to be built on "wares" is held by something else)");
  ExpectUpFails(key, R"(the name "uq_wares_title" of the index to be built on "wares" is held by something else)");
  database_.Run("DROP INDEX by_title, uq_wares_title; CREATE INDEX by_title ON wares (id)");
  ExpectUpFails(index, "is held by something else");
  database_.Run("ALTER TABLE wares ADD CONSTRAINT uq_wares_title CHECK (title <> 'x')");
  ExpectUpFails(key, "is held by another constraint");
  // Found through the search_path, in another schema than the table's.
  database_.Run(
      "DROP INDEX by_title; CREATE SCHEMA first; CREATE TABLE first.other (id int); "
      "CREATE INDEX by_title ON first.other (id)");
  ASSERT_TRUE(connection_->ExecuteScript("SET search_path = first, public", nullptr).ok());
  ExpectUpFails(index, "is held by something else");
}

TEST_F(DiffIndexNames, ThatFindAnotherIndexDropNone) {
  database_.Run("DROP TABLE wares");
  Create(Wares("", kIndex));
  const std::vector<DiffFile> unaware = DiffFiles(Diff(Wares("")), "change");
  database_.Run("CREATE SCHEMA first; CREATE TABLE first.other (id int); CREATE INDEX by_title ON first.other (id)");
  ASSERT_TRUE(connection_->ExecuteScript("SET search_path = first, public", nullptr).ok());
  ExpectUpFails(unaware, "finds something else");
  for (const char* options : {"", kOtherIndex}) {
    SCOPED_TRACE(options);
    const std::vector<DiffFile> files = DiffFiles(Diff(Wares("", options)), "change");
    const std::string before = Fingerprint();
    ASSERT_EQ(Up(files), "");
    EXPECT_EQ(Summary(Diff(Wares("", options))), "");
    EXPECT_EQ(database_.Value("SELECT to_regclass('first.by_title') IS NOT NULL"), "t");
    ASSERT_EQ(Down(files), "");
    EXPECT_EQ(Fingerprint(), before);
  }
}

TEST_F(DiffIndexNames, LeftByAnInterruptedBuildAreTakenAgain) {
  const std::vector<DiffFile> index = DiffFiles(Diff(Wares("", kIndex)), "change");
  database_.Run("CREATE INDEX by_title ON wares (id)");
  database_.Run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'by_title'::regclass");
  ASSERT_EQ(Up(index), "");
  EXPECT_EQ(Summary(Diff(Wares("", kIndex))), "");
}

}  // namespace
}  // namespace rowkeeper::schema
