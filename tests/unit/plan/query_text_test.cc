#include "server/plan/query/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace rowkeeper::plan {
namespace {

std::string Bracketed(const std::string& name) { return "{" + name + "}"; }

std::string With(const std::string& sql) {
  const QueryText text = ReadQueryText(sql);
  return text.problem.empty() ? text.With(Bracketed) : text.problem;
}

TEST(QueryText, FindsNamedParameters) {
  EXPECT_EQ(With("SELECT :a, :b_2 WHERE x=:a"), "SELECT {a}, {b_2} WHERE x={a}");
  EXPECT_EQ(With("SELECT f(:a)"), "SELECT f({a})");
  EXPECT_EQ(With(":a"), "{a}");
}

TEST(QueryText, FindsTheCallersTenant) {
  EXPECT_EQ(With("SELECT 1 WHERE t = :caller.tenant AND :a"), "SELECT 1 WHERE t = {caller.tenant} AND {a}");
  EXPECT_EQ(With("SELECT f(:caller.tenant)"), "SELECT f({caller.tenant})");
  EXPECT_EQ(With("SELECT :caller.tenants, :caller, :caller .tenant"),
            "SELECT {caller}.tenants, {caller}, {caller} .tenant");
}

TEST(QueryText, TakesKeywordsAsNames) {
  EXPECT_EQ(With("SELECT 1 LIMIT :limit OFFSET :offset"), "SELECT 1 LIMIT {limit} OFFSET {offset}");
  EXPECT_EQ(With("SELECT :order, :user, :select"), "SELECT {order}, {user}, {select}");
}

TEST(QueryText, LeavesCastsAndAssignmentsAlone) {
  EXPECT_EQ(With("SELECT x::text, :a::text, x :: text"), "SELECT x::text, {a}::text, x :: text");
  EXPECT_EQ(With("SELECT f(x := 1, y := :a)"), "SELECT f(x := 1, y := {a})");
  EXPECT_EQ(With("SELECT f(x =>:a)"), "SELECT f(x =>{a})");
}

TEST(QueryText, LeavesStringsAlone) {
  EXPECT_EQ(With("SELECT ':a', E'\\':a', U&':a', B'1', 'it''s :a' || :b"),
            "SELECT ':a', E'\\':a', U&':a', B'1', 'it''s :a' || {b}");
  EXPECT_EQ(With("SELECT $$ :a $$, $tag$ :a $$ :b $tag$, :c"), "SELECT $$ :a $$, $tag$ :a $$ :b $tag$, {c}");
}

TEST(QueryText, LeavesQuotedIdentifiersAlone) {
  EXPECT_EQ(With("SELECT \":a\", \"x\"\":a\", :b"), "SELECT \":a\", \"x\"\":a\", {b}");
}

TEST(QueryText, LeavesCommentsAlone) {
  EXPECT_EQ(With("SELECT 1 -- :a\n, /* :b /* :c */ ; */ :d"), "SELECT 1 -- :a\n, /* :b /* :c */ ; */ {d}");
}

TEST(QueryText, LeavesSlicesAlone) {
  EXPECT_EQ(With("SELECT x[1:n], x[m:n], x[f(1):n], x[:a]"), "SELECT x[1:n], x[m:n], x[f(1):n], x[{a}]");
  EXPECT_EQ(With("SELECT x[:a:n], x[1 : :b], x[:a : :b], x[y[1]:n]"),
            "SELECT x[{a}:n], x[1 : {b}], x[{a} : {b}], x[y[1]:n]");
  EXPECT_EQ(With("SELECT ARRAY[:a, :b], x[(:a)], x[CASE WHEN :a THEN 1 END]"),
            "SELECT ARRAY[{a}, {b}], x[({a})], x[CASE WHEN {a} THEN 1 END]");
}

TEST(QueryText, LeavesColonsWithoutANameAlone) { EXPECT_EQ(With("SELECT : a, :\"a\", :1"), "SELECT : a, :\"a\", :1"); }

TEST(QueryText, CutsWhatIsAroundTheStatement) {
  EXPECT_EQ(With("  -- why\n SELECT :a ; ; -- done\n"), "SELECT {a}");
  EXPECT_EQ(With("/* x */ SELECT 1; SELECT 2;"), "SELECT 1; SELECT 2");
}

TEST(QueryText, RefusesTextsWithoutAStatement) {
  EXPECT_EQ(With(""), "it holds no statement");
  EXPECT_EQ(With(" -- nothing\n ;"), "it holds no statement");
}

TEST(QueryText, RefusesNumberedParameters) {
  const QueryText text = ReadQueryText("SELECT :a, $1");
  EXPECT_EQ(text.problem, "it has the parameter $1, which has no name");
  EXPECT_EQ(text.position, 12);
}

TEST(QueryText, RefusesOpenQuotesAndNulBytes) {
  EXPECT_THAT(With("SELECT 'abc"), ::testing::HasSubstr("unterminated quoted string"));
  EXPECT_THAT(With("SELECT /* abc"), ::testing::HasSubstr("unterminated /* comment"));
  EXPECT_EQ(With(std::string("SELECT 1\0", 9)), "there is a NUL byte in it");
}

TEST(QueryText, KnowsWhereTextCameFrom) {
  const QueryText text = ReadQueryText("-- ü\nSELECT :long_name, 'ü', :b FROM x");
  const std::string with = text.With(Bracketed);
  const auto position = [&](const std::string& word) {
    int characters = 1;
    for (size_t i = 0; i < with.find(word); ++i) characters += (with[i] & 0xC0) != 0x80;
    return text.PositionOf(characters, Bracketed);
  };
  EXPECT_EQ(position("SELECT"), 6);
  EXPECT_EQ(position("'ü'"), 25);
  EXPECT_EQ(position("FROM"), 33);
  EXPECT_EQ(text.PositionOf(0, Bracketed), 0);
}

}  // namespace
}  // namespace rowkeeper::plan
