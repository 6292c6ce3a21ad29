#pragma once

#include <chrono>
#include <string_view>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/db/pg_session.h"
#include "server/db/transaction_tracker.h"

namespace rowkeeper::db {

/// One statement that was executed on a session.
struct ExecutedStatement {
  const Query& query;
  TransactionEffect effect = TransactionEffect::kNone;
  /// PostgreSQL's, of a failure that it said something about; else empty.
  std::string_view sqlstate;
  /// From sending it to its answer.
  std::chrono::nanoseconds time{0};
  /// PostgreSQL's process; 0 when it is not known.
  int backend = 0;
  /// What executed it.
  const PgSession& session;
};

/// Adds what a statement cost to its Query::durations and Query::use, and to the call that runs on this thread.
void NoteCost(const ExecutedStatement& statement, const absl::StatusOr<Rows>& rows);

/// The same of one that waits to be sent with another, in whose time it is.
void NoteQueued(TransactionEffect effect);

}  // namespace rowkeeper::db
