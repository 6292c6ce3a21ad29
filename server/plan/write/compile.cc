#include <google/protobuf/descriptor.h>

#include <set>

#include "server/base/text.h"
#include "server/plan/call.h"
#include "server/plan/inputs.h"
#include "server/plan/keys.h"
#include "server/plan/row_method.h"
#include "server/plan/write/write.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;

void CheckCreate(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  std::set<int> given;
  for (const ValueTerm& value : plan.values) given.insert(value.column);
  for (int i = 0; i < static_cast<int>(plan.entity->columns.size()); ++i) {
    const catalogue::Column& column = plan.entity->columns[i];
    const bool needed = !column.nullable && !column.has_default() && !column.output_only && !ZeroText(column);
    if (!needed || given.count(i) > 0) continue;
    diagnostics->Error(*plan.method, Cat("cannot fill ", column.field->full_name()),
                       Cat("add the field to the request, or a field of type ", plan.entity->full_name));
  }
  CheckDistinctValues(plan, diagnostics);
}

void CheckUpdate(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  if (!HasInput(plan, InputRole::kUpdateMask)) {
    diagnostics->Error(*plan.method, "an update needs to know which fields to write",
                       "add `google.protobuf.FieldMask update_mask` to the request");
  }
  CheckDistinctValues(plan, diagnostics);
}

Visibility RowsReached(const MethodPlan& plan) {
  const bool deleted_too =
      plan.change() == Change::kRestore || (plan.change() == Change::kDelete && HasInput(plan, InputRole::kDeleted));
  return deleted_too ? Visibility::kDeletedToo : Visibility::kLive;
}

}  // namespace

bool WriteTakes(Change change, InputRole role) {
  switch (role) {
    case InputRole::kVersion:
      return change != Change::kCreate;
    case InputRole::kUpdateMask:
      return change == Change::kUpdate;
    case InputRole::kAllowMissing:
      return change != Change::kCreate && change != Change::kUpdate;
    case InputRole::kDeleted:
      return change == Change::kDelete;
    default:
      return false;
  }
}

MethodPlan CompileWrite(const catalogue::Entity& entity, const catalogue::Method& method,
                        catalogue::Diagnostics* diagnostics) {
  MethodPlan plan = CompileRowMethod(entity, method, diagnostics);
  if (plan.change() == Change::kCreate) {
    CheckCreate(plan, diagnostics);
    return plan;
  }
  if (plan.change() == Change::kUpdate) CheckUpdate(plan, diagnostics);
  CheckNamesOneRow(plan, RowsReached(plan), diagnostics);
  return plan;
}

}  // namespace rowkeeper::plan
