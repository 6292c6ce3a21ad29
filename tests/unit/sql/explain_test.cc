#include "server/sql/explain.h"

#include <gtest/gtest.h>

namespace rowkeeper::sql {
namespace {

TEST(ExplainStatementTest, TextsWithAPlanAreExplained) {
  EXPECT_EQ(ExplainStatement("SELECT 1"), "EXPLAIN SELECT 1");
  EXPECT_EQ(ExplainStatement("with x AS (SELECT 1) SELECT * FROM x"), "EXPLAIN with x AS (SELECT 1) SELECT * FROM x");
  for (const char* text : {"INSERT INTO t VALUES ($1)", "UPDATE t SET a = 1", "DELETE FROM t", "VALUES (1)",
                           "(SELECT 1) UNION (SELECT 2)", "\n  -- the owner's\n/* all */ select 1", "TABLE t"}) {
    EXPECT_TRUE(ExplainStatement(text).has_value()) << text;
  }
}

TEST(ExplainStatementTest, OthersAreNot) {
  for (const char* text :
       {"", "BEGIN", "COMMIT", "ROLLBACK TO SAVEPOINT s1", "SAVEPOINT s1", "SET a = 1", "SHOW a", "COPY t FROM STDIN",
        "-- SELECT", "/* SELECT 1", "SELECTED", "EXPLAIN ANALYZE DELETE FROM t"}) {
    EXPECT_FALSE(ExplainStatement(text).has_value()) << text;
  }
}

TEST(ControlsTransactionTest, IsToldByTheFirstWord) {
  for (const char* text : {"BEGIN", "begin; SET LOCAL a = 1", "COMMIT", "ROLLBACK TO SAVEPOINT s1", "SAVEPOINT s1",
                           "RELEASE SAVEPOINT s1"}) {
    EXPECT_TRUE(ControlsTransaction(text)) << text;
  }
  for (const char* text : {"", "SELECT 1", "COPY t FROM STDIN", "BEGINS", "WITH x AS (SELECT 1) SELECT 1"}) {
    EXPECT_FALSE(ControlsTransaction(text)) << text;
  }
}

}  // namespace
}  // namespace rowkeeper::sql
