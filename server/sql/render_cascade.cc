#include "server/sql/render_cascade.h"

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/judgement.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {

using catalogue::Change;
using catalogue::Entity;

CascadeKind KindOf(Change change) {
  return change == Change::kRestore ? CascadeKind::kRestore : CascadeKind::kSoftDelete;
}

namespace {

CascadeScope ScopeOf(const plan::MethodPlan& plan) {
  const Change change = plan.change();
  if (change != Change::kSoftDelete && change != Change::kRestore) return CascadeScope::kNothing;
  return ScopeOfCascade(*plan.entity, KindOf(change));
}

}  // namespace

bool FollowsReferences(const plan::MethodPlan& plan) { return ScopeOf(plan) != CascadeScope::kNothing; }

bool IsHeldByParentsAlone(const plan::MethodPlan& plan) { return ScopeOf(plan) == CascadeScope::kParents; }

std::vector<std::string> NoParentIsDeleted(const plan::MethodPlan& plan, const std::string& row,
                                           ParameterList* parameters) {
  std::vector<std::string> conditions;
  for (const CascadeEdge& edge : ShapeOfCascade(*plan.entity).parents) {
    const std::string parent = "\"#parent\"";
    const std::string own_rows = TenantPredicate(*edge.parent, parameters, parent);
    conditions.push_back(Cat("NOT EXISTS (SELECT FROM ", Table(*edge.parent), " AS ", parent, " WHERE ", parent, ".",
                             ColumnName(*edge.parent, edge.parent_column()), " = ", row, ".",
                             ColumnName(*edge.entity, edge.column), " AND ", own_rows, own_rows.empty() ? "" : " AND ",
                             VisibilityPredicate(*edge.parent, plan::Deleted::kOnly, parent + "."), ")"));
  }
  return conditions;
}

std::string OrRefused(const Cascade& cascade, size_t others) {
  if (!cascade.can_refuse()) return "";
  std::string nulls;
  for (size_t i = 0; i < others; ++i) nulls += "NULL, ";
  return Cat(" UNION ALL SELECT ", nulls, "\"#b\" FROM \"#refused\"");
}

Statement RenderCascade(const plan::MethodPlan& plan, const plan::Variant& variant, const std::string& where,
                        ParameterList* parameters) {
  const Entity& entity = *plan.entity;
  const CascadeKind kind = KindOf(plan.change());
  const CascadeShape shape = ShapeOfCascade(entity);
  const Cascade cascade(shape, kind, {}, parameters);
  const std::string cells = variant.columns.empty() ? "" : ColumnList(entity, variant.columns);
  const std::string target =
      Cat("SELECT ", Cascade::TargetCells(entity), " FROM ", TableRows(entity), where, " FOR NO KEY UPDATE");
  const std::string change =
      Cat("UPDATE ", TableRows(entity), " SET ", absl::StrJoin(Cascade::Assignments(entity, kind), ", "),
          " FROM \"#target\", \"#now\"", Where({Cascade::IsTarget(entity, parameters), cascade.Condition()}),
          " RETURNING ", cells.empty() ? "NULL" : cells);
  const Judgement judgement(entity, variant.columns, Judgement::Rows::kOne, parameters);
  const std::string result =
      Cat("SELECT ", cells, cells.empty() ? "" : ", ", "NULL::integer AS \"#b\" FROM \"#changed\"");
  Statement statement =
      Finish(Cat("WITH RECURSIVE \"#target\" AS MATERIALIZED (", target, "), ", cascade.Queries(),
                 ", \"#changed\" AS (", change, "), ", judgement.Query("\"#changed\"", cascade.Expected()), " ", result,
                 OrRefused(cascade, variant.columns.size()), Judgement::OrFail(variant.columns.size() + 1)),
             parameters, variant.columns, static_cast<int>(variant.columns.size()));
  statement.blocker_cell = statement.visible_cells;
  return statement;
}

}  // namespace rowkeeper::sql
