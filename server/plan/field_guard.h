#pragma once

#include "server/base/errors.h"
#include "server/plan/call.h"
#include "server/plan/method_plan.h"
#include "server/policy/field_rules.h"

namespace rowkeeper::plan {

// What the lists for fields leave of a call: see proto/reference/field-rules.md. What a call names and its caller may
// not touch is denied with FIELD_NOT_ALLOWED; what it takes along without a name is left out.

/// FIELD_NOT_ALLOWED for a column of `entity` that the request names by `path`, or else by the field's name.
absl::Status DeniedField(const catalogue::Entity& entity, const catalogue::Column& column, policy::FieldUse use,
                         std::string_view path = {});

/// Those of all columns of `entity` that its caller may read, ascending.
std::vector<int> ReadableColumns(const policy::FieldAccess& access, const catalogue::Entity& entity);

/// Whether the caller may see which rows `relation` of `entity` brings: they tell the values of the columns that link
/// them, of those that they are ordered by, and of those in the declared filter.
bool MayFollow(const policy::FieldAccess& access, const catalogue::Entity& entity, const catalogue::Relation& relation);

/// Takes columns out of those that the call returns, unless its mask names them.
void HideColumns(Call* call, FieldViolations* violations);
/// The same for the fields of a custom query's rows that are those of an entity.
void HideQueryColumns(Call* call);

/// False for a condition that was denied: rows that meet it tell the value.
bool MayFilter(const Call& call, const FilterTerm& filter, FieldViolations* violations);
/// Denies the call's filter expression.
void CheckExpressionFields(const Call& call, FieldViolations* violations);
/// Denies the call's order.
void CheckOrderFields(const Call& call, FieldViolations* violations);

/// What a call does with one of MethodPlan::values.
struct ValueUse {
  /// The request has a value, or some element of it has.
  bool given = false;
  /// The update mask names the field.
  bool named = false;
  /// The value is compared with the stored one, so that the answer tells that.
  bool compared = false;
};
/// False for a value that the call does not write: it was denied, or only "*" stands for it.
bool TakesValue(const Call& call, int value, const ValueUse& use, FieldViolations* violations);

}  // namespace rowkeeper::plan
