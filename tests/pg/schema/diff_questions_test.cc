#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// Goods have an owner; both have rows.
std::string Goods(const std::string& columns, const std::string& options = "") {
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
message Owner {
  option (rowkeeper.v1.entity) = {};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string code = 2 [(rowkeeper.v1.column) = {unique: true}];
}
message Good {
  option (rowkeeper.v1.entity) = {)",
                      options, R"(};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
  string title = 2;
  int64 rank = 3;
)",
                      columns, "}\n");
}

class DiffQuestions : public DiffTest {
 protected:
  void SetUp() override {
    DiffTest::SetUp();
    Create(Goods(""));
  }

  void Fill() {
    database_.Run(
        "INSERT INTO owners (code) VALUES ('a'), ('b'); INSERT INTO goods (title, rank) VALUES ('x', 1), ('x', 2)");
  }

  void ExpectQuestion(const std::string& proto, const std::string& words) {
    EXPECT_THAT(Summary(Diff(proto)), HasSubstr(absl::StrCat("? ", words)));
  }

  /// Nothing to ask, and what is written can be applied, so that nothing is left.
  void ExpectNoQuestion(const std::string& proto) {
    const std::string before = Fingerprint();
    const SchemaDiff diff = Diff(proto);
    EXPECT_TRUE(diff.questions.empty()) << Summary(diff);
    const std::vector<DiffFile> files = DiffFiles(diff, "change");
    ASSERT_EQ(Up(files), "");
    EXPECT_EQ(Summary(Diff(proto)), "");
    ASSERT_EQ(Down(files), "");
    EXPECT_EQ(Fingerprint(), before);
  }
};

TEST_F(DiffQuestions, ANewColumnThatIsUniqueIsAskedForItsValues) {
  const std::vector<std::string> asked = {
      "string sku = 4 [(rowkeeper.v1.column) = {unique: true}];",
      "int64 sku = 4 [(rowkeeper.v1.column) = {unique: true, default_value: \"7\"}];",
      "optional int64 sku = 4 [(rowkeeper.v1.column) = {unique: true, default_value: \"7\"}];",
  };
  const std::vector<std::string> not_asked = {
      "optional string sku = 4 [(rowkeeper.v1.column) = {unique: true}];",
  };
  for (const std::string& column : asked) ExpectNoQuestion(Goods(column));
  Fill();
  for (const std::string& column : asked) ExpectQuestion(Goods(column), R"(Which values do the rows of "goods")");
  for (const std::string& column : not_asked) ExpectNoQuestion(Goods(column));
  // Of several columns: only where those that are there are equal.
  const std::string pair = R"(unique_keys: {fields: ["title", "sku"]})",
                    other = R"(unique_keys: {fields: ["rank", "sku"]})";
  ExpectQuestion(Goods("string sku = 4;", pair), R"(Which values do the rows of "goods")");
  ExpectNoQuestion(Goods("string sku = 4;", other));
  database_.Run("DELETE FROM goods WHERE rank = 2");
  for (const std::string& column : asked) ExpectNoQuestion(Goods(column));
}

TEST_F(DiffQuestions, ANewKeyOverEqualRowsIsAskedAbout) {
  const std::string key = R"(unique_keys: {fields: ["title"]})", both = R"(unique_keys: {fields: ["title", "rank"]})";
  const std::string partial = R"(indexes: {fields: ["title"], unique: true, where: "rank > 1", name: "by"})";
  ExpectNoQuestion(Goods("", key));
  Fill();
  ExpectQuestion(Goods("", key), R"(What is to become of the rows of "goods" that have equal values in "title")");
  ExpectNoQuestion(Goods("", both));
  ExpectNoQuestion(Goods("", partial));
  database_.Run("UPDATE goods SET rank = 5");
  ExpectQuestion(Goods("", partial), R"(What is to become of the rows of "goods" that have equal values)");
}

TEST_F(DiffQuestions, ANewReferenceIsAskedAboutRowsWithoutATarget) {
  const std::string reference = R"([(rowkeeper.v1.column) = {references: "shop.v1.Owner"}];)";
  const std::string is_new = Goods("int64 owner_id = 4 " + reference);
  const std::string may_be_null = Goods("optional int64 owner_id = 4 " + reference);
  std::string of_rank = Goods("");
  of_rank.replace(of_rank.find("int64 rank = 3;"), 15, "int64 rank = 3 " + reference);
  ExpectNoQuestion(is_new);
  ExpectNoQuestion(of_rank);
  Fill();
  ExpectQuestion(is_new, R"(Which row of "owners" do the rows of "goods")");
  ExpectNoQuestion(may_be_null);
  ExpectNoQuestion(of_rank);
  database_.Run("UPDATE goods SET rank = 77 WHERE rank = 2");
  ExpectQuestion(of_rank, R"(What is to become of the rows of "goods" whose "rank" is no "id" of "owners")");
}

TEST_F(DiffQuestions, AConstraintThatWasNeverHeldAgainstItsRowsIsAskedAbout) {
  std::string proto = Goods("optional uint32 count = 4;");
  proto.replace(proto.find("int64 rank = 3;"), 15,
                R"(int64 rank = 3 [(rowkeeper.v1.column) = {references: "shop.v1.Owner"}];)");
  ASSERT_EQ(Up(DiffFiles(Diff(proto), "change")), "");
  Fill();
  const struct {
    const char* constraint;
    const char* broken;
  } cases[] = {{"ck_goods_count", "count = -1"}, {"fk_goods_rank_owners", "rank = 77"}};
  for (const auto& [constraint, broken] : cases) {
    SCOPED_TRACE(constraint);
    const std::string definition = database_.Value(
        absl::StrCat("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = '", constraint, "'"));
    database_.Run(absl::StrCat("ALTER TABLE goods DROP CONSTRAINT ", constraint));
    database_.Run(absl::StrCat("UPDATE goods SET ", broken));
    database_.Run(absl::StrCat("ALTER TABLE goods ADD CONSTRAINT ", constraint, " ", definition, " NOT VALID"));
    database_.Run(absl::StrCat("COMMENT ON CONSTRAINT ", constraint, " ON goods IS 'proto:shop.v1.Good'"));
    ExpectQuestion(proto, "What is to become of the rows of \"goods\"");
    database_.Run("UPDATE goods SET count = 1, rank = 1");
    ASSERT_EQ(Up(DiffFiles(Diff(proto), "change")), "");
    EXPECT_EQ(Summary(Diff(proto)), "");
  }
}

TEST_F(DiffQuestions, AColumnThatNothingFillsIsAskedAbout) {
  for (const char* filled :
       {"text", "text NOT NULL DEFAULT 'x'", "bigint NOT NULL GENERATED ALWAYS AS IDENTITY",
        "bigint NOT NULL GENERATED ALWAYS AS (id + 1) STORED", "filled NOT NULL", "bigserial NOT NULL"}) {
    SCOPED_TRACE(filled);
    database_.Run(absl::StrCat("CREATE DOMAIN filled AS text DEFAULT 'x'; ALTER TABLE goods ADD COLUMN more ", filled));
    EXPECT_EQ(Summary(Diff(Goods(""))), "");
    database_.Run("ALTER TABLE goods DROP COLUMN more; DROP DOMAIN filled");
  }
  database_.Run("ALTER TABLE goods ADD COLUMN more text NOT NULL");
  ExpectQuestion(Goods(""), R"(What fills the column "more" of "goods")");
  database_.Run("COMMENT ON COLUMN goods.more IS 'proto:none'");
  EXPECT_EQ(Summary(Diff(Goods(""))), "");
  // A field that is gone, but not reserved.
  database_.Run("ALTER TABLE goods DROP COLUMN more");
  std::string gone = Goods("");
  gone.replace(gone.find("int64 rank = 3;"), 15, "");
  ExpectQuestion(gone, R"(What fills the column "rank" of "goods")");
}

TEST_F(DiffQuestions, AReservedNameDropsNoColumnThatSaysNothing) {
  database_.Run("ALTER TABLE goods ADD COLUMN more text");
  const std::string reserved = Goods("reserved \"more\";");
  ExpectQuestion(reserved, R"(Is the column "more" of "goods", which has no field number, to be dropped)");
  database_.Run("COMMENT ON COLUMN goods.more IS 'what people said'");
  ExpectQuestion(reserved, R"(Is the column "more" of "goods", which has no field number, to be dropped)");
  const std::string before = Fingerprint();
  EXPECT_NE(Up(DiffFiles(Diff(reserved), "change")), "");
  EXPECT_EQ(Fingerprint(), before);
  database_.Run("COMMENT ON COLUMN goods.more IS 'proto:none'");
  EXPECT_EQ(Summary(Diff(reserved)), "");
  // Not even where a field has its name, which would give it that field's number.
  ExpectQuestion(Goods("optional string more = 9;"), R"(May the column of shop.v1.Good.more (field 9) have the name)");
}

TEST_F(DiffQuestions, ATableThatItsNameDoesNotFindIsNotCompared) {
  database_.Run(
      "CREATE SCHEMA hidden; CREATE TABLE hidden.goods (id int); "
      "COMMENT ON TABLE hidden.goods IS 'proto:shop.v1.Good'");
  ASSERT_TRUE(connection_->ExecuteScript("SET search_path = public, hidden", nullptr).ok());
  EXPECT_EQ(Summary(Diff(Goods(""))), "");  // the table that is found has the mark as well
  database_.Run("COMMENT ON TABLE public.goods IS NULL");
  ExpectQuestion(Goods(""), R"(Where is the table of shop.v1.Good, when "hidden"."goods" says that it is)");
  EXPECT_THAT(Summary(Diff(Goods(""))), Not(HasSubstr("add column")));
  database_.Run("COMMENT ON TABLE hidden.goods IS NULL");
  EXPECT_EQ(Summary(Diff(Goods(""))), "note in a comment that \"goods\" is the table of shop.v1.Good");
}

TEST_F(DiffQuestions, WhatTwoSayToBeIsAskedAbout) {
  database_.Run(
      "ALTER TABLE goods ADD COLUMN old_rank bigint; COMMENT ON COLUMN goods.old_rank IS 'proto:3 before May'");
  ExpectQuestion(Goods(""), R"(Which of the columns "rank" and "old_rank" of "goods", whose comments both say 3)");
  std::string reserved = Goods("reserved 3;");
  reserved.replace(reserved.find("int64 rank = 3;"), 15, "");
  ExpectQuestion(reserved, R"(Which of the columns "rank" and "old_rank" of "goods", whose comments both say 3)");
  EXPECT_THAT(Summary(Diff(reserved)), Not(HasSubstr("drop column")));
  database_.Run("COMMENT ON COLUMN goods.old_rank IS 'proto:none'");
  EXPECT_EQ(Summary(Diff(Goods(""))), "");

  database_.Run("CREATE TABLE spare (id bigint); COMMENT ON TABLE spare IS 'proto:shop.v1.Good'");
  EXPECT_EQ(Summary(Diff(Goods(""))), "");  // the name tells
  ExpectQuestion(Goods("", R"(table: "wares")"), R"(Which of the tables "public"."goods" and "public"."spare")");
  std::string gone = Goods("");
  gone.replace(gone.find("message Good"), std::string::npos,
               "option (rowkeeper.v1.dropped_entities) = \"shop.v1.Good\";");
  ExpectQuestion(
      gone,
      R"(Which of the tables "public"."goods" and "public"."spare", whose comments all name shop.v1.Good, is to be dropped?)");
  EXPECT_THAT(Summary(Diff(gone)), Not(HasSubstr("drop table")));
}

}  // namespace
}  // namespace rowkeeper::schema
