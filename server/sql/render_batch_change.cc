#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/json_merge.h"
#include "server/sql/judgement.h"
#include "server/sql/predicates.h"
#include "server/sql/render_batch.h"
#include "server/sql/render_cascade.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using catalogue::Entity;
using plan::Deleted;
using plan::MethodPlan;
using plan::Variant;

/// Writes `WITH "#target" AS (…locked rows…), "#changed" AS (…the change…) SELECT …`. The change happens only when the
/// rows that were locked are what the caller expects; then all of them are changed.
class ChangeRenderer {
 public:
  ChangeRenderer(const MethodPlan& plan, const Variant& variant)
      : plan_(plan),
        variant_(variant),
        batch_(variant.as<plan::BatchVariant>()),
        entity_(*plan.entity),
        input_(plan, Values(batch_), batch_.version_guard ? BatchInput::Versions::kTaken : BatchInput::Versions::kNone,
               &parameters_),
        judgement_(entity_, variant.columns, Judgement::Rows::kElements, &parameters_) {}

  Statement Render() {
    const std::string target = Target();
    const std::string guard = Guard();
    if (FollowsReferences(plan_)) return Follow(target, guard);
    const std::string change = plan_.change() == Change::kDelete ? Delete(guard) : Update(guard);
    const std::string others = returns_unchanged() ? Cat(" UNION ALL ", Unchanged(guard)) : "";
    const std::string expected = Cat("(SELECT count(*) FROM \"#changed\") = (SELECT count(*) FROM \"#target\"",
                                     Where({returns_unchanged() ? "\"#due\"" : "", guard}), ")");
    return FinishBatch(Cat("WITH \"#target\" AS (", target, "), \"#changed\" AS (", change, " RETURNING ", Cells(),
                           "\"#\"), \"#rows\" AS (SELECT ", Cells(), "\"#\" FROM \"#changed\"", others, "), ",
                           judgement_.Query("\"#rows\"", expected), " SELECT ", Cells(), "\"#\" FROM \"#rows\"",
                           Judgement::OrFail(variant_.columns.size() + 1, kKept), " ORDER BY \"#\""),
                       &parameters_, variant_);
  }

 private:
  /// A soft delete or restore of rows that others refer to, or that refer to others.
  Statement Follow(const std::string& target, const std::string& guard) {
    const CascadeKind kind = KindOf(plan_.change());
    const CascadeShape shape = ShapeOfCascade(entity_);
    Cascade::Targets targets;
    targets.condition = returns_unchanged() ? Cat("\"#due\" AND ", guard) : guard;
    const Cascade cascade(shape, kind, targets, &parameters_);
    const std::string change =
        Cat("UPDATE ", TableRows(entity_), " SET ", absl::StrJoin(Cascade::Assignments(entity_, kind), ", "),
            " FROM \"#target\", \"#now\"",
            Where({Cascade::IsTarget(entity_, &parameters_), targets.condition, cascade.Condition()}));
    const std::string others = returns_unchanged() ? Cat(" UNION ALL (", Unchanged(guard), ")") : "";
    Statement statement = FinishBatch(
        Cat("WITH RECURSIVE \"#target\" AS MATERIALIZED (", target, "), ", cascade.Queries(), ", \"#changed\" AS (",
            change, " RETURNING ", Cells(), "\"#\"), \"#rows\" AS (SELECT ", Cells(), "\"#\" FROM \"#changed\"", others,
            "), ", judgement_.Query("\"#rows\"", cascade.Expected()), " SELECT ", Cells(),
            "\"#\", NULL::integer AS \"#b\" FROM \"#rows\"", OrRefused(cascade, variant_.columns.size() + 1),
            Judgement::OrFail(variant_.columns.size() + 2), " ORDER BY \"#\""),
        &parameters_, variant_);
    statement.blocker_cell = statement.element_cell + 1;
    return statement;
  }

  /// The first element whose row was to be changed and was not.
  static constexpr char kKept[] =
      "COALESCE((SELECT min(\"#\") FROM \"#target\" WHERE \"#\" NOT IN (SELECT \"#\" FROM \"#rows\")), 0)";

  /// What the rows return, before the element's place.
  std::string Cells() const { return variant_.columns.empty() ? "" : ColumnList(entity_, variant_.columns) + ", "; }

  static std::vector<int> Values(const plan::BatchVariant& variant) {
    std::vector<int> values = variant.written;
    values.insert(values.end(), variant.unchanged.begin(), variant.unchanged.end());
    return values;
  }

  /// Rows that are in the wanted state already are as good as changed when the caller does not mind.
  bool returns_unchanged() const {
    return batch_.allow_missing && (plan_.change() == Change::kSoftDelete || plan_.change() == Change::kRestore);
  }

  Deleted visible() const {
    if (plan_.change() == Change::kDelete) return variant_.deleted;
    if (returns_unchanged()) return Deleted::kInclude;
    return plan_.change() == Change::kRestore ? Deleted::kOnly : Deleted::kExclude;
  }

  /// Targets that are in the wanted state already.
  std::string Unchanged(const std::string& guard) const {
    return Cat("SELECT ", TargetCells(), "\"#\" FROM \"#target\" WHERE NOT \"#due\" AND ", guard);
  }

  std::string Target() const {
    std::string cells = Cat(input_.Names(), ", ", ElementFits(plan_, variant_, input_), " AS \"#ok\"");
    if (MayShareRows(plan_)) {
      for (size_t i = 0; i < entity_.key.size(); ++i) {
        cells += Cat(", ", ColumnName(entity_.columns[entity_.key[i]]), " AS ", KeyCell(i));
      }
    }
    if (FollowsReferences(plan_)) cells += Cat(", ", Cascade::TargetCells(entity_));
    if (returns_unchanged()) {
      const Deleted due = plan_.change() == Change::kRestore ? Deleted::kOnly : Deleted::kExclude;
      cells += Cat(", (", VisibilityPredicate(entity_, due), ") AS \"#due\"");
      for (int column : variant_.columns) {
        cells += Cat(", ", ColumnName(entity_.columns[column]), " AS ", TargetCell(column));
      }
    }
    const std::string strength = plan_.change() == Change::kDelete ? "UPDATE" : "NO KEY UPDATE";
    return Cat("SELECT ", cells, " FROM ", input_.From(), " JOIN ", TableRows(entity_), " ON ", input_.KeyMatches(),
               Where({VisibilityPredicate(entity_, visible())}), " ORDER BY ", ColumnList(entity_, entity_.key),
               " FOR ", strength, " OF ", RowName(entity_));
  }

  static std::string TargetCell(int column) { return Identifier(Cat("#c", column)); }

  std::string TargetCells() const {
    std::string cells;
    for (int column : variant_.columns) cells += Cat(TargetCell(column), ", ");
    return cells;
  }

  /// A cell of the row's own key, not of the one that it is looked for by: deleted rows may share that.
  static std::string KeyCell(size_t index) { return Identifier(Cat("#k", index)); }

  /// ` AND …`: no two elements have found the same row.
  std::string AreDistinct() const {
    if (!MayShareRows(plan_)) return "";
    std::vector<std::string> key;
    for (size_t i = 0; i < entity_.key.size(); ++i) key.push_back(KeyCell(i));
    return Cat(" AND count(*) = count(DISTINCT (", absl::StrJoin(key, ", "), "))");
  }

  /// Looks at every target, so that all are locked before the first is changed.
  std::string Guard() {
    if (batch_.allow_missing) {
      return Cat("(SELECT COALESCE(bool_and(\"#ok\"), true)", AreDistinct(), " FROM \"#target\")");
    }
    return Cat("(SELECT count(*) FILTER (WHERE \"#ok\") = ",
               parameters_.Add(Parameter::Source::kElementCount, 0, "bigint"), AreDistinct(), " FROM \"#target\")");
  }

  std::string Delete(const std::string& guard) const {
    return Cat("DELETE FROM ", TableRows(entity_), " USING \"#target\"",
               Where({input_.KeyMatches(), SameRow(), guard}));
  }

  std::string Update(const std::string& guard) {
    std::vector<std::string> assignments = Assignments();
    if (!assignments.empty()) {
      AppendHousekeeping(entity_, "", &assignments);
    } else {
      assignments.push_back(NoChange(entity_));
    }
    std::vector<std::string> conditions = {input_.KeyMatches(), SameRow()};
    if (returns_unchanged()) conditions.push_back("\"#due\"");
    conditions.push_back(guard);
    return Cat("UPDATE ", TableRows(entity_), " SET ", absl::StrJoin(assignments, ", "), " FROM \"#target\"",
               Where(conditions));
  }

  /// Deleted rows may have the same values in a key that binds only live ones.
  std::string SameRow() const { return plan_.batch->live_only ? LivePredicate(entity_) : ""; }

  std::vector<std::string> Assignments() {
    std::vector<std::string> assignments;
    if (plan_.change() == Change::kUpdate) {
      for (int i : batch_.written) {
        const plan::ValueTerm& value = plan_.values[i];
        assignments.push_back(Cat(ColumnName(entity_.columns[value.column]), " = ",
                                  AssignedValue(plan_, variant_, i, input_.Value(value.input), &parameters_)));
      }
      return assignments;
    }
    if (plan_.change() == Change::kSoftDelete) {
      AppendDeletion(entity_, "clock_timestamp()", &assignments);
    } else {
      AppendRestoration(entity_, &assignments);
    }
    return assignments;
  }

  const MethodPlan& plan_;
  const Variant& variant_;
  const plan::BatchVariant& batch_;
  const Entity& entity_;
  ParameterList parameters_;
  const BatchInput input_;
  const Judgement judgement_;
};

}  // namespace

Statement RenderBatchChange(const MethodPlan& plan, const Variant& variant) {
  return ChangeRenderer(plan, variant).Render();
}

}  // namespace rowkeeper::sql
