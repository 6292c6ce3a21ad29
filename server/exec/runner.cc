#include "server/exec/runner.h"

#include "server/exec/batch_run.h"
#include "server/exec/bulk_run.h"
#include "server/exec/get_run.h"
#include "server/exec/list_run.h"
#include "server/exec/query_run.h"
#include "server/exec/relation_loader.h"
#include "server/exec/write_run.h"
#include "server/sql/render_get.h"
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

}  // namespace

bool Runner::IsOneStatement(const plan::Call& call) {
  const auto* with = plan::PartOf<plan::WithRelations>(call.variant.family);
  if (with != nullptr && with->relations != nullptr) return false;
  const auto* conditions = plan::PartOf<plan::WithConditions>(call.variant.family);
  if (conditions != nullptr && conditions->expression != nullptr) return false;
  if (call.plan->family() == Family::kGet || call.plan->family() == Family::kWrite) return true;
  if (call.plan->operation != catalogue::Operation::kList) return false;
  return call.request.as<plan::ListRequest>().count.value_or(plan::CountMode::kNone) == plan::CountMode::kNone;
}

bool Runner::IsMergeable(const plan::Call& call, Mergeable calls) {
  const bool writes = call.plan->family() == Family::kWrite;
  if (writes && calls != Mergeable::kAll) return false;
  const bool can = writes ? sql::CanMergeWrites(*call.plan, call.variant)
                          : call.plan->family() == Family::kGet && sql::CanMergeGets(*call.plan, call.variant);
  if (!can) return false;
  size_t bytes = 0;
  for (const plan::Argument& argument : call.request.arguments) bytes += argument.text.size();
  return bytes <= (writes ? kMostWriteBytes : kMostKeyBytes);
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
  const auto* skips = plan::PartOf<plan::WithSkipUnrepresentable>(call.request.family);
  if (outcome.ok() && skips != nullptr) outcome->skip_unrepresentable = skips->skip_unrepresentable;
  if (!outcome.ok() || with == nullptr || with->relations == nullptr) return outcome;
  if (absl::Status status = RelationLoader(execution, with->relations).Load(&*outcome); !status.ok()) return status;
  return outcome;
}

}  // namespace rowkeeper::exec
