#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/pg/schema/diff_fixture.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::schema {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

/// A file with one entity, whose columns are given.
std::string Items(const std::string& columns, const std::string& options = "", const std::string& more = "") {
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";
import "rowkeeper/v1/annotations.proto";
)",
                      more, "\nmessage Item {\n  option (rowkeeper.v1.entity) = {", options,
                      "};\n  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];\n", columns, "}\n");
}

class DiffDecisions : public DiffTest {
 protected:
  /// The text of all files, up blocks first.
  std::string Files(const SchemaDiff& diff) {
    std::string text;
    for (const DiffFile& file : DiffFiles(diff, "change")) {
      absl::StrAppend(&text, "== ", file.name, "\n", absl::StrJoin(file.body.up, ";\n"), "\n-- down\n",
                      absl::StrJoin(file.body.down, ";\n"), "\n");
    }
    return text;
  }

  std::vector<std::string> Questions(const SchemaDiff& diff) {
    std::vector<std::string> questions;
    for (const Question& question : diff.questions) questions.push_back(question.question);
    return questions;
  }

  /// The diff is one question that says `words`, and its files cannot be applied and change nothing.
  void ExpectQuestion(const std::string& proto, const std::string& words) {
    const SchemaDiff diff = Diff(proto);
    EXPECT_THAT(Questions(diff), ElementsAre(HasSubstr(words)));
    const std::string before = Fingerprint();
    EXPECT_THAT(Up(DiffFiles(diff, "change")), HasSubstr(words));
    EXPECT_EQ(Fingerprint(), before);
  }
};

TEST_F(DiffDecisions, AFieldNumberWithAnotherNameIsARenameAndKeepsValues) {
  Create(Items("string title = 2; string notes = 3;"));
  database_.Run("INSERT INTO items (title, notes) VALUES ('a', 'b')");
  const SchemaDiff diff = Diff(Items("string heading = 2; string notes = 3;"));
  EXPECT_EQ(Summary(diff), R"(rename column "title" of "items" to "heading")");
  ASSERT_EQ(Up(DiffFiles(diff, "change")), "");
  EXPECT_EQ(database_.Value("SELECT heading || notes FROM items"), "ab");
}

TEST_F(DiffDecisions, WithoutANumberWhatMayBeARenameIsAQuestion) {
  Create(Items("string title = 2;"));
  database_.Run("COMMENT ON COLUMN items.title IS NULL");
  ExpectQuestion(Items("string heading = 3;"),
                 R"(Is the column "title" of "items", which no field declares, the column)");
  // Either answer settles it.
  database_.Run("COMMENT ON COLUMN items.title IS 'proto:3'");
  EXPECT_EQ(Summary(Diff(Items("string heading = 3;"))), R"(rename column "title" of "items" to "heading")");
  database_.Run("COMMENT ON COLUMN items.title IS 'proto:none kept for the reports'");
  EXPECT_EQ(Summary(Diff(Items("string heading = 3;"))), R"(add column "heading" to "items")");
}

TEST_F(DiffDecisions, NamesThatAreGivenAgainAreAQuestion) {
  Create(Items("string title = 2; string notes = 3;"));
  ExpectQuestion(Items("string notes = 2; reserved 3;"),
                 R"((field 2) have the name "notes", which the column of field 3)");
  EXPECT_THAT(Questions(Diff(Items("string notes = 2; string title = 3;"))),
              ElementsAre(HasSubstr("field 2"), HasSubstr("field 3")));
  EXPECT_THAT(Questions(Diff(Items("string heading = 2; string notes = 3; string title = 4;"))),
              ElementsAre(HasSubstr(R"((field 4) have the name "title", which the column of field 2)")));
}

TEST_F(DiffDecisions, AColumnIsDroppedOnlyWhenItsFieldIsReserved) {
  Create(Items("string title = 2; optional string notes = 3;"));
  const SchemaDiff kept = Diff(Items("string title = 2;"));
  EXPECT_TRUE(kept.empty()) << Summary(kept);
  EXPECT_THAT(kept.left_alone, Contains(R"(column "notes" of "items")"));
  EXPECT_EQ(Summary(Diff(Items("string title = 2; reserved 3;"))),
            R"(drop column "notes" of "items" and its values, which are lost)");
}

TEST_F(DiffDecisions, NotNullWhereNullsAreIsAQuestionUntilTheyAreFilled) {
  Create(Items("optional string title = 2;"));
  database_.Run("INSERT INTO items (title) VALUES (NULL)");
  const SchemaDiff diff = Diff(Items("string title = 2;"));
  EXPECT_THAT(Questions(diff), ElementsAre(HasSubstr(R"("title" of "items" is NULL)")));
  database_.Run("UPDATE items SET title = ''");
  EXPECT_THAT(Questions(Diff(Items("string title = 2;"))), IsEmpty());
}

TEST_F(DiffDecisions, ATypeThatHoldsFewerValuesIsAQuestion) {
  Create(Items("string title = 2; int64 rank = 3;"));
  ExpectQuestion(Items("string title = 2; int32 rank = 3;"), "when its type bigint becomes integer");
  ExpectQuestion(Items("string title = 2 [(rowkeeper.v1.column).max_length = 5]; int64 rank = 3;"),
                 "when its type text becomes character varying(5)");
}

TEST_F(DiffDecisions, RowsThatViolateANewCheckAreAQuestion) {
  const std::string before = "enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; STATE_DONE = 2; }";
  const std::string after = "enum State { STATE_UNSPECIFIED = 0; STATE_OPEN = 1; }";
  Create(Items("State state = 2;", "", before));
  database_.Run("INSERT INTO items (state) VALUES ('OPEN')");
  EXPECT_THAT(Questions(Diff(Items("State state = 2;", "", after))), IsEmpty());
  database_.Run("INSERT INTO items (state) VALUES ('DONE')");
  EXPECT_THAT(Questions(Diff(Items("State state = 2;", "", after))), ElementsAre(HasSubstr("violate the new check")));
}

TEST_F(DiffDecisions, ANewColumnWithoutAValueForRowsThatExistIsAQuestion) {
  Create(Items(""));
  ExpectQuestion(Items("string owner_id = 2 [(rowkeeper.v1.column).type = COLUMN_TYPE_UUID];"),
                 R"(get in the new column "owner_id", which is NOT NULL)");
}

TEST_F(DiffDecisions, ALabelThatLeavesANativeEnumIsAQuestion) {
  const std::string column = "Mood mood = 2 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];";
  Create(Items(column, "", "enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; MOOD_BAD = 2; }"));
  ExpectQuestion(Items(column, "", "enum Mood { MOOD_UNSPECIFIED = 0; MOOD_FINE = 1; }"), "Is no row to have BAD");
}

TEST_F(DiffDecisions, ATableWhoseMessageIsGoneMayBeThatOfANewOne) {
  Create(Items("string title = 2;"));
  std::string renamed = Items("string title = 2;");
  renamed.replace(renamed.find("message Item"), 12, "message Ware");
  ExpectQuestion(renamed, R"(Is the table "items", whose message shop.v1.Item is gone, that of shop.v1.Ware?)");
  database_.Run("COMMENT ON TABLE items IS 'proto:shop.v1.Ware'");
  const SchemaDiff diff = Diff(renamed);
  EXPECT_THAT(Summary(diff), HasSubstr(R"(rename table "items" to "wares")"));
  ASSERT_EQ(Up(DiffFiles(diff, "change")), "");
  EXPECT_EQ(Summary(Diff(renamed)), "");
}

TEST_F(DiffDecisions, WhatNobodyDeclaredIsLeftAloneAndListed) {
  Create(Items("string title = 2;"));
  database_.Run(R"(
CREATE TABLE ledger (id int);
CREATE VIEW titles AS SELECT title FROM items;
ALTER TABLE items ADD COLUMN search text, ADD CONSTRAINT short CHECK (length(title) < 99), ADD UNIQUE (search);
CREATE INDEX ON items (title);
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER watch BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION nothing();
)");
  const SchemaDiff diff = Diff(Items("string title = 2;"));
  EXPECT_TRUE(diff.empty()) << Summary(diff);
  EXPECT_THAT(diff.left_alone,
              ::testing::UnorderedElementsAre(
                  R"(table "public"."ledger")", R"(view "public"."titles")", R"(column "search" of "items")",
                  R"(check "short" of "items")", R"(unique key "items_search_key" of "items")",
                  R"(index "items_title_idx" of "items")", R"(trigger "watch" of "items")"));
}

TEST_F(DiffDecisions, ATableWithoutNumbersIsAdoptedByCommentsAlone) {
  Create(Items("string title = 2 [(rowkeeper.v1.column).unique = true];"));
  database_.Run(
      "COMMENT ON TABLE items IS 'all that we sell'; COMMENT ON COLUMN items.title IS NULL; "
      "COMMENT ON COLUMN items.id IS NULL; COMMENT ON CONSTRAINT uq_items_title ON items IS NULL");
  const std::string before = Fingerprint();
  const std::string proto = Items("string title = 2 [(rowkeeper.v1.column).unique = true]; optional string notes = 3;");
  const std::vector<DiffFile> files = DiffFiles(Diff(proto), "change");
  ASSERT_EQ(files.size(), 2u);
  EXPECT_EQ(files[0].name, "change_comments");
  for (const std::string& statement : files[0].body.up) {
    EXPECT_THAT(statement, ::testing::AnyOf(HasSubstr("\nCOMMENT ON"), HasSubstr("SET LOCAL lock_timeout")));
  }
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(database_.Value("SELECT obj_description('items'::regclass)"), "proto:shop.v1.Item all that we sell");
  EXPECT_EQ(Summary(Diff(proto)), "");
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
}

TEST_F(DiffDecisions, TablesThatExistAreChangedInFormsThatLetOthersWork) {
  Create(Items("string title = 2; optional string notes = 3; uint32 count = 4;"));
  const std::string text = Files(Diff(Items(
      "string title = 2 [(rowkeeper.v1.column).unique = true]; string notes = 3; State state = 5; uint32 count = 4;",
      R"(indexes: {fields: ["notes"]})", "enum State { STATE_SMALL = 0; STATE_LARGE = 1; }")));
  EXPECT_THAT(text, HasSubstr(R"(CREATE INDEX CONCURRENTLY "ix_items_notes" ON "items")"));
  EXPECT_THAT(text, HasSubstr(R"(CREATE UNIQUE INDEX CONCURRENTLY "uq_items_title" ON "items")"));
  EXPECT_THAT(text, HasSubstr(R"(ADD CONSTRAINT "uq_items_title" UNIQUE USING INDEX "uq_items_title")"));
  EXPECT_THAT(text, HasSubstr(R"(ADD CONSTRAINT "ck_items_state" CHECK ("state" IN ('SMALL', 'LARGE')) NOT VALID)"));
  EXPECT_THAT(text, HasSubstr(R"(VALIDATE CONSTRAINT "ck_items_state")"));
  EXPECT_THAT(text, HasSubstr(R"(ADD CONSTRAINT "rowkeeper_not_null_3" CHECK ("notes" IS NOT NULL) NOT VALID)"));
  EXPECT_THAT(text, HasSubstr("SET LOCAL lock_timeout = '1s'"));
  EXPECT_THAT(text, Not(HasSubstr("CREATE INDEX \"")));
}

TEST_F(DiffDecisions, FilesThatRunWithoutATransactionCanBeRunAgain) {
  Create(Items("string title = 2; string notes = 3;", R"(indexes: {fields: ["notes"], name: "by"})"));
  const std::string proto = Items("string title = 2 [(rowkeeper.v1.column).unique = true]; string notes = 3;",
                                  R"(indexes: {fields: ["notes desc"], name: "by"})");
  const std::vector<DiffFile> files = DiffFiles(Diff(proto), "change");
  ASSERT_EQ(files[0].name, "change_indexes");
  const DiffFile& indexes = files[0];
  for (size_t ran = 1; ran <= indexes.body.up.size(); ++ran) {
    SCOPED_TRACE(ran);
    DiffFile interrupted = indexes;
    interrupted.body.up.resize(ran);
    ASSERT_EQ(Up({interrupted}), "");
    ASSERT_EQ(Up(files), "");
    EXPECT_EQ(Summary(Diff(proto)), "");
    ASSERT_EQ(Down(files), "");
  }
}

TEST_F(DiffDecisions, AnIndexLeftInvalidIsBuiltAgain) {
  const std::string proto = Items("string title = 2;", R"(indexes: {fields: ["title"]})");
  Create(proto);
  database_.Run("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'ix_items_title'::regclass");
  const SchemaDiff diff = Diff(proto);
  EXPECT_FALSE(diff.empty());
  ASSERT_EQ(Up(DiffFiles(diff, "change")), "");
  EXPECT_EQ(Summary(Diff(proto)), "");
}

TEST_F(DiffDecisions, ASchemaThatIsMissingIsMadeAndGoesAgain) {
  const std::string proto = Items(
      "string title = 2; State state = 3 [(rowkeeper.v1.column).type = "
      "COLUMN_TYPE_NATIVE_ENUM];",
      R"(schema: "Shop", indexes: {fields: ["state"], where: "state <> 'LARGE'"})",
      "enum State { STATE_SMALL = 0; STATE_LARGE = 1; }");
  const std::string before = Fingerprint();
  const std::vector<DiffFile> files = DiffFiles(Diff(proto), "change");
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(Summary(Diff(proto)), "");
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
}

TEST_F(DiffDecisions, APredicateThatPostgreSQLRefusesIsAnError) {
  Create(Items("string title = 2;"));
  const auto catalogue =
      testing::CompileProtoText(Items("string title = 2;", R"(indexes: {fields: ["title"], where: "titel = 'x'"})"));
  ASSERT_NE(catalogue, nullptr);
  const auto diff = DiffSchema(*catalogue, {}, *connection_);
  EXPECT_EQ(diff.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(diff.status().message()), HasSubstr("column \"titel\" does not exist"));
  EXPECT_FALSE(connection_->in_transaction());
}

TEST_F(DiffDecisions, ARoleThatMayOnlyReadCanTellTheDifference) {
  Create(Items("string title = 2;"));
  database_.Run(
      "DROP ROLE IF EXISTS diff_reader; CREATE ROLE diff_reader LOGIN; "
      "GRANT SELECT ON ALL TABLES IN SCHEMA public TO diff_reader");
  db::ConnectionOptions options;
  options.url = database_.UrlFor("diff_reader");
  auto connection = db::Connection::Open(options);
  ASSERT_TRUE(connection.ok()) << connection.status();
  connection_ = *std::move(connection);
  EXPECT_EQ(Summary(Diff(Items("string title = 2; optional string notes = 3;"))), R"(add column "notes" to "items")");
  database_.Run(absl::StrCat("REVOKE TEMPORARY ON DATABASE ", database_.name(), " FROM PUBLIC"));
  const auto refused = DiffSchema(*testing::CompileProtoText(Items("")), {}, *connection_);
  EXPECT_EQ(refused.status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("GRANT TEMPORARY ON DATABASE"));
  connection_.reset();
  database_.Run("DROP OWNED BY diff_reader; DROP ROLE diff_reader");
}

}  // namespace
}  // namespace rowkeeper::schema
