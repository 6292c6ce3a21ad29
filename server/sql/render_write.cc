#include "server/sql/render_write.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/json_merge.h"
#include "server/sql/judgement.h"
#include "server/sql/predicates.h"
#include "server/sql/render_cascade.h"
#include "server/sql/render_get.h"
#include "server/sql/types.h"
#include "server/sql/write_parts.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using plan::Deleted;
using plan::MethodPlan;
using plan::Variant;
using plan::WriteVariant;

std::string Argument(const MethodPlan& plan, const plan::ValueTerm& value, ParameterList* parameters) {
  return parameters->Add(Parameter::Source::kArgument, value.input,
                         ParameterType(*plan.entity, plan.entity->columns[value.column].type));
}

std::string VersionPredicate(const MethodPlan& plan, const Variant& variant, ParameterList* parameters) {
  if (!variant.as<WriteVariant>().version_guard) return "";
  const Column& column = plan.entity->columns[*plan.entity->version];
  return Cat(ColumnName(column), " = ", parameters->Add(Parameter::Source::kVersion, 0, "bigint"));
}

std::string UnchangedPredicate(const MethodPlan& plan, const plan::ValueTerm& value, ParameterList* parameters) {
  return Cat(ColumnName(plan.entity->columns[value.column]), " IS NOT DISTINCT FROM ",
             Argument(plan, value, parameters));
}

std::string TargetRow(const MethodPlan& plan, const Variant& variant, Deleted visible, ParameterList* parameters) {
  return Where(TargetConditions(plan, variant, visible, parameters));
}

/// `"#n" = 1`, or no row where none is there to be written. Outside a transaction a row that is there and was not
/// written makes the statement fail, whatever kept it; exec looks why. In a transaction it looks first, for the failure
/// of a statement is that of the transaction.
std::string OneOrNoTarget(const MethodPlan& plan, const std::string& where, const Judgement& judgement) {
  return Cat("\"#n\" = 1 OR \"#n\" = 0 AND NOT (", judgement.Alone(), " AND EXISTS (SELECT FROM ",
             TableRows(*plan.entity), where, "))");
}

/// `change` without its RETURNING, judged.
Statement Judge(const Variant& variant, const MethodPlan& plan, const std::string& change, const std::string& expected,
                const Judgement& judgement, ParameterList* parameters) {
  const std::string cells = ColumnList(*plan.entity, variant.columns);
  return Finish(Cat("WITH \"#written\" AS (", change, " RETURNING ", cells.empty() ? "1" : cells, ") SELECT ", cells,
                    cells.empty() ? "" : " ", "FROM \"#written\"", judgement.IfGood(),
                    Judgement::OrFailFor(variant.columns.size(), "\"#written\"", expected)),
                parameters, variant.columns, static_cast<int>(variant.columns.size()));
}

Statement RenderCreate(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  Judgement judgement(entity, variant.columns, Judgement::Rows::kOne, &parameters);
  const InsertedRow inserted = InsertedRowOf(plan, variant, &judgement, &parameters);
  const std::string row =
      inserted.names.empty() ? " DEFAULT VALUES" : Cat(" (", inserted.names, ") VALUES (", inserted.values, ")");
  return Judge(variant, plan, Cat("INSERT INTO ", TableRows(entity), row), "\"#n\" = 1", judgement, &parameters);
}

/// An update, or a soft delete or restore that no other row follows.
Statement RenderChange(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  Judgement judgement(*plan.entity, variant.columns, Judgement::Rows::kOne, &parameters);
  const std::string assignments = Assignments(plan, variant, &judgement, &parameters);
  std::vector<std::string> conditions = TargetConditions(plan, variant, ChangedRows(plan), &parameters);
  for (std::string& condition : ConditionsOfParents(plan, RowName(*plan.entity), &parameters))
    conditions.push_back(std::move(condition));
  const std::string where = Where(conditions);
  return Judge(variant, plan, Cat("UPDATE ", TableRows(*plan.entity), " SET ", assignments, where),
               OneOrNoTarget(plan, where, judgement), judgement, &parameters);
}

Statement RenderSoftDelete(const MethodPlan& plan, const Variant& variant) {
  if (!FollowsReferences(plan) || IsHeldByParentsAlone(plan)) return RenderChange(plan, variant);
  return RenderWriteWithParents(plan, variant);
}

Statement RenderDelete(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  const std::string where = TargetRow(plan, variant, variant.deleted, &parameters);
  const Judgement judgement(*plan.entity, variant.columns, Judgement::Rows::kOne, &parameters);
  return Judge(variant, plan, Cat("DELETE FROM ", TableRows(*plan.entity), where),
               OneOrNoTarget(plan, where, judgement), judgement, &parameters);
}

}  // namespace

InsertedRow InsertedRowOf(const MethodPlan& plan, const Variant& variant, Judgement* judgement,
                          ParameterList* parameters) {
  std::vector<std::string> names, values;
  for (int i : variant.as<WriteVariant>().written) {
    const int column = plan.values[i].column;
    names.push_back(ColumnName(plan.entity->columns[column]));
    values.push_back(Argument(plan, plan.values[i], parameters));
    if (judgement != nullptr) judgement->Gave(column, values.back());
  }
  AppendTenant(*plan.entity, parameters, &names, &values);
  return {absl::StrJoin(names, ", "), absl::StrJoin(values, ", ")};
}

Deleted ChangedRows(const MethodPlan& plan) {
  return plan.change() == Change::kRestore ? Deleted::kOnly : Deleted::kExclude;
}

std::string Assignments(const MethodPlan& plan, const Variant& variant, Judgement* judgement,
                        ParameterList* parameters) {
  const Entity& entity = *plan.entity;
  std::vector<std::string> assignments;
  if (plan.change() == Change::kSoftDelete) AppendDeletion(entity, "clock_timestamp()", &assignments);
  if (plan.change() == Change::kRestore) AppendRestoration(entity, &assignments);
  if (plan.change() == Change::kUpdate) {
    for (int i : variant.as<WriteVariant>().written) {
      const plan::ValueTerm& value = plan.values[i];
      const std::string given = Argument(plan, value, parameters);
      const std::string assigned = AssignedValue(plan, variant, i, given, parameters);
      assignments.push_back(Cat(ColumnName(entity.columns[value.column]), " = ", assigned));
      if (judgement != nullptr && assigned == given) judgement->Gave(value.column, given);
    }
  }
  if (!assignments.empty()) {
    AppendHousekeeping(entity, "", &assignments);
  } else {  // nothing to write: the row is only looked at, and locked as an update would
    assignments.push_back(NoChange(entity));
  }
  return absl::StrJoin(assignments, ", ");
}

std::vector<std::string> TargetConditions(const MethodPlan& plan, const Variant& variant, Deleted visible,
                                          ParameterList* parameters, const std::string& table) {
  std::vector<std::string> conditions = FilterPredicates(plan, variant, parameters, table);
  conditions.push_back(VisibilityPredicate(*plan.entity, visible));
  conditions.push_back(VersionPredicate(plan, variant, parameters));
  for (int i : variant.as<WriteVariant>().unchanged) {
    conditions.push_back(UnchangedPredicate(plan, plan.values[i], parameters));
  }
  return conditions;
}

Statement RenderWrite(const MethodPlan& plan, const Variant& variant) {
  switch (plan.change()) {
    case Change::kCreate:
      return RenderCreate(plan, variant);
    case Change::kUpdate:
      return RenderChange(plan, variant);
    case Change::kSoftDelete:
    case Change::kRestore:
      return RenderSoftDelete(plan, variant);
    case Change::kDelete:
    case Change::kUpsert:
    case Change::kPurge:
    case Change::kNone:
      break;
  }
  return RenderDelete(plan, variant);
}

std::vector<std::string> ConditionsOfParents(const MethodPlan& plan, const std::string& row,
                                             ParameterList* parameters) {
  return IsHeldByParentsAlone(plan) ? NoParentIsDeleted(plan, row, parameters) : std::vector<std::string>();
}

Statement RenderWriteWithParents(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  const std::string where = TargetRow(plan, variant, ChangedRows(plan), &parameters);
  return RenderCascade(plan, variant, where, &parameters);
}

Statement RenderWriteProbe(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  const std::string live = LivePredicate(entity);
  const std::string version = VersionPredicate(plan, variant, &parameters);
  std::vector<std::string> cells = {live.empty() ? "true" : live, version.empty() ? "true" : version};
  for (int i : variant.as<WriteVariant>().unchanged)
    cells.push_back(UnchangedPredicate(plan, plan.values[i], &parameters));
  const std::string where = Where(FilterPredicates(plan, variant, &parameters));
  Statement statement = Finish(Cat("SELECT ", absl::StrJoin(cells, ", "), " FROM ", TableRows(entity), where,
                                   LiveRowFirst(entity, Deleted::kInclude)),
                               &parameters, {}, 0);
  statement.result.assign(cells.size(), CellType::kBool);
  return statement;
}

Statement RenderWriteReread(const MethodPlan& plan, const Variant& variant) {
  ParameterList parameters;
  const std::string where = Where(FilterPredicates(plan, variant, &parameters));
  return Finish(Cat("SELECT ", ColumnList(*plan.entity, variant.columns), " FROM ", TableRows(*plan.entity), where,
                    LiveRowFirst(*plan.entity, Deleted::kInclude)),
                &parameters, variant.columns, static_cast<int>(variant.columns.size()));
}

}  // namespace rowkeeper::sql
