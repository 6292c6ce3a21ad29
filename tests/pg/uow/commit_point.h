#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "server/db/connection.h"
#include "server/sql/transaction_sql.h"
#include "server/uow/transaction.h"

namespace rowkeeper::uow {

/// The rows of `sql`; fails the running test when there are none.
inline db::Rows RunSql(db::Connection& connection, const std::string& sql) {
  db::Query query;
  query.result = ResultShape::Any();
  query.text = sql;
  const auto rows = connection.Execute(query);
  EXPECT_TRUE(rows.ok()) << rows.status();
  return rows.ok() ? *rows : db::Rows();
}

/// Begins a transaction, writes with `sql` and leaves it open: what is known of it before its COMMIT.
inline CommitPoint BeginAndWrite(db::Connection& connection, const std::string& sql) {
  RunSql(connection, sql::BeginTransaction({}, std::chrono::milliseconds(0)));
  RunSql(connection, sql);
  const db::Rows rows = RunSql(connection, sql::SelectCommitPoint());
  const auto cell = [&](int column) { return std::string(rows.cell(0, column)); };
  return {cell(0), cell(1), cell(2), cell(3)};
}

}  // namespace rowkeeper::uow
