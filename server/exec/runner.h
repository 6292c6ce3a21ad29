#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/exec/step.h"
#include "server/plan/batch/batch.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

struct RelatedRows;

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
  /// List: empty on the first page.
  std::string previous_page_token;
  /// List, count: rows that match.
  std::optional<int64_t> total_size;
  /// Bulk change, writing query: rows changed.
  std::optional<int64_t> affected;
  /// Purge: there is more to do.
  bool more = false;
  /// Partial batch: what became of each element, in their order; OK for those that `rows` has.
  std::vector<absl::Status> results;
  /// Rows of relations; nullptr when none were asked for. See relation_rows.h.
  std::shared_ptr<const RelatedRows> related;
};

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
