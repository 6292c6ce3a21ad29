#include "server/sql/render_bulk.h"

#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/json_merge.h"
#include "server/sql/judgement.h"
#include "server/sql/predicates.h"
#include "server/sql/render_cascade.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using plan::Deleted;
using plan::MethodPlan;
using plan::Variant;

/// `"id" AS "#0"`: the names of the key's columns in "#target", which no column of a table has.
std::string TargetKey(const Entity& entity) {
  std::vector<std::string> cells;
  for (int column : entity.key) cells.push_back(Cat(ColumnName(entity.columns[column]), " AS \"#", cells.size(), "\""));
  return absl::StrJoin(cells, ", ");
}

/// `"id" = "#0"`
std::string IsTarget(const Entity& entity) {
  std::vector<std::string> conditions;
  for (int column : entity.key) {
    conditions.push_back(Cat(ColumnName(entity.columns[column]), " = \"#", conditions.size(), "\""));
  }
  return absl::StrJoin(conditions, " AND ");
}

/// Writes `WITH "#target" AS (…locked rows…), "#changed" AS (…the change…) SELECT …`.
///
/// One row more than may be changed is looked at. Rows are locked below the LIMIT, so that under READ COMMITTED one
/// that another transaction made unfit in the meantime is neither counted nor changed; they are locked in the order of
/// the key, as batches lock theirs. The count of all locked rows stands before the first change. A row that the
/// database keeps as it is, by a trigger or so, is not counted as changed; where rows go along or are purged it makes
/// the statement fail.
class BulkRenderer {
 public:
  BulkRenderer(const MethodPlan& plan, const Variant& variant)
      : plan_(plan), variant_(variant), entity_(*plan.entity) {}

  Statement RenderChange() {
    const bool remove = plan_.change() == Change::kDelete;
    std::vector<std::string> conditions = FilterPredicates(plan_, variant_, &parameters_);
    conditions.push_back(VisibilityPredicate(entity_, remove ? variant_.deleted : Deleted::kExclude));
    const std::string limit = parameters_.Add(Parameter::Source::kMaxAffected, 0, "bigint");
    const std::string guard = Cat("(SELECT count(*) FROM \"#target\") < ", limit);
    if (FollowsReferences(plan_)) return Follow(conditions, limit, guard);
    const std::string target = Target(TargetKey(entity_), conditions, ColumnList(entity_, entity_.key), limit,
                                      remove ? " FOR UPDATE" : " FOR NO KEY UPDATE");
    const std::string where = Where({IsTarget(entity_), TenantPredicate(entity_, &parameters_), guard});
    const std::string change = remove ? Delete(where)
                                      : Cat("UPDATE ", TableRows(entity_), " SET ", absl::StrJoin(Assignments(), ", "),
                                            " FROM \"#target\"", where);
    Statement statement =
        Finish(Cat("WITH \"#target\" AS (", target, "), \"#changed\" AS (", change, " RETURNING 1) SELECT ", kCounts),
               &parameters_, {}, 0);
    statement.result = {CellType::kInteger, CellType::kInteger};
    return statement;
  }

  /// Rows that others hold are left to the next purge, so that nobody who restores one is waited for.
  Statement RenderPurge() {
    const std::vector<std::string> conditions = OldRows();
    const std::string limit = parameters_.Add(Parameter::Source::kComputed, 0, "bigint");
    const std::string order =
        Cat(ColumnName(entity_.columns[*entity_.deleted_at]), ", ", ColumnList(entity_, entity_.key));
    const std::string target = Target(TargetKey(entity_), conditions, order, limit, " FOR UPDATE SKIP LOCKED");
    const Judgement judgement(entity_, {}, Judgement::Rows::kMany, &parameters_);
    Statement statement =
        Finish(Cat("WITH \"#target\" AS (", target, "), \"#changed\" AS (",
                   Delete(Where({IsTarget(entity_), TenantPredicate(entity_, &parameters_)})), " RETURNING 1), ",
                   judgement.Query("\"#changed\"", "\"#n\" = (SELECT count(*) FROM \"#target\")"),
                   " SELECT count(*) FROM \"#changed\"", Judgement::OrFail(1)),
               &parameters_, {}, 0);
    statement.result = {CellType::kInteger};
    return statement;
  }

  Statement RenderPurgeProbe() {
    const std::vector<std::string> conditions = OldRows();
    Statement statement =
        Finish(Cat("SELECT EXISTS (SELECT FROM ", TableRows(entity_), Where(conditions), ")"), &parameters_, {}, 0);
    statement.result = {CellType::kBool};
    return statement;
  }

 private:
  static constexpr char kCounts[] = "(SELECT count(*) FROM \"#target\"), (SELECT count(*) FROM \"#changed\")";

  /// A soft delete of rows that others refer to.
  Statement Follow(const std::vector<std::string>& conditions, const std::string& limit, const std::string& guard) {
    const CascadeShape shape = ShapeOfCascade(entity_);
    Cascade::Targets targets;
    targets.condition = guard;
    const Cascade cascade(shape, CascadeKind::kSoftDelete, targets, &parameters_);
    const std::string target = Target(Cascade::TargetCells(entity_), conditions, ColumnList(entity_, entity_.key),
                                      limit, " FOR NO KEY UPDATE");
    const std::string change =
        Cat("UPDATE ", TableRows(entity_), " SET ",
            absl::StrJoin(Cascade::Assignments(entity_, CascadeKind::kSoftDelete), ", "), " FROM \"#target\", \"#now\"",
            Where({Cascade::IsTarget(entity_, &parameters_), guard, cascade.Condition()}));
    const std::string blocker = cascade.can_refuse() ? "(SELECT \"#b\" FROM \"#refused\")" : "NULL::integer";
    const Judgement judgement(entity_, {}, Judgement::Rows::kMany, &parameters_);
    Statement statement = Finish(
        Cat("WITH RECURSIVE \"#target\" AS MATERIALIZED (", target, "), ", cascade.Queries(), ", \"#changed\" AS (",
            change, " RETURNING 1), ", judgement.Query("\"#changed\"", cascade.Expected()), " SELECT ", kCounts, ", ",
            blocker, Judgement::OrFail(3)),
        &parameters_, {}, 0);
    statement.result = {CellType::kInteger, CellType::kInteger, CellType::kInteger};
    statement.blocker_cell = 2;
    return statement;
  }

  std::string Target(const std::string& cells, const std::vector<std::string>& conditions, const std::string& order,
                     const std::string& limit, const std::string& lock) const {
    return Cat("SELECT ", cells, " FROM ", TableRows(entity_), Where(conditions), " ORDER BY ", order, " LIMIT ", limit,
               lock);
  }

  std::string Delete(const std::string& where) const {
    return Cat("DELETE FROM ", TableRows(entity_), " USING \"#target\"", where);
  }

  std::vector<std::string> OldRows() {
    std::vector<std::string> conditions = FilterPredicates(plan_, variant_, &parameters_);
    conditions.push_back(VisibilityPredicate(entity_, Deleted::kOnly));
    conditions.push_back(Cat(ColumnName(entity_.columns[*entity_.deleted_at]), " <= statement_timestamp() - ",
                             parameters_.Add(Parameter::Source::kOlderThan, 0, "interval")));
    for (const catalogue::Dependent& dependent : entity_.dependents)
      conditions.push_back(NoLiveRowGoesAlong(dependent));
    return conditions;
  }

  /// A row that was created below a deleted one is not what a purge is for, but the foreign key would take it along.
  std::string NoLiveRowGoesAlong(const catalogue::Dependent& dependent) {
    const Entity& other = *dependent.entity;
    const Column& column = other.columns[dependent.column];
    if (column.reference->on_delete != catalogue::OnDelete::kCascade || !other.soft_deletable()) return "";
    const std::string referenced = Cat(RowName(entity_), ".", ColumnName(entity_.columns[column.reference->column]));
    return Cat("NOT EXISTS (SELECT FROM ", Table(other), " AS \"#live\"",
               Where({Cat("\"#live\".", ColumnName(column), " = ", referenced),
                      TenantPredicate(other, &parameters_, "\"#live\""), LivePredicate(other, "\"#live\".")}),
               ")");
  }

  std::vector<std::string> Assignments() {
    std::vector<std::string> assignments;
    switch (plan_.change()) {
      case Change::kUpdate:
        for (int i : variant_.as<plan::BulkVariant>().written) assignments.push_back(NewValue(i));
        break;
      case Change::kSoftDelete:
        AppendDeletion(entity_, "clock_timestamp()", &assignments);
        break;
      case Change::kNone:
      case Change::kCreate:
      case Change::kUpsert:
      case Change::kRestore:
      case Change::kDelete:
      case Change::kPurge:
        break;  // no bulk change, or one that assigns nothing
    }
    AppendHousekeeping(entity_, "", &assignments);
    return assignments;
  }

  std::string NewValue(int index) {
    const plan::ValueTerm& value = plan_.values[index];
    const Column& column = entity_.columns[value.column];
    const std::string given =
        parameters_.Add(Parameter::Source::kArgument, value.input, ParameterType(entity_, column.type));
    return Cat(ColumnName(column), " = ", AssignedValue(plan_, variant_, index, given, &parameters_));
  }

  const MethodPlan& plan_;
  const Variant& variant_;
  const Entity& entity_;
  ParameterList parameters_;
};

}  // namespace

Statement RenderBulk(const MethodPlan& plan, const Variant& variant) {
  BulkRenderer renderer(plan, variant);
  return plan.change() == Change::kPurge ? renderer.RenderPurge() : renderer.RenderChange();
}

Statement RenderBulkProbe(const MethodPlan& plan, const Variant& variant) {
  return BulkRenderer(plan, variant).RenderPurgeProbe();
}

}  // namespace rowkeeper::sql
