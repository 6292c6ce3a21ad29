#include <algorithm>

#include "server/plan/absent.h"
#include "server/plan/field_guard.h"
#include "server/plan/filter/bind.h"
#include "server/plan/inputs.h"
#include "server/plan/mask/masks.h"
#include "server/plan/write/write.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;
using catalogue::Column;

void BindCreateValues(Call* call, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  for (int i = 0; i < static_cast<int>(plan.values.size()); ++i) {
    const ValueTerm& value = plan.values[i];
    const Column& column = plan.entity->columns[value.column];
    Argument& argument = call->request.arguments[value.input];
    if (argument.present && !TakesValue(*call, i, {/*given=*/true}, violations)) continue;
    if (!argument.present && column.has_default()) continue;
    if (ResolveAbsent(column, &argument, plan.inputs[value.input].name, violations))
      call->variant.as<WriteVariant>().written.push_back(i);
  }
}

void BindUpdateValues(Call* call, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  const WriteRequest& request = call->request.as<WriteRequest>();
  WriteVariant& variant = call->variant.as<WriteVariant>();
  const auto& mask = request.update_mask;
  const bool everything = mask.has_value() && std::find(mask->begin(), mask->end(), "*") != mask->end();
  for (int i : ResolveUpdateMask(plan, request, call->request.arguments, violations)) {
    const ValueTerm& value = plan.values[i];
    const Column& column = plan.entity->columns[value.column];
    Argument& argument = call->request.arguments[value.input];
    // "*" replaces what can be replaced: an immutable field left empty is not an attempt to change it.
    if (column.immutable && everything && !argument.present) continue;
    const bool given = argument.present || IsReplacedInOneof(plan, call->request.arguments, value.column);
    if (!TakesValue(*call, i, {given, NamesColumn(plan, request, value.column), column.immutable}, violations))
      continue;
    if (!ResolveAbsent(column, &argument, plan.inputs[value.input].name, violations)) continue;
    (column.immutable ? variant.unchanged : variant.written).push_back(i);
  }
}

}  // namespace

void BindWrite(Call* call, const FilterLimits& limits, FieldViolations* violations) {
  const int64_t version = call->request.as<WriteRequest>().version;
  if (version < 0) {
    violations->Add(InputName(*call->plan, InputRole::kVersion, "version"),
                    "must not be negative; 0 means any version");
  }
  call->variant.as<WriteVariant>().version_guard = version > 0;
  BindFilters(call, limits, violations);
  if (call->plan->change() == Change::kCreate) BindCreateValues(call, violations);
  if (call->plan->change() == Change::kUpdate) BindUpdateValues(call, violations);
}

}  // namespace rowkeeper::plan
