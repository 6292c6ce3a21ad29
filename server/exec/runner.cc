#include "server/exec/runner.h"

#include "server/exec/batch_run.h"
#include "server/exec/bulk_run.h"
#include "server/exec/get_run.h"
#include "server/exec/list_run.h"
#include "server/exec/query_run.h"
#include "server/exec/relation_loader.h"
#include "server/exec/write_run.h"

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

absl::StatusOr<Outcome> Runner::Run(const plan::Call& call, db::Connection& connection,
                                    db::Cancellation* cancellation) const {
  const Execution execution{parts_, call, connection, cancellation};
  absl::StatusOr<Outcome> outcome = RunFamily(execution);
  const auto* with = plan::PartOf<plan::WithRelations>(call.variant.family);
  const auto* skips = plan::PartOf<plan::WithSkipUnrepresentable>(call.request.family);
  if (outcome.ok() && skips != nullptr) outcome->skip_unrepresentable = skips->skip_unrepresentable;
  if (!outcome.ok() || with == nullptr || with->relations == nullptr) return outcome;
  if (absl::Status status = RelationLoader(execution, with->relations).Load(&*outcome); !status.ok()) return status;
  return outcome;
}

}  // namespace rowkeeper::exec
