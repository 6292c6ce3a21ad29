#include "server/base/statement_text.h"

#include <gtest/gtest.h>

namespace rowkeeper {
namespace {

TEST(StatementTextTest, APurposeIsAComment) {
  const std::string text = WithPurpose("planner.v1.Todo/List", "SELECT 1");
  EXPECT_EQ(text, "/*rowkeeper:planner.v1.Todo/List*/ SELECT 1");
  EXPECT_EQ(PurposeOf(text), "planner.v1.Todo/List");
  EXPECT_EQ(SkipComments(text), "SELECT 1");
}

TEST(StatementTextTest, OtherCommentsAreNoPurpose) {
  for (const char* text : {"", "SELECT 1", "/* all */ SELECT 1", "SELECT /*rowkeeper:a/b*/ 1", "/*rowkeeper:a/b"}) {
    EXPECT_EQ(PurposeOf(text), "") << text;
  }
}

TEST(StatementTextTest, CommentsAndSpaceAreSkippedAsPostgresDoes) {
  struct Case {
    const char* text;
    const char* rest;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"", ""},
           {" \n\tSELECT 1", "SELECT 1"},
           {"-- one\n-- two\nSELECT 1", "SELECT 1"},
           {"/* a /* b */ c */SELECT 1 /* d */", "SELECT 1 /* d */"},
           {"/**/ /***/SELECT 1", "SELECT 1"},
           {"/*/ SELECT 1 */ SELECT 2", "SELECT 2"},
           {"/* a /* b */ SELECT 1", ""},
           {"-- SELECT 1", ""},
           {"(SELECT 1)", "(SELECT 1)"},
           {"- 1", "- 1"},
       }) {
    EXPECT_EQ(SkipComments(c.text), c.rest) << c.text;
  }
}

}  // namespace
}  // namespace rowkeeper
