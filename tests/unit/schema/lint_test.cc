#include "server/schema/lint/lint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"

namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Files of these up blocks, one after another: "transaction:false\n..." is a block's option.
std::vector<MigrationFile> FilesOf(const std::vector<std::string>& ups) {
  std::vector<MigrationFile> files;
  for (size_t i = 0; i < ups.size(); ++i) {
    const std::string option = ups[i].rfind("transaction:", 0) == 0 ? " " : "\n";
    auto file = ParseMigrationFile(absl::StrCat(1000 + i, "_m.sql"),
                                   absl::StrCat("-- migrate:up", option, ups[i], "\n-- migrate:down\nSELECT 1;\n"));
    EXPECT_TRUE(file.ok()) << file.status();
    if (file.ok()) files.push_back(*std::move(file));
  }
  return files;
}

std::vector<std::string> Words(const LintReport& report) {
  std::vector<std::string> lines;
  for (const LintFinding& finding : report.findings) {
    lines.push_back(
        absl::StrCat(finding.path, ":", finding.line, " ", std::string(finding.rule->name), " ", finding.subject));
  }
  for (const NotLinted& statement : report.not_linted) {
    lines.push_back(absl::StrCat(statement.path, ":", statement.line, " not linted: ", statement.why));
  }
  return lines;
}

std::vector<std::string> Lint(const std::vector<std::string>& ups) { return Words(LintMigrations(FilesOf(ups), {})); }

std::string ExampleOf(const LintRule& rule, const char* kind) {
  return absl::StrCat("tests/unit/schema/lint/", std::string(rule.name), ".", kind, ".sql");
}

LintReport LintExample(const std::string& path) {
  const auto text = ReadFile(path);
  EXPECT_TRUE(text.ok()) << text.status();
  auto file = ParseMigrationFile(path, text.ok() ? *text : "");
  EXPECT_TRUE(file.ok()) << file.status();
  return file.ok() ? LintMigrations({*std::move(file)}, {}) : LintReport();
}

TEST(Lint, FindsEachRuleInItsBadExampleAndNoOther) {
  for (const LintRule& rule : LintRules()) {
    SCOPED_TRACE(std::string(rule.name));
    const LintReport report = LintExample(ExampleOf(rule, "bad"));
    std::set<std::string_view> names;
    for (const LintFinding& finding : report.findings) names.insert(finding.rule->name);
    EXPECT_EQ(names, std::set<std::string_view>({rule.name}));
    EXPECT_THAT(report.not_linted, IsEmpty());
  }
}

TEST(Lint, FindsNothingInGoodExamples) {
  for (const LintRule& rule : LintRules()) EXPECT_THAT(Words(LintExample(ExampleOf(rule, "good"))), IsEmpty());
}

TEST(Lint, HasEachRuleOnItsPage) {
  const auto page = ReadFile("proto/reference/migration-lint.md");
  ASSERT_TRUE(page.ok()) << page.status();
  for (const LintRule& rule : LintRules())
    EXPECT_THAT(*page, HasSubstr(absl::StrCat("`", std::string(rule.name), "`")));
}

TEST(Lint, NamesTheLineOfThePart) {
  EXPECT_THAT(
      Lint({"\n-- words\nALTER TABLE a\n  ADD COLUMN b text,\n  ADD COLUMN c text NOT NULL,\n"
            "  ADD CONSTRAINT d CHECK (b <> '');"}),
      ElementsAre("1000_m.sql:6 adding-required-field \"a\".\"c\"", "1000_m.sql:7 constraint-missing-not-valid \"a\""));
}

TEST(Lint, LeavesAloneWhatTheFileMakesAndOnlyThat) {
  const std::string change = "CREATE INDEX ix ON a (b); ALTER TABLE a ADD CHECK (b > 0); DROP INDEX ix; TRUNCATE a;";
  EXPECT_THAT(Lint({"CREATE TABLE a (b int);" + change}), IsEmpty());
  EXPECT_THAT(Lint({"CREATE TABLE s.a (b int); CREATE INDEX ON s.a (b);"}), IsEmpty());
  EXPECT_THAT(Lint({"CREATE TABLE public.a (b int); CREATE INDEX ON a (b);"}), IsEmpty());
  EXPECT_THAT(Lint({"CREATE TABLE a AS SELECT 1 AS b; ALTER TABLE a RENAME TO c; CREATE INDEX ON c (b);"}), IsEmpty());
  EXPECT_THAT(Lint({"CREATE TABLE a (b int);", "CREATE INDEX ix ON a (b);"}),
              ElementsAre("1001_m.sql:2 require-concurrent-index-creation \"ix\""));
}

TEST(Lint, KnowsWhatEarlierFilesProved) {
  const std::string add = "ALTER TABLE a ADD CONSTRAINT p CHECK (b IS NOT NULL) NOT VALID;";
  const std::string validate = "ALTER TABLE a VALIDATE CONSTRAINT p;", set = "ALTER TABLE a ALTER b SET NOT NULL;";
  EXPECT_THAT(Lint({add, validate, set}), IsEmpty());
  EXPECT_THAT(Lint({add, set}), ElementsAre("1001_m.sql:2 adding-not-nullable-field \"a\".\"b\""));
  EXPECT_THAT(Lint({add, validate, "ALTER TABLE a DROP CONSTRAINT p;", set}),
              ElementsAre("1003_m.sql:2 adding-not-nullable-field \"a\".\"b\""));
  const auto other = Lint({add, validate, "ALTER TABLE a ALTER c SET NOT NULL;"});
  EXPECT_THAT(other, ElementsAre("1002_m.sql:2 adding-not-nullable-field \"a\".\"c\""));
}

TEST(Lint, KnowsTheTypesThatEarlierFilesGave) {
  const std::string create = "CREATE TABLE a (b varchar(9), c int, d numeric(5, 2));";
  const auto retype = [&](const std::string& type) { return Lint({create, "ALTER TABLE a ALTER " + type + ";"}); };
  for (const char* free : {"b TYPE text", "b TYPE varchar(10)", "c TYPE int", "d TYPE numeric(7, 2)",
                           "b TYPE varchar(10) USING b::varchar(10)"}) {
    EXPECT_THAT(retype(free), IsEmpty()) << free;
  }
  for (const char* rewriting :
       {"b TYPE varchar(8)", "b TYPE text USING upper(b)", "b TYPE varchar(10) USING c::varchar(10)", "c TYPE bigint",
        "d TYPE numeric(5, 3)", "b TYPE text[] USING ARRAY[b]", "c TYPE my.type"}) {
    EXPECT_EQ(retype(rewriting).size(), 1U) << rewriting;
  }
  EXPECT_THAT(Lint({create, "ALTER TABLE a RENAME COLUMN b TO e;-- x", "ALTER TABLE a ALTER e TYPE text;"}),
              ElementsAre("1001_m.sql:2 renaming-column \"a\".\"b\""));
}

TEST(Lint, AllowsWithAReasonForOneStatementAndOneRule) {
  EXPECT_THAT(Lint({"-- rowkeeper:allow ban-drop-table gone\nDROP TABLE a;\nDROP TABLE b;"}),
              ElementsAre("1000_m.sql:4 ban-drop-table \"b\""));
  EXPECT_THAT(Lint({"ALTER TABLE a\n-- rowkeeper:allow ban-drop-column gone\nDROP COLUMN b;"}), IsEmpty());
  EXPECT_THAT(Lint({"-- rowkeeper:allow ban-drop-column a\n-- rowkeeper:allow renaming-table b\n"
                    "ALTER TABLE a DROP COLUMN b; -- rowkeeper:allow ban-drop-table c\nDROP TABLE c;"}),
              ElementsAre("1000_m.sql:3 unused-allow \"renaming-table\""));
  EXPECT_THAT(Lint({"-- rowkeeper:allow ban-drop-table\nDROP TABLE a;"}),
              ElementsAre("1000_m.sql:2 bad-allow \"ban-drop-table\"", "1000_m.sql:3 ban-drop-table \"a\""));
  EXPECT_THAT(Lint({"SELECT '-- rowkeeper:allow ban-drop-table gone'; DROP TABLE a;"}),
              ElementsAre("1000_m.sql:2 ban-drop-table \"a\""));
}

TEST(Lint, SaysWhatItCannotReadStatementByStatement) {
  const auto lines = Lint({"DROP TABLE a;\nALTER TABLE b\n  FROBNICATE c;\nDO $$ BEGIN END $$;\nDROP TABLE d;"});
  EXPECT_THAT(lines, ElementsAre("1000_m.sql:2 ban-drop-table \"a\"", "1000_m.sql:6 ban-drop-table \"d\"",
                                 "1000_m.sql:4 not linted: syntax error at or near \"FROBNICATE\"",
                                 "1000_m.sql:5 not linted: the code of DO is not read"));
}

TEST(Lint, TakesStatementsOfEveryKind) {
  const std::vector<std::string> lines = Lint(
      {"ALTER TYPE a RENAME TO b; ALTER TYPE a RENAME ATTRIBUTE b TO c; ALTER VIEW a RENAME TO b;",
       "ALTER SCHEMA a RENAME TO b;", "ALTER INDEX a SET (fillfactor = 70); ALTER SEQUENCE a RESTART;",
       "ALTER TABLE a CLUSTER ON b, REPLICA IDENTITY FULL;",
       "CREATE VIEW a AS SELECT 1; CREATE EXTENSION a; CREATE FUNCTION a() RETURNS int LANGUAGE sql RETURN 1;",
       "CREATE TABLE a PARTITION OF b FOR VALUES IN (1); CREATE TABLE c (LIKE d); CREATE TEMP TABLE e AS TABLE f;",
       "WITH a AS (SELECT 1) INSERT INTO b SELECT * FROM a;",
       "MERGE INTO b USING c ON b.d = c.d WHEN MATCHED THEN DELETE;",
       "GRANT SELECT ON a TO b; COMMENT ON TABLE a IS 'x'; COPY a TO STDOUT; VALUES (1); EXPLAIN SELECT 1; CALL a();",
       "DROP TYPE a; DROP FUNCTION b(int); DROP TRIGGER a ON b; DROP OWNED BY a; ALTER TABLE a ENABLE TRIGGER ALL;",
       "SET search_path = a; RESET ALL; SET LOCAL lock_timeout TO DEFAULT; SAVEPOINT a; LISTEN a; CHECKPOINT;"});
  EXPECT_THAT(lines, IsEmpty());
}

TEST(Lint, SeesWhatATransactionHolds) {
  const std::string alter = "ALTER TABLE a ADD COLUMN IF NOT EXISTS b text;\n",
                    fill = "UPDATE a SET b = 'x' WHERE b = 'y';\n";
  EXPECT_THAT(Lint({alter + fill}), ElementsAre("1000_m.sql:3 slow-under-lock \"a\""));
  EXPECT_THAT(Lint({fill + alter}), IsEmpty());
  EXPECT_THAT(Lint({"transaction:false\n" + alter + fill}), IsEmpty());
  EXPECT_THAT(Lint({"transaction:false\nBEGIN;\n" + alter + fill + "COMMIT;\n" + fill}),
              ElementsAre("1000_m.sql:4 slow-under-lock \"a\""));
  EXPECT_THAT(Lint({"CREATE TABLE n (b text);\n" + fill}), IsEmpty());
}

TEST(Lint, KnowsWhatCanBeRunAgain) {
  const std::string add = "ALTER TABLE a ADD CONSTRAINT p CHECK (b IS NOT NULL) NOT VALID;\n", last = "SELECT 1;";
  EXPECT_THAT(Lint({"transaction:false\n" + add + last}), ElementsAre("1000_m.sql:2 not-repeatable \"a\".\"b\""));
  EXPECT_THAT(Lint({"transaction:false\nALTER TABLE a DROP CONSTRAINT IF EXISTS p;\n" + add + last}), IsEmpty());
  EXPECT_THAT(Lint({"transaction:false\n" + add}), IsEmpty());
  EXPECT_THAT(Lint({"transaction:false\nCREATE INDEX CONCURRENTLY ix ON a (b);"}),
              ElementsAre("1000_m.sql:2 not-repeatable \"ix\""));
  EXPECT_THAT(
      Lint({"transaction:false\nDROP INDEX CONCURRENTLY IF EXISTS s.ix;\nCREATE INDEX CONCURRENTLY ix ON s.a (b);"}),
      IsEmpty());
}

TEST(Lint, LooksOnlyAtNewerFilesButReadsAll) {
  const auto files =
      FilesOf({"DROP TABLE a;", "ALTER TABLE b ADD CONSTRAINT p CHECK (c IS NOT NULL);", "DROP TABLE d;"});
  const LintReport report = LintMigrations(files, {"1001"});
  EXPECT_EQ(report.files, 1);
  EXPECT_THAT(Words(report), ElementsAre("1002_m.sql:2 ban-drop-table \"d\""));
}

}  // namespace
}  // namespace rowkeeper::schema
