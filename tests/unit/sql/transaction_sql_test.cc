#include "server/sql/transaction_sql.h"

#include <gtest/gtest.h>

namespace rowkeeper::sql {
namespace {

using Isolation = TransactionMode::Isolation;
using std::chrono::milliseconds;

TEST(TransactionSqlTest, BeginNamesTheModeAndPostgresOwnLimit) {
  EXPECT_EQ(BeginTransaction({}, milliseconds(0)), "BEGIN ISOLATION LEVEL READ COMMITTED");
  EXPECT_EQ(BeginTransaction({Isolation::kRepeatableRead, true, false}, milliseconds(15000)),
            "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SET LOCAL idle_in_transaction_session_timeout = 15000");
  EXPECT_EQ(BeginTransaction({Isolation::kSerializable, true, true}, milliseconds(0)),
            "BEGIN ISOLATION LEVEL SERIALIZABLE, READ ONLY, DEFERRABLE");
  EXPECT_EQ(BeginTransaction({Isolation::kSerializable, false, false}, milliseconds(0)),
            "BEGIN ISOLATION LEVEL SERIALIZABLE");
}

TEST(TransactionSqlTest, SavepointsAreNumbersInSql) {
  EXPECT_EQ(Savepoint(3), "SAVEPOINT rowkeeper_3");
  EXPECT_EQ(RollbackToSavepoint(3), "ROLLBACK TO SAVEPOINT rowkeeper_3");
  EXPECT_EQ(ReleaseSavepoint(3), "RELEASE SAVEPOINT rowkeeper_3");
  EXPECT_EQ(Savepoint(-2), "SAVEPOINT rowkeeper_own_2");
}

}  // namespace
}  // namespace rowkeeper::sql
