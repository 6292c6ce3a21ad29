#pragma once

#include <optional>

#include "absl/status/status.h"
#include "server/db/cancellation.h"
#include "server/db/connection.h"
#include "server/db/pg_error.h"

namespace rowkeeper::db {

/// What was under way when a statement failed.
struct FailedStatement {
  /// May be null, as for COMMIT: then the table that the error names decides, and without `words` errors name
  /// constraints and columns instead of proto fields.
  const ErrorContext* context = nullptr;
  /// The connection's; may be null.
  const ErrorWords* words = nullptr;
  /// True when something durable may have happened if the reply was lost.
  bool may_have_written = false;
  /// It was in a transaction begun READ ONLY.
  bool read_only_transaction = false;
  /// Set when the caller had stopped it.
  std::optional<Cancellation::Cause> cancelled;
};

/// Outside a transaction begun READ ONLY: the session cannot write at all, for it is on a standby, or its default is
/// read-only.
bool IsReadOnlySession(const PgError& error);

/// The caller's view of a failure: the error table. It holds no SQL text, no driver message and no row value, except
/// for what code of the database raised where ErrorWords lets callers see it.
absl::Status StatusFromPgError(const PgError& error, const FailedStatement& statement);

}  // namespace rowkeeper::db
