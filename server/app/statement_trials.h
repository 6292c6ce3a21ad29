#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/plan/method_plan.h"
#include "server/sql/live_names.h"

namespace rowkeeper::app {

/// What came of having PostgreSQL analyse statements.
struct StatementTrials {
  struct Refusal {
    /// The statement: "planner.v1.TodoRepository.List, by due_at".
    std::string what;
    absl::Status why;
  };
  /// Statements that were tried.
  int prepared = 0;
  /// In the order of the plans.
  std::vector<Refusal> refused;
};

/// Has PostgreSQL analyse every statement that `plans` can produce with `names`, but custom queries, without executing
/// any. The
/// statements of a repository go to it in one round trip; only if one of them is refused do they go one by one, to
/// learn which. `connection` is used, which was opened with `options`, and up to three more, as far as the database
/// lets them in and this machine has processors. Once a statement has waited for a table's lock in vain, the others of
/// its repository wait for 10 ms each. Error: a connection was lost.
absl::StatusOr<StatementTrials> TryStatements(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
                                              const sql::LiveNames& names, db::Connection& connection,
                                              const db::ConnectionOptions& options);

}  // namespace rowkeeper::app
