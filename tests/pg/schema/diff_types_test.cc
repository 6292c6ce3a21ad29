#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;

std::string Notes(const std::string& column, const std::string& options = "") {
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
message Note {
  option (rowkeeper.v1.entity) = {)",
                      options, R"(};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
)",
                      column, "\n}\n");
}

/// Columns of notes that get another type.
class DiffTypes : public DiffTest {
 protected:
  /// The files of the diff, its questions answered.
  std::vector<DiffFile> Answered(const std::string& proto) {
    SchemaDiff diff = Diff(proto);
    diff.questions.clear();
    return DiffFiles(diff, "change");
  }
};

TEST_F(DiffTypes, OfTextsAndBytesKeepTheirCharacters) {
  Create(Notes("string body = 2;"));
  database_.Run("INSERT INTO notes (body) VALUES (E'back\\\\slash \\u00e4'), (E'\\\\x41')");
  const std::string rows = "SELECT string_agg(body::text, ';' ORDER BY id) FROM notes";
  const std::string before = database_.Value(rows);
  const std::vector<DiffFile> files = Answered(Notes("bytes body = 2;"));
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(database_.Value("SELECT body = convert_to('\\x41', 'UTF8') FROM notes WHERE id = 2"), "t");
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(database_.Value(rows), before);
}

TEST_F(DiffTypes, OfArraysThatAreWrittenAgainStandInAFileOfTheirOwn) {
  Create(Notes("repeated string tags = 2 [(rowkeeper.v1.column).max_length = 9];"));
  const SchemaDiff diff = Diff(Notes("repeated string tags = 2;"));
  ASSERT_EQ(diff.steps.size(), 1u) << Summary(diff);
  EXPECT_EQ(diff.steps[0].kind, StepKind::kRewrite);
}

TEST_F(DiffTypes, KeepTheCollationThatPeopleGaveThem) {
  Create(Notes("string body = 2 [(rowkeeper.v1.column).max_length = 9];"));
  database_.Run("ALTER TABLE notes ALTER body TYPE varchar(9) COLLATE \"C\"");
  const std::string before = Fingerprint();
  const std::vector<DiffFile> files = DiffFiles(Diff(Notes("string body = 2;")), "change");
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(database_.Value("SELECT attcollation::regcollation FROM pg_attribute WHERE attrelid = 'notes'::regclass "
                            "AND attname = 'body'"),
            "\"C\"");
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
}

TEST_F(DiffTypes, AreAskedAboutWhatReadsTheColumn) {
  Create(Notes("int32 rank = 2;"));
  database_.Run("CREATE VIEW ranks AS SELECT rank FROM notes; CREATE INDEX positive ON notes (id) WHERE rank > 0");
  EXPECT_THAT(Summary(Diff(Notes("int64 rank = 2;"))), HasSubstr("have another type: rule _RETURN on view ranks?"));
  database_.Run("DROP VIEW ranks");
  const SchemaDiff diff = Diff(Notes("int64 rank = 2;"));
  EXPECT_TRUE(diff.questions.empty()) << Summary(diff);
  const std::vector<DiffFile> files = DiffFiles(diff, "change");
  const std::string before = Fingerprint();
  ASSERT_EQ(Up(files), "");
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
  EXPECT_THAT(Summary(Diff(Notes("string rank = 2;"))), HasSubstr("have another type: index positive?"));
}

}  // namespace
}  // namespace rowkeeper::schema
