#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/error_context.h"
#include "server/exec/statement_cache.h"
#include "server/plan/batch.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

/// What a call found or wrote, ready to be encoded.
struct Outcome {
  db::Rows rows;
  /// Tells which column each cell is; nullptr when the call has no row to show.
  std::shared_ptr<const sql::Statement> statement;
  /// The first rows of `rows` that go into the response.
  int row_count = 0;
  /// List: empty on the last page.
  std::string next_page_token;
  /// Batch: the keys without a row, in the request's order: one text for each of MethodPlan::filters.
  std::vector<std::vector<std::string>> missing;
  /// Upsert: what was done, one for each element.
  std::vector<plan::WriteOutcome> writes;
};

/// Runs a call's statements on a connection: autocommitted, or in whatever transaction the connection is in. Stateless;
/// thread-safe.
class Runner {
 public:
  Runner(const ErrorContexts& errors, const plan::PageTokens& tokens, StatementCache* statements)
      : errors_(errors), tokens_(tokens), statements_(statements) {}

  /// Errors: those of the error table; a write that found no row is explained by a second statement.
  absl::StatusOr<Outcome> Run(const plan::Call& call, db::Connection& connection, db::Cancellation* cancellation) const;

 private:
  friend class BatchRun;
  struct Step;

  absl::StatusOr<Outcome> RunOne(const Step& step) const;
  absl::StatusOr<db::Rows> Execute(const Step& step, const sql::Statement& statement, db::Query::Effect effect) const;
  absl::StatusOr<Outcome> ExplainMiss(const Step& step) const;
  absl::StatusOr<Outcome> AlreadyInState(const Step& step) const;
  Outcome Page(const plan::Call& call, db::Rows rows, std::shared_ptr<const sql::Statement> statement) const;

  const ErrorContexts& errors_;
  const plan::PageTokens& tokens_;
  StatementCache* statements_;
};

}  // namespace rowkeeper::exec
