#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

std::string File(const std::string& messages) {
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
)",
                      messages);
}

std::string Message(const std::string& name, const std::string& options, const std::string& columns) {
  return absl::StrCat("message ", name, " {\n  option (rowkeeper.v1.entity) = {", options,
                      "};\n  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];\n", columns, "}\n");
}

const std::string& Before() {
  static const std::string before = File(Message("Item", "", "string title = 2;"));
  return before;
}

constexpr char kDropped[] = "option (rowkeeper.v1.dropped_entities) = \"shop.v1.Item\";\n";

class DiffFormerNames : public DiffTest {
 protected:
  void SetUp() override {
    DiffTest::SetUp();
    Create(Before());
    database_.Run("INSERT INTO items (title) VALUES ('kept')");
  }

  void ExpectThereAndBack(const std::string& proto) {
    const std::string before = Fingerprint();
    const SchemaDiff diff = Diff(proto);
    ASSERT_TRUE(diff.questions.empty()) << Summary(diff);
    const std::vector<DiffFile> files = DiffFiles(diff, "change");
    ASSERT_EQ(Up(files), "");
    EXPECT_EQ(Summary(Diff(proto)), "");
    const std::string after = Fingerprint();
    ASSERT_EQ(Down(files), "");
    EXPECT_EQ(Fingerprint(), before);
    ASSERT_EQ(Up(files), "");
    EXPECT_EQ(Fingerprint(), after);
  }

  void ForgetComments() {
    database_.Run(
        "COMMENT ON TABLE items IS NULL; COMMENT ON COLUMN items.title IS NULL; COMMENT ON COLUMN items.id IS NULL");
  }
};

TEST_F(DiffFormerNames, OfAMessageKeepItsTable) {
  const std::string renamed = File(Message("Ware", R"(former_names: "shop.v1.Item")", "string title = 2;"));
  EXPECT_THAT(Summary(Diff(renamed)), HasSubstr(R"(rename table "items" to "wares")"));
  ExpectThereAndBack(renamed);
  EXPECT_EQ(database_.Value("SELECT title FROM wares"), "kept");
}

TEST_F(DiffFormerNames, OfATableAndItsColumnsCountWhereNoCommentSaysMore) {
  const std::string renamed = File(Message("Ware", R"(former_names: ["goods", "items"])",
                                           "string heading = 2 [(rowkeeper.v1.column).former_names = \"title\"];"));
  EXPECT_THAT(Summary(Diff(renamed)), HasSubstr("whose message shop.v1.Item is gone, that of shop.v1.Ware?"));
  ForgetComments();
  EXPECT_THAT(Summary(Diff(renamed)), AllOf(HasSubstr(R"(rename column "title" of "items" to "heading")"),
                                            HasSubstr(R"(rename table "items" to "wares")")));
  ExpectThereAndBack(renamed);
  EXPECT_EQ(database_.Value("SELECT heading FROM wares"), "kept");
}

TEST_F(DiffFormerNames, OfColumnsDoNotTakeAColumnOfAnotherNumber) {
  const std::string renamed =
      File(Message("Item", "", "optional string heading = 3 [(rowkeeper.v1.column).former_names = \"title\"];"));
  EXPECT_THAT(Summary(Diff(renamed)), AllOf(HasSubstr("? Is the column \"title\""), Not(HasSubstr("rename column"))));
  database_.Run("COMMENT ON COLUMN items.title IS 'proto:none'");
  EXPECT_THAT(Summary(Diff(renamed)), Not(HasSubstr("rename column")));
}

TEST_F(DiffFormerNames, OfNothingChangeNothing) {
  EXPECT_EQ(Summary(Diff(File(Message("Item", R"(former_names: ["shop.v1.Good", "goods"])",
                                      "string title = 2 [(rowkeeper.v1.column).former_names = \"name\"];")))),
            "");
}

/// Tables of entities that are gone.
class DiffDroppedEntities : public DiffFormerNames {};

TEST_F(DiffDroppedEntities, AreDroppedOnlyWhenTheyAreMarkedAndComeBackEmpty) {
  const std::string others = Message("Part", "", "");
  const std::string kept = File(others);
  EXPECT_THAT(Summary(Diff(kept)), HasSubstr("? Is the table \"items\""));
  database_.Run(R"(
CREATE TYPE mood AS ENUM ('fine', 'bad');
CREATE DOMAIN short AS varchar(9);
ALTER TABLE items ADD serial bigserial, ADD mood mood NOT NULL DEFAULT 'fine', ADD short short[] NOT NULL DEFAULT '{}',
  ADD twice bigint GENERATED ALWAYS AS (id * 2) STORED, ADD parent bigint REFERENCES items (id),
  ADD name text COLLATE "C" UNIQUE, ADD CONSTRAINT apart EXCLUDE (name WITH =), ADD CHECK (length(name) < 9);
CREATE INDEX by_mood ON items (mood) WHERE mood <> 'bad';
COMMENT ON INDEX by_mood IS 'all but the bad';
)");
  const std::string dropped = File(kDropped + others);
  EXPECT_THAT(Summary(Diff(dropped)), HasSubstr(R"(drop table "public"."items" and its rows, which are lost)"));
  ExpectThereAndBack(dropped);
  EXPECT_EQ(database_.Value("SELECT to_regclass('items') IS NULL"), "t");
}

TEST_F(DiffDroppedEntities, MayReferenceEachOtherAndBeReferencedByDeclaredKeysThatGoToo) {
  const std::string reference = "[(rowkeeper.v1.column).references = \"shop.v1.";
  const std::string mutual = File(Message("Item", "", "optional int64 box_id = 3 " + reference + "Box\"];") +
                                  Message("Box", "", "optional int64 item_id = 2 " + reference + "Item\"];") +
                                  Message("Part", "", "optional int64 item_id = 2 " + reference + "Item\"];"));
  database_.Run("DROP TABLE items");
  Create(mutual);
  const std::string dropped = File(
      "option (rowkeeper.v1.dropped_entities) = \"shop.v1.Item\";\noption (rowkeeper.v1.dropped_entities) = "
      "\"shop.v1.Box\";\n" +
      Message("Part", "", "reserved 2;"));
  ExpectThereAndBack(dropped);
}

TEST_F(DiffDroppedEntities, AreAskedAboutWhatNeedsThem) {
  const std::string dropped = File(kDropped + Message("Part", "", ""));
  database_.Run("CREATE VIEW titles AS SELECT title FROM items");
  EXPECT_THAT(Summary(Diff(dropped)), HasSubstr("which is to be dropped: rule _RETURN on view titles?"));
  database_.Run("DROP VIEW titles; CREATE TABLE other (item bigint REFERENCES items (id))");
  EXPECT_THAT(Summary(Diff(dropped)), HasSubstr("which is to be dropped: constraint other_item_fkey on table other?"));
  const std::string before = Fingerprint();
  EXPECT_NE(Up(DiffFiles(Diff(dropped), "change")), "");
  EXPECT_EQ(Fingerprint(), before);
}

TEST_F(DiffDroppedEntities, WithoutACommentAreNobodysTables) {
  ForgetComments();
  const SchemaDiff diff = Diff(File(kDropped + Message("Part", "", "")));
  EXPECT_EQ(Summary(diff), "create table \"parts\"");
  EXPECT_THAT(diff.left_alone, ::testing::Contains("table \"public\".\"items\""));
}

}  // namespace
}  // namespace rowkeeper::schema
