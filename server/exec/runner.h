#pragma once

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/execution.h"
#include "server/exec/outcome.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

/// Runs a call's statements on a connection: autocommitted, or in whatever transaction the connection is in. Stateless;
/// thread-safe.
class Runner {
 public:
  Runner(const ErrorContexts& errors, const plan::PageTokens& tokens, StatementCache* statements)
      : parts_{errors, tokens, statements} {}

  /// Errors: those of the error table; a write that found no row is explained by a second statement.
  absl::StatusOr<Outcome> Run(const plan::Call& call, db::Connection& connection, db::Cancellation* cancellation) const;

 private:
  const RunnerParts parts_;
};

}  // namespace rowkeeper::exec
