#include "server/plan/filter/bind.h"
#include "server/plan/inputs.h"
#include "server/plan/list/list.h"
#include "server/plan/page/pages.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Operation;

void CheckCount(const Call& call, FieldViolations* violations) {
  if (call.request.as<ListRequest>().count != CountMode::kNone) return;
  violations->Add(
      InputName(*call.plan, InputRole::kCount, "count"),
      "is COUNT_MODE_NONE, and this method does nothing but count; leave it out, or send COUNT_MODE_EXACT or "
      "COUNT_MODE_ESTIMATED");
}

}  // namespace

void BindList(Call* call, const PageLimits& limits, const PageTokens& tokens, FieldViolations* violations) {
  BindFilters(call, limits.filter, violations);
  BindExpression(call, limits.filter, violations);
  switch (call->plan->operation) {
    case Operation::kCount:
      return CheckCount(*call, violations);
    case Operation::kExport:
      return BindExport(call, tokens, violations);
    default:
      return BindPage(call, limits, tokens, violations);
  }
}

}  // namespace rowkeeper::plan
