#include "server/plan/field_guard.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <string>

#include "server/base/identity_errors.h"
#include "server/plan/filter/expression.h"
#include "server/plan/inputs.h"
#include "server/plan/query/query_plan.h"
#include "server/plan/relation/filter.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::Entity;
using policy::FieldAccess;
using policy::FieldUse;

const Column& ColumnAt(const Entity& entity, int index) { return entity.columns[static_cast<size_t>(index)]; }

bool MayRead(const FieldAccess& access, const Entity& entity, int column) {
  return column < 0 || access.MayRead(ColumnAt(entity, column).ordinal);
}

/// A column of the expression that the caller may not read; -1: there is none.
int FindUnreadable(const FieldAccess& access, const Entity& entity, const FilterExpression& expression) {
  if (!MayRead(access, entity, expression.column)) return expression.column;
  for (const FilterExpression& part : expression.parts) {
    if (const int column = FindUnreadable(access, entity, part); column >= 0) return column;
  }
  return -1;
}

bool MayReadFilter(const FieldAccess& access, const catalogue::Relation& relation) {
  if (relation.filter.empty() || !access.Restricts(relation.target->ordinal)) return true;
  SelectedRelation selected;
  selected.relation = &relation;
  ApplyDeclaredFilter(&selected);
  return selected.filter == nullptr || FindUnreadable(access, *relation.target, *selected.filter) < 0;
}

/// Denies the columns that the read mask names. Its paths into jsonb are those of their columns by now.
void CheckNamedColumns(const Call& call, FieldViolations* violations) {
  const auto* masked = PartOf<WithReadMask>(call.request.family);
  if (masked == nullptr || !masked->read_mask.has_value()) return;
  const Entity& entity = *call.plan->entity;
  for (const std::string& path : *masked->read_mask) {
    const Column* column = entity.FindField(path);
    if (column == nullptr || call.request.fields.MayRead(column->ordinal)) continue;
    violations->Deny(DeniedField(entity, *column, FieldUse::kRead));
  }
}

}  // namespace

absl::Status DeniedField(const Entity& entity, const Column& column, FieldUse use, std::string_view path) {
  return FieldNotAllowed(entity.full_name, path.empty() ? std::string_view(column.field->name()) : path,
                         policy::FieldUseName(use));
}

std::vector<int> ReadableColumns(const FieldAccess& access, const Entity& entity) {
  std::vector<int> columns = entity.AllColumns();
  if (!access.Restricts(entity.ordinal)) return columns;
  const auto hidden = [&](int column) { return !MayRead(access, entity, column); };
  columns.erase(std::remove_if(columns.begin(), columns.end(), hidden), columns.end());
  return columns;
}

bool MayFollow(const FieldAccess& access, const Entity& entity, const catalogue::Relation& relation) {
  if (!access.restricts()) return true;
  const Entity& target = *relation.target;
  if (!MayRead(access, entity, relation.column) || !MayRead(access, target, relation.target_column)) return false;
  if (relation.through != nullptr && (!MayRead(access, *relation.through, relation.through_column) ||
                                      !MayRead(access, *relation.through, relation.through_target_column))) {
    return false;
  }
  return std::all_of(relation.order.begin(), relation.order.end(),
                     [&](const catalogue::OrderTerm& term) { return MayRead(access, target, term.column); }) &&
         MayReadFilter(access, relation);
}

void HideColumns(Call* call, FieldViolations* violations) {
  const Entity& entity = *call->plan->entity;
  const FieldAccess& access = call->request.fields;
  if (!access.Restricts(entity.ordinal)) return;
  CheckNamedColumns(*call, violations);
  std::vector<int>& columns = call->variant.columns;
  const auto hidden = [&](int column) { return !MayRead(access, entity, column); };
  columns.erase(std::remove_if(columns.begin(), columns.end(), hidden), columns.end());
}

void HideQueryColumns(Call* call) {
  const FieldAccess& access = call->request.fields;
  if (!access.restricts()) return;
  const std::vector<Column>& columns = call->plan->query->columns;
  for (size_t i = 0; i < columns.size(); ++i) {
    if (!access.MayRead(columns[i].ordinal)) {
      call->variant.as<QueryVariant>().hidden.push_back(static_cast<int>(i));
    }
  }
}

bool MayFilter(const Call& call, const FilterTerm& filter, FieldViolations* violations) {
  const Entity& entity = *call.plan->entity;
  const FieldAccess& access = call.request.fields;
  if (!access.Restricts(entity.ordinal)) return true;
  std::vector<int> columns = filter.searched;
  columns.push_back(filter.column);
  for (const int column : columns) {
    if (MayRead(access, entity, column)) continue;
    violations->Deny(DeniedField(entity, ColumnAt(entity, column), FieldUse::kRead));
    return false;
  }
  return true;
}

void CheckExpressionFields(const Call& call, FieldViolations* violations) {
  const Entity& entity = *call.plan->entity;
  const auto* conditions = PartOf<WithConditions>(call.variant.family);
  if (!call.request.fields.Restricts(entity.ordinal) || conditions->expression == nullptr) return;
  const int column = FindUnreadable(call.request.fields, entity, *conditions->expression);
  if (column >= 0) violations->Deny(DeniedField(entity, ColumnAt(entity, column), FieldUse::kRead));
}

void CheckOrderFields(const Call& call, FieldViolations* violations) {
  const Entity& entity = *call.plan->entity;
  if (!call.request.fields.Restricts(entity.ordinal)) return;
  for (const catalogue::OrderTerm& term : call.variant.as<ListVariant>().order) {
    if (MayRead(call.request.fields, entity, term.column)) continue;
    violations->Deny(DeniedField(entity, ColumnAt(entity, term.column), FieldUse::kRead));
  }
}

bool TakesValue(const Call& call, int value, const ValueUse& use, FieldViolations* violations) {
  const Entity& entity = *call.plan->entity;
  const FieldAccess& access = call.request.fields;
  if (!access.Restricts(entity.ordinal)) return true;
  const Column& column = ColumnAt(entity, call.plan->values[static_cast<size_t>(value)].column);
  const bool may_write = access.MayWrite(column.ordinal);
  const bool may_read = access.MayRead(column.ordinal);
  if (may_write && may_read) return true;
  if (!use.given && !use.named) return false;
  if (may_write && !use.compared) return true;
  violations->Deny(DeniedField(entity, column, may_write ? FieldUse::kRead : FieldUse::kWrite));
  return false;
}

}  // namespace rowkeeper::plan
