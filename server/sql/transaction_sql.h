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

/// The fence before COMMIT: fails in a failed transaction, and gives what SelectCommitOutcome needs: one row, four
/// cells, the transaction's id (NULL when nothing was written), the position of the last checkpoint, the timeline, and
/// which incarnation of the server it is (empty when that cannot be told).
std::string SelectCommitPoint();
/// The first cell of SelectCommitPoint alone.
std::string SelectTransactionId();
/// What became of a transaction, by what SelectCommitPoint gave: $1 id, $2 checkpoint, $3 timeline, $4
/// incarnation. One cell: 'committed', 'aborted', 'in progress' (ask again), or NULL when nobody can tell.
///
/// An id alone would not do: after a crash, and where a standby took over, PostgreSQL gives those that never reached
/// its log to other transactions (pg_xact_status, chapter 9.27.8). So the rest is compared. Another timeline: a standby
/// took over, and a commit is not believed. The same incarnation or checkpoint: there was no restart, and the status
/// holds. Another checkpoint, written by recovery or by a shutdown: ids from its next_xid on are lost. Another, written
/// while running: a restart before it cannot be excluded, so a commit is not believed.
std::string SelectCommitOutcome();
/// Ends the session in which the transaction still runs, by what SelectCommitPoint gave, so that it comes to an
/// outcome. Does nothing after a restart, when its id may be another one's.
std::string TerminateTransaction();

}  // namespace rowkeeper::sql
