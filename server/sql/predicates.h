#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/plan/method_plan.h"
#include "server/plan/variant.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// Hands out `$n` while a statement's text is written, and remembers what each stands for.
class ParameterList {
 public:
  /// "$3::uuid"
  std::string Add(Parameter::Source source, int index, const std::string& type);
  /// The caller's tenant, one parameter of the statement however often it is asked for. `type`: that of the columns of
  /// the role, which is the same in the whole catalogue.
  const std::string& Tenant(const std::string& type);
  std::vector<Parameter> Take() { return std::move(parameters_); }

  // Of a statement that is executed for many calls at once.

  /// Makes Add give columns of Calls() instead: "\"#calls\".\"#2\"", but for what is the same for all calls. Before the
  /// first one.
  void TakeManyCalls() { many_calls_ = true; }
  /// `unnest((SELECT $1::uuid[]), (SELECT $2::text[])) WITH ORDINALITY AS "#calls" ("#0", "#1", "#")`: each call's
  /// values in a row, with its place, from 1. Behind a subselect PostgreSQL does not see how many calls there are: it
  /// would take a plan for a few of them to be cheaper than one for any number, and plan anew at each execution.
  std::string Calls() const;
  /// How many there are, by the first parameter.
  std::string CallCount() const;

 private:
  std::vector<Parameter> parameters_;
  /// Of what each of many calls has a value of its own; empty for other parameters.
  std::vector<std::string> types_;
  bool many_calls_ = false;
  /// Empty: nobody asked for it.
  std::string tenant_;
};

/// `"deleted_at" IS NULL`, `NOT "is_deleted"`, or both joined by AND; empty when the entity is not soft-deletable.
/// `qualifier` goes before each column: empty, or the name that its table has in the statement, with a dot. It is
/// needed in a subquery inside a statement about another entity: a bare name that the inner table has lost by a rename
/// would be found in the outer one, without an error.
std::string LivePredicate(const catalogue::Entity& entity, std::string_view qualifier = "");

/// The condition that keeps deleted rows out of sight (or shows only them); empty when all rows are asked for or the
/// entity is not soft-deletable.
std::string VisibilityPredicate(const catalogue::Entity& entity, plan::Deleted deleted,
                                std::string_view qualifier = "");

/// `"tasks"."tenant_id" = $3::uuid`: the row is one of the caller's tenant; empty where the entity has no tenants.
/// Every table that a statement reads or changes has it: sql/tenant_check.h refuses a statement without it. `table` is
/// what the statement calls the table there; by default RowName.
std::string TenantPredicate(const catalogue::Entity& entity, ParameterList* parameters, const std::string& table = "");

/// The conditions of the filters in `variant`, one each, that of its filter expression, and TenantPredicate. `table` as
/// there.
std::vector<std::string> FilterPredicates(const plan::MethodPlan& plan, const plan::Variant& variant,
                                          ParameterList* parameters, const std::string& table = "");

/// What a search looks into; an index on it serves the search.
std::string SearchDocument(const catalogue::Entity& entity, const plan::FilterTerm& search);

/// Rows that come after the variant's cursor in its order. NULL stands where the order puts it.
std::string CursorPredicate(const catalogue::Entity& entity, const plan::ListVariant& variant,
                            ParameterList* parameters);

/// " WHERE a AND b", or empty; empty conditions are skipped.
std::string Where(const std::vector<std::string>& conditions);

}  // namespace rowkeeper::sql
