#include "server/exec/runner.h"

#include <algorithm>
#include <iterator>
#include <variant>

#include "server/exec/batch_run.h"
#include "server/exec/bulk_run.h"
#include "server/exec/get_run.h"
#include "server/exec/list_run.h"
#include "server/exec/query_run.h"
#include "server/exec/relation_loader.h"
#include "server/exec/write_run.h"
#include "server/sql/render_get.h"
#include "server/sql/render_list.h"
#include "server/sql/render_merged_write.h"

namespace rowkeeper::exec {
namespace {

using catalogue::Family;

absl::StatusOr<Outcome> RunFamily(const Execution& execution) {
  switch (execution.call.plan->family()) {
    case Family::kGet:
      return RunGet(execution);
    case Family::kList:
      return RunList(execution);
    case Family::kWrite:
      return RunWrite(execution);
    case Family::kBatch:
      return RunBatch(execution);
    case Family::kBulk:
      return RunBulk(execution);
    case Family::kQuery:
      break;
  }
  return RunQuery(execution);
}

size_t ElementsOf(const plan::Call& call) {
  const auto* batch = std::get_if<plan::BatchRequest>(&call.request.family);
  return batch == nullptr ? 0 : batch->elements.size();
}

size_t BytesOf(const std::vector<plan::Argument>& arguments) {
  size_t bytes = 0;
  for (const plan::Argument& argument : arguments) bytes += argument.text.size();
  return bytes;
}

/// Of the values that it sends.
size_t BytesOf(const plan::Call& call) {
  size_t bytes = BytesOf(call.request.arguments);
  if (const auto* batch = std::get_if<plan::BatchRequest>(&call.request.family)) {
    for (const plan::Element& element : batch->elements) bytes += BytesOf(element.arguments);
  }
  const auto* bounds = std::get_if<plan::ListBounds>(&call.bounds);
  if (bounds == nullptr) return bytes;
  for (const auto& cell : bounds->cursor) bytes += cell.has_value() ? cell->size() : 0;
  return bytes;
}

/// Of a list: the most rows of its page.
int RowsOf(const plan::Call& call) {
  const auto* bounds = std::get_if<plan::ListBounds>(&call.bounds);
  return bounds == nullptr ? 0 : bounds->page_size;
}

}  // namespace

bool Runner::IsOneStatement(const plan::Call& call) {
  const auto* with = plan::PartOf<plan::WithRelations>(call.variant.family);
  if (with != nullptr && with->relations != nullptr) return false;
  const auto* conditions = plan::PartOf<plan::WithConditions>(call.variant.family);
  if (conditions != nullptr && conditions->expression != nullptr) return false;
  if (call.plan->family() == Family::kGet || call.plan->family() == Family::kWrite) return true;
  if (call.plan->family() == Family::kBatch) return call.plan->reads_only() && ElementsOf(call) > 0;
  return call.plan->family() == Family::kList && IsMainAll(call);
}

bool Runner::IsMergeable(const plan::Call& call, Mergeable calls) {
  switch (call.plan->family()) {
    case Family::kGet:
      return sql::CanMergeGets(*call.plan, call.variant) && BytesOf(call) <= kMostKeyBytes;
    case Family::kList:
      return IsMainAll(call) && RowsOf(call) <= kMostPageRows && sql::CanMergeLists(*call.plan, call.variant) &&
             BytesOf(call) <= kMostListBytes;
    case Family::kWrite:
      return calls == Mergeable::kAll && sql::CanMergeWrites(*call.plan, call.variant) &&
             BytesOf(call) <= kMostWriteBytes;
    case Family::kBatch:  // the elements of one statement are those of one tenant
      return !call.plan->entity->tenant.has_value() && IsOneStatement(call) && ElementsOf(call) <= kMostBatchElements &&
             call.variant.json == nullptr && !call.variant.columns.empty() && BytesOf(call) <= kMostBatchBytes;
    case Family::kBulk:
    case Family::kQuery:
      break;
  }
  return false;
}

MergeLanes::Share Runner::ShareOf(const plan::Call& call) {
  if (call.plan->family() == Family::kBatch) return {0, static_cast<int>(ElementsOf(call))};
  if (call.plan->family() != Family::kList) return {};
  if (call.plan->operation == catalogue::Operation::kCount) return {0, kRowsOfCount};
  const int rows = RowsOf(call);
  const int limits[] = {10, 25, 50};
  return {static_cast<int>(std::lower_bound(std::begin(limits), std::end(limits), rows) - std::begin(limits)), rows};
}

SentAhead Runner::SendAhead(const plan::Call& call, std::shared_ptr<const sql::Statement> main,
                            db::Connection& connection, db::Cancellation* cancellation) const {
  return Execution{parts_, call, connection, cancellation}.SendAhead(std::move(main));
}

absl::StatusOr<Outcome> Runner::Run(const plan::Call& call, db::Connection& connection, db::Cancellation* cancellation,
                                    const SentAhead& ahead) const {
  Execution execution{parts_, call, connection, cancellation};
  if (ahead.statement != nullptr) execution.ahead = &ahead;
  absl::StatusOr<Outcome> outcome = RunFamily(execution);
  const auto* with = plan::PartOf<plan::WithRelations>(call.variant.family);
  if (outcome.ok()) outcome->skip_unrepresentable = SkipsUnrepresentable(call);
  if (!outcome.ok() || with == nullptr || with->relations == nullptr) return outcome;
  if (absl::Status status = RelationLoader(execution, with->relations).Load(&*outcome); !status.ok()) return status;
  return outcome;
}

}  // namespace rowkeeper::exec
