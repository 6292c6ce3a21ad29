#include "server/schema/sql_script.h"

#include <gmock/gmock.h>

namespace rowkeeper::schema {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Texts(std::string_view text) {
  const SqlScript script = ReadSqlScript(text);
  std::vector<std::string> texts;
  for (const SqlStatement& statement : script.statements) texts.emplace_back(script.TextOf(statement));
  return texts;
}

std::string ChecksumOf(std::string_view text) { return ReadSqlScript(text).checksum; }

TEST(SqlScriptTest, StatementsComeWithoutCommentsAndSemicolons) {
  EXPECT_THAT(Texts("-- first\nselect 1; /* between; */ ;;\n  select 2 -- last\n"),
              ElementsAre("select 1", "select 2"));
  EXPECT_THAT(Texts("  \n-- nothing; here\n"), IsEmpty());
}

TEST(SqlScriptTest, SemicolonsInStringsBodiesAndRulesDoNotSplit) {
  EXPECT_THAT(Texts("select ';é', $$ a; b $$; select 2"), ElementsAre("select ';é', $$ a; b $$", "select 2"));
  EXPECT_THAT(Texts("create function f() returns int begin atomic select 1; select 2; end; select 3"),
              ElementsAre("create function f() returns int begin atomic select 1; select 2; end", "select 3"));
  EXPECT_THAT(Texts("create rule r as on insert to t do also (select 1; select 2); select 3"),
              ElementsAre("create rule r as on insert to t do also (select 1; select 2)", "select 3"));
}

TEST(SqlScriptTest, StatementsThatMayLockTablesAreTold) {
  for (const char* text :
       {"alter table a add b int", "DROP INDEX i", "create index on a (b)", "truncate a", "lock a",
        "comment on table a is 'x'", "reindex table a", "refresh materialized view a", "cluster a"}) {
    EXPECT_TRUE(ReadSqlScript(text).statements[0].locks_tables) << text;
  }
  for (const char* text : {"select 1", "with a as (select 1) select * from a", "insert into a values (1)", "(select 1)",
                           "update a set b = 1", "delete from a", "do 'begin end'", "set x.y = 1", "begin", "commit"}) {
    EXPECT_FALSE(ReadSqlScript(text).statements[0].locks_tables) << text;
  }
  EXPECT_TRUE(ReadSqlScript("select 1; SET LOCAL Lock_Timeout = 1").limits_locks);
  EXPECT_TRUE(ReadSqlScript("select set_config('lock_timeout', '1s', true)").limits_locks);
  EXPECT_FALSE(ReadSqlScript("select 1 -- lock_timeout").limits_locks);
}

TEST(SqlScriptTest, TextThatTheParserDoesNotKnowIsSplitAtSemicolonsAndNothingIsLost) {
  const SqlScript script = ReadSqlScript("frobnicate all; select 2; brandnew (a; b)");
  EXPECT_FALSE(script.parsed);
  EXPECT_THAT(Texts("frobnicate all; select 2; brandnew (a; b)"),
              ElementsAre("frobnicate all", "select 2", "brandnew (a; b)"));
}

TEST(SqlScriptTest, StatementsKnowTheirLine) {
  const SqlScript script = ReadSqlScript("\n-- c\nselect 1;\n\n/* x */ select\n 2");
  ASSERT_EQ(script.statements.size(), 2U);
  EXPECT_EQ(script.statements[0].line, 3);
  EXPECT_EQ(script.statements[1].line, 5);
}

TEST(SqlScriptTest, ChecksumIgnoresCommentsAndWhiteSpaceOnly) {
  const std::string base = ChecksumOf("create table t (a int, b text default 'x y');");
  EXPECT_THAT(base, HasSubstr("sha256:"));
  EXPECT_EQ(base.size(), 7U + 64U);
  EXPECT_EQ(base, ChecksumOf("-- why\ncreate  table t(\r\n  a int, /* how */\n  b text default 'x y'\n) ;\n"));
  EXPECT_NE(base, ChecksumOf("create table t (a int, b text default 'x  y');"));
  EXPECT_NE(base, ChecksumOf("create table t (a int, b text default '--x y');"));
  EXPECT_NE(base, ChecksumOf("create table t (a int, c text default 'x y');"));
  EXPECT_NE(ChecksumOf("select a b"), ChecksumOf("select ab"));
  EXPECT_NE(ChecksumOf("select $$ -- kept $$"), ChecksumOf("select $$ $$"));
}

TEST(SqlScriptTest, LastWordOfAStatementIsWholeWhateverItsKind) {
  for (const char* word : {"'dAt'",
                           "E'd\\'At'",
                           "B'10'",
                           "X'1F'",
                           "N'dAt'",
                           "$$dAt$$",
                           "$q$dAt$q$",
                           "U&'dAt'",
                           "u&'d\\0041t'",
                           "U&'d!0041t' UESCAPE '!'",
                           "U&\"caf\\00e9\"",
                           "\"quoted name\"",
                           "café",
                           "1",
                           "1.5",
                           "1.",
                           ".5",
                           "1.5e3",
                           "1.5e-3",
                           "12345678901234567890",
                           "$1",
                           "x::int",
                           "'a'\n  'b'",
                           "''",
                           "a[1:2]"}) {
    const std::string statement = std::string("select ") + word;
    EXPECT_THAT(Texts(statement), ElementsAre(statement));
    EXPECT_THAT(Texts(statement + " ;\n select 2"), ElementsAre(statement, "select 2"));
    EXPECT_THAT(Texts(statement + "/* c */; select 2"), ElementsAre(statement, "select 2"));
    EXPECT_THAT(Texts(statement + " -- c\n"), ElementsAre(statement));
  }
}

TEST(SqlScriptTest, ChecksumSeesAnEditInsideEveryKindOfWord) {
  const std::pair<const char*, const char*> edits[] = {
      {"'dAt'", "'dBt'"},      {"E'dAt'", "E'dBt'"},       {"B'10'", "B'11'"},
      {"X'1A'", "X'1B'"},      {"$$dAt$$", "$$dBt$$"},     {"U&'dAt'", "U&'dBt'"},
      {"U&'dAt'", "u&'dAt'"},  {"U&\"dAt\"", "U&\"dBt\""}, {"U&'d!0041' UESCAPE '!'", "U&'d!0042' UESCAPE '!'"},
      {"\"dAt\"", "\"dBt\""},  {"1.5e3", "1.5e4"},         {"12345678901234567890", "12345678901234567891"},
      {"U&'a  b'", "U&'a b'"}, {"U&'a--b'", "U&'a--c'"},   {"U&'a/*b*/'", "U&'a/*c*/'"}};
  for (const auto& [before, after] : edits) {
    for (const char* rest : {"", ";", " from t", "/* c */, 2"}) {
      const std::string one = std::string("select ") + before + rest;
      const std::string other = std::string("select ") + after + rest;
      EXPECT_NE(ChecksumOf(one), ChecksumOf(other)) << one;
      EXPECT_EQ(ChecksumOf(one), ChecksumOf("-- new\n" + one + " \n-- new")) << one;
    }
  }
}

TEST(SqlScriptTest, KnownChecksumStaysTheSame) {
  // Recorded in databases: it must not change between versions.
  EXPECT_EQ(ChecksumOf("select 1;"), "sha256:21f6040596e4730b81fa8c173244154b0517deec8e96dd3cf16071a3f6bb8027");
  EXPECT_EQ(
      ChecksumOf("-- c\nalter table t alter a set default E'x\\'' || $$ y $$, alter \"b c\" set default 1.5e3;\n"),
      "sha256:b56e116324aa8bc31c8859b1c27beb26b182e49dceda11163c13fd2c4b046ef6");
}

TEST(SqlScriptTest, TransactionControlIsSeenOnlyWhereItIsAStatement) {
  const auto control = [](std::string_view text) { return ReadSqlScript(text).statements.at(0).control; };
  using Control = SqlStatement::Control;
  for (const char* text : {"begin", "START TRANSACTION", "BEGIN ISOLATION LEVEL SERIALIZABLE"}) {
    EXPECT_EQ(control(text), Control::kBegin) << text;
  }
  for (const char* text : {"commit", "END", "rollback", "ABORT", "commit and chain", "prepare transaction 'x'"}) {
    EXPECT_EQ(control(text), Control::kEnd) << text;
  }
  for (const char* text : {"rollback to savepoint s", "savepoint s", "commit prepared 'x'", "do $$ begin end $$",
                           "select 'commit'", "prepare p as select 1"}) {
    EXPECT_EQ(control(text), Control::kNone) << text;
  }
}

TEST(SqlScriptTest, ConcurrentlyIsSeenAsAWordOnly) {
  EXPECT_TRUE(ReadSqlScript("create index Concurrently i on t (a)").statements.at(0).concurrently);
  EXPECT_FALSE(ReadSqlScript("select 'concurrently'").statements.at(0).concurrently);
}

TEST(SqlScriptTest, UnreadableTextNamesItsLine) {
  const SqlScript open = ReadSqlScript("select 1;\nselect 'é',\n  'never closed");
  EXPECT_THAT(open.problem, HasSubstr("unterminated quoted string"));
  EXPECT_EQ(open.problem_line, 3);
  const SqlScript nul = ReadSqlScript(std::string_view("select 1;\n\0", 11));
  EXPECT_THAT(nul.problem, HasSubstr("NUL"));
  EXPECT_EQ(nul.problem_line, 2);
}

TEST(SqlScriptTest, LineOfCharacterCountsCharactersNotBytes) {
  EXPECT_EQ(LineOfCharacter("ééé\nx", 4), 1);
  EXPECT_EQ(LineOfCharacter("ééé\nx", 5), 2);
  EXPECT_EQ(LineOfCharacter("a\nb", 0), 1);
}

}  // namespace
}  // namespace rowkeeper::schema
