#include "server/plan/filter/bind.h"
#include "server/base/errors.h"
#include "server/plan/batch/batch.h"
#include "server/plan/bulk/bulk.h"
#include "server/plan/call.h"
#include "server/plan/field_guard.h"
#include "server/plan/inputs.h"
#include "server/plan/list/list.h"
#include "server/plan/mask/json_mask.h"
#include "server/plan/mask/masks.h"
#include "server/plan/query/bind.h"
#include "server/plan/relation/selection.h"
#include "server/plan/response_facts.h"
#include "server/plan/tenant.h"
#include "server/plan/write/write.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Family;

Call BeginCall(const MethodPlan& plan, Request request) {
  Call call;
  call.plan = &plan;
  call.request = std::move(request);
  call.variant = EmptyVariant(plan);
  if (const auto* with = PartOf<WithDeleted>(call.request.family)) call.variant.deleted = with->deleted;
  return call;
}

/// What the call returns.
void BindColumns(Call* call, const RelationLimits& limits, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  if (!CarriesRows(plan.response) || plan.family() == Family::kQuery) return;
  call->variant.columns = ResolveReadMask(plan, PartOf<WithReadMask>(call->request.family), violations);
  HideColumns(call, violations);
  BindRelations(call, limits, violations);
}

void BindFamily(Call* call, const PageLimits& limits, const PageTokens& tokens, FieldViolations* violations) {
  switch (call->plan->family()) {
    case Family::kGet:
      return BindFilters(call, limits.filter, violations);
    case Family::kList:
      return BindList(call, limits, tokens, violations);
    case Family::kWrite:
      return BindWrite(call, limits.filter, violations);
    case Family::kBatch:
      return BindBatch(call, violations);
    case Family::kBulk:
      return BindBulk(call, limits.filter, violations);
    case Family::kQuery:
      return BindQuery(call, limits.filter, violations);
  }
}

}  // namespace

absl::StatusOr<Call> Bind(const MethodPlan& plan, Request request, const PageLimits& limits, const PageTokens& tokens) {
  Call call = BeginCall(plan, std::move(request));
  FieldViolations violations;
  const JsonTrees json_writes = TakeJsonMasks(&call, &violations);
  BindColumns(&call, limits.relations, &violations);
  if (absl::Status status = CheckTenant(call); !status.ok()) return status;
  CountOwnRows(&call);
  BindFamily(&call, limits, tokens, &violations);
  BindJsonWrites(json_writes, &call, &violations);
  if (!violations.empty()) return violations.ToStatus();
  if (absl::Status status = CheckRelationLimits(call, limits.relations); !status.ok()) return status;
  return call;
}

}  // namespace rowkeeper::plan
