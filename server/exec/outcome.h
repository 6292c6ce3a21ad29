#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "server/db/rows.h"
#include "server/plan/batch/batch.h"
#include "server/sql/statement.h"

namespace rowkeeper::exec {

struct RelatedRows;

/// Family::kGet, Family::kWrite: the row says it all.
struct RowFacts {
  /// Nothing was written: the row was as the call wants it already.
  bool unchanged = false;
};

/// Family::kList.
struct PageFacts {
  /// Empty on the last page.
  std::string next_page_token;
  /// Empty on the first page.
  std::string previous_page_token;
  /// Rows that match, where that was asked for.
  std::optional<int64_t> total_size;
};

/// Family::kBatch.
struct BatchFacts {
  /// The keys without a row, in the request's order: one text for each of MethodPlan::filters.
  std::vector<std::vector<std::string>> missing;
  /// Upsert: what was done, one for each element.
  std::vector<plan::WriteOutcome> writes;
  /// Partial batch: what became of each element, in their order; OK for those that the rows have.
  std::vector<absl::Status> results;
};

/// Family::kBulk.
struct BulkFacts {
  /// Rows changed.
  int64_t affected = 0;
  /// Purge: there is more to do.
  bool more = false;
};

/// Family::kQuery.
struct QueryFacts {
  /// Rows changed.
  int64_t affected = 0;
};

/// What a call found or wrote, ready to be encoded.
struct Outcome {
  db::Rows rows;
  /// Tells which column each cell is; nullptr when the call has no row to show.
  std::shared_ptr<const sql::Statement> statement;
  /// The first rows of `rows` that go into the response.
  int row_count = 0;
  /// Of the rows, those that cannot be shown are left out and reported; otherwise they fail the call.
  bool skip_unrepresentable = false;
  /// Rows of relations; nullptr when none were asked for. See relation_rows.h.
  std::shared_ptr<const RelatedRows> related;
  /// What there is to say beside the rows; of the family of the call's plan.
  std::variant<RowFacts, PageFacts, BatchFacts, BulkFacts, QueryFacts> facts;
};

/// The first `count` of a statement's rows.
Outcome RowsOutcome(db::Rows rows, std::shared_ptr<const sql::Statement> statement, int count);

}  // namespace rowkeeper::exec
