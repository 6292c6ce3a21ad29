#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <cstdlib>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/plan/absent.h"
#include "server/plan/bulk/bulk.h"
#include "server/plan/field_guard.h"
#include "server/plan/filter/bind.h"
#include "server/plan/inputs.h"
#include "server/plan/mask/masks.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;
using catalogue::Column;

/// Without any condition the call would be about the whole table, which nobody means who merely forgot one.
void CheckRestricted(const Call& call, FieldViolations* violations) {
  const bool restricted = !call.variant.filters.empty() || call.variant.as<BulkVariant>().expression != nullptr;
  if (restricted || !violations->empty()) return;
  const MethodPlan& plan = *call.plan;
  std::vector<std::string> names;
  for (const FilterTerm& filter : plan.filters) names.push_back(plan.inputs[filter.input].name);
  for (const Input& input : plan.inputs) {
    if (input.role == InputRole::kExpression) names.push_back(input.name);
  }
  constexpr std::string_view kWhy = "; without a filter every row would change";
  for (size_t i = 0; i < names.size(); ++i) {
    violations->Add(names[i],
                    i > 0 ? "or this one" : Cat(names.size() > 1 ? "set at least one filter" : "is required", kWhy));
  }
}

void BindNewValues(Call* call, FieldViolations* violations) {
  const MethodPlan& plan = *call->plan;
  const BulkRequest& request = call->request.as<BulkRequest>();
  std::vector<int>& written = call->variant.as<BulkVariant>().written;
  const auto& mask = request.update_mask;
  const std::string mask_name = InputName(plan, InputRole::kUpdateMask, "update_mask");
  const bool everything = mask.has_value() && std::find(mask->begin(), mask->end(), "*") != mask->end();
  const bool good = violations->empty();
  for (int i : ResolveUpdateMask(plan, request, call->request.arguments, violations)) {
    const ValueTerm& value = plan.values[i];
    const Column& column = plan.entity->columns[value.column];
    const std::string& name = plan.inputs[value.input].name;
    Argument& argument = call->request.arguments[value.input];
    const bool given = argument.present || IsReplacedInOneof(plan, call->request.arguments, value.column);
    if (!TakesValue(*call, i, {given, NamesColumn(plan, request, value.column)}, violations)) continue;
    if (!column.key && !column.immutable) {
      if (ResolveAbsent(column, &argument, name, violations)) written.push_back(i);
    } else if (!everything) {
      violations->Add(mask_name, Cat("path \"", column.field->name(), "\" is ", column.key ? "of the key" : "immutable",
                                     ", so it cannot change; leave it out"));
    } else if (argument.present) {
      violations->Add(name,
                      Cat(column.key ? "is of the key" : "is immutable", ", so it cannot change; leave it empty"));
    }
  }
  if (good && violations->empty() && written.empty()) {
    violations->Add(mask_name, "names no field that a caller may write");
  }
}

void CheckAge(const Call& call, FieldViolations* violations) {
  const std::string name = InputName(*call.plan, InputRole::kOlderThan, "older_than");
  const auto& text = call.request.as<BulkRequest>().older_than;
  if (!text.has_value()) {
    violations->Add(name, "is required; 0 seconds means all deleted rows");
  } else if (text->front() == '-') {
    violations->Add(name, "must not be negative; 0 seconds means all deleted rows");
  } else if (std::strtoll(text->c_str(), nullptr, 10) > kLongestPurgeAge) {
    violations->Add(name, Cat("is longer than ", kLongestPurgeAge, " seconds (1000 years)"));
  }
}

}  // namespace

void BindBulk(Call* call, const FilterLimits& limits, FieldViolations* violations) {
  BindFilters(call, limits, violations);
  BindExpression(call, limits, violations);
  const Change change = call->plan->change();
  if (change == Change::kPurge) {
    CheckAge(*call, violations);
  } else {
    CheckRestricted(*call, violations);
  }
  if (change == Change::kUpdate) BindNewValues(call, violations);
  if (call->request.as<BulkRequest>().max_affected.value_or(0) >= 0) return;
  violations->Add(InputName(*call->plan, InputRole::kMaxAffected, "max_affected"),
                  "must not be negative; 0 means the limit of the server");
}

absl::Status LimitBulk(const BulkLimits& limits, Call* call) {
  const int64_t wanted = call->request.as<BulkRequest>().max_affected.value_or(0);
  if (wanted > limits.max_affected) {
    return InvalidField(InputName(*call->plan, InputRole::kMaxAffected, "max_affected"),
                        Cat("is ", wanted, "; at most ", limits.max_affected,
                            " rows are allowed in one call; make several calls, or raise --",
                            LimitName(Limit::kMaxAffected), " on the server"));
  }
  call->bounds = BulkBounds{wanted > 0 ? wanted : limits.max_affected, limits.purge_batch_rows};
  return absl::OkStatus();
}

}  // namespace rowkeeper::plan
