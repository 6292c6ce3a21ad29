#include "server/plan/bulk/compile.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "server/base/text.h"
#include "server/catalogue/naming.h"
#include "server/plan/inputs.h"
#include "server/plan/row_method.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Change;

void CheckNewValues(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  const std::string& entity = plan.entity->full_name;
  const auto writable = [&plan](const ValueTerm& value) {
    const catalogue::Column& column = plan.entity->columns[value.column];
    return !column.key && !column.immutable;
  };
  if (plan.values.empty()) {
    diagnostics->Error(*plan.method, "the request has no field for the new values",
                       Cat("add a field of type ", entity));
  } else if (std::none_of(plan.values.begin(), plan.values.end(), writable)) {
    diagnostics->Error(*plan.method, Cat(entity, " has no field that such a request may write"), "remove the method");
  }
  if (!HasInput(plan, InputRole::kUpdateMask)) {
    diagnostics->Error(*plan.method, "an update needs to know which fields to write",
                       "add `google.protobuf.FieldMask update_mask` to the request");
  }
}

void CheckPurge(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  if (!plan.entity->deleted_at.has_value()) {
    diagnostics->Error(*plan.method,
                       Cat("nobody knows when a row of ", plan.entity->full_name, " was deleted, so none can be old"),
                       "give the entity an `optional google.protobuf.Timestamp` field with ROLE_DELETED_AT, or remove "
                       "the method; DeleteWhere with `deleted` removes rows of any age");
  }
  if (!HasInput(plan, InputRole::kOlderThan)) {
    diagnostics->Error(*plan.method, "a purge needs to know which rows are old enough",
                       "add `google.protobuf.Duration older_than` to the request");
  }
}

void CheckBulkChange(const MethodPlan& plan, catalogue::Diagnostics* diagnostics) {
  if (plan.change() == Change::kUpdate) CheckNewValues(plan, diagnostics);
  if (plan.change() == Change::kPurge) {
    CheckPurge(plan, diagnostics);
  } else if (plan.filters.empty() && !HasInput(plan, InputRole::kExpression)) {
    diagnostics->Error(*plan.method, "the request restricts nothing, so every call would change every row",
                       "add fields named after columns, or with (rowkeeper.v1.filter), or `string filter`");
  }
  if (plan.response.affected == nullptr && plan.response.rows_known) {
    diagnostics->Error(*plan.method, "callers could not tell how many rows were changed",
                       "return a message with a field `int64 affected`");
  }
}

}  // namespace

bool BulkTakes(Change change, InputRole role) {
  switch (role) {
    case InputRole::kMaxAffected:
      return true;
    case InputRole::kExpression:
      return change != Change::kPurge;
    case InputRole::kUpdateMask:
      return change == Change::kUpdate;
    case InputRole::kDeleted:
      return change == Change::kDelete;
    case InputRole::kOlderThan:
      return change == Change::kPurge;
    default:
      return false;
  }
}

bool BulkGives(Change change, Fact fact) {
  return fact == Fact::kAffected || (fact == Fact::kMore && change == Change::kPurge);
}

MethodPlan CompileBulk(const catalogue::Entity& entity, const catalogue::Method& method,
                       catalogue::Diagnostics* diagnostics) {
  MethodPlan plan = CompileRowMethod(entity, method, diagnostics);
  if (plan.change() == Change::kUpdate) CheckDistinctValues(plan, diagnostics);
  CheckBulkChange(plan, diagnostics);
  return plan;
}

}  // namespace rowkeeper::plan
