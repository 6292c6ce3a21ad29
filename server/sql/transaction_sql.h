#pragma once

#include <chrono>
#include <string>

/// The SQL of transactions. Pure text.
namespace rowkeeper::sql {

/// How a transaction sees others (PostgreSQL, chapter 13.2).
struct TransactionMode {
  enum class Isolation { kReadCommitted, kRepeatableRead, kSerializable };
  Isolation isolation = Isolation::kReadCommitted;
  bool read_only = false;
  /// With kSerializable and read_only alone.
  bool deferrable = false;
};

std::string Begin();
/// BEGIN with `mode`, and, for the transaction alone, PostgreSQL's own limit on a session that idles in it; 0: none.
/// Two statements in one text, to be run without parameters.
std::string BeginTransaction(const TransactionMode& mode, std::chrono::milliseconds idle_limit);
std::string Commit();
std::string Rollback();

/// Savepoints are numbered, so that no caller's name is ever part of SQL.
std::string Savepoint(int number);
std::string RollbackToSavepoint(int number);
std::string ReleaseSavepoint(int number);

/// The fence before COMMIT: fails in a failed transaction, and gives the transaction's id: one row, one cell, NULL when
/// nothing was written.
std::string SelectAssignedTransactionId();
/// $1: an id that SelectAssignedTransactionId gave. One cell: 'committed', 'aborted', 'in progress', or NULL when it is
/// too old to tell (PostgreSQL, chapter 9.27.8). Fails for an id that the server has not reached.
std::string SelectTransactionStatus();

}  // namespace rowkeeper::sql
