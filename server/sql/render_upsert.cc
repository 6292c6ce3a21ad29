#include "server/sql/render_upsert.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/judgement.h"
#include "server/sql/predicates.h"
#include "server/sql/render_batch.h"
#include "server/sql/result_cells.h"
#include "server/sql/upsert_marks.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Entity;
using plan::MethodPlan;
using plan::Variant;

/// What both statements below say in the same way: the elements, their keys, and the INSERT that ends in ON CONFLICT.
class UpsertParts {
 public:
  UpsertParts(const MethodPlan& of_plan, const Variant& of_variant, BatchInput::Versions versions,
              BatchInput::Keys keys)
      : plan(of_plan),
        variant(of_variant),
        batch(variant.as<plan::BatchVariant>()),
        entity(*plan.entity),
        existing(Cat(RowName(entity), ".")),
        input(plan, batch.written, versions, &parameters, keys) {}

  std::string Name(int column) const { return ColumnName(entity.columns[column]); }

  /// The columns of the key, as a list: `"email"`; `"t"."tenant", "t"."email"`.
  std::string Key(const std::string& qualifier = "") const {
    return List([&](size_t i) { return qualifier + Name(plan.filters[i].column); });
  }
  /// The key that the row of an element has.
  std::string ElementKey() const {
    return List([&](size_t i) { return input.Key(i); });
  }
  /// `"email" AS "#k0"` …
  std::string KeyAs(const std::string& prefix) const {
    return List([&](size_t i) { return Cat(Name(plan.filters[i].column), " AS ", Alias(prefix, i)); });
  }
  /// … and `"#k0"`.
  std::string KeyFrom(const std::string& prefix) const {
    return List([&](size_t i) { return Alias(prefix, i); });
  }
  /// A list on the left of IN.
  std::string AsRow(const std::string& list) const { return plan.filters.size() == 1 ? list : Cat("(", list, ")"); }
  /// The order in which rows are locked and written, the same in every call.
  std::string ElementOrder() const { return Cat(ElementKey(), ", \"#\""); }

  /// `INSERT INTO "t" (…) SELECT … FROM "#due" <where> ORDER BY … ON CONFLICT (…) DO UPDATE SET`
  std::string InsertFrom(const std::string& elements, const std::string& where) {
    std::vector<std::string> names, values;
    for (int i : batch.written) {
      names.push_back(Name(plan.values[i].column));
      values.push_back(NewValue(plan, variant, i, input));
    }
    AppendTenant(entity, &parameters, &names, &values);
    const std::string tenant = entity.tenant ? Cat(Name(*entity.tenant), ", ") : "";
    return Cat("INSERT INTO ", TableRows(entity), " (", absl::StrJoin(names, ", "), ") SELECT ",
               absl::StrJoin(values, ", "), " FROM ", elements, where, " ORDER BY ", ElementOrder(), " ON CONFLICT (",
               tenant, Key(), ")", plan.batch->live_only ? Cat(" WHERE ", LivePredicate(entity)) : "",
               " DO UPDATE SET ");
  }

  /// `"sku" = "t"."sku"`: an assignment that changes nothing.
  std::string SameKey() const {
    const std::string name = Name(plan.filters[0].column);
    return Cat(name, " = ", existing, name);
  }

  /// The place of the element that a row of "#written" is of. Rows are inserted one after another in the order that was
  /// asked for and returned as they are inserted, each element's exactly one (judged by their number), so they are
  /// counted: a trigger may have changed anything in them.
  std::string Place(const std::string& elements) const {
    return Cat("((SELECT array_agg(\"#\" ORDER BY ", ElementOrder(), ") FROM ", elements,
               "))[row_number() OVER ()] AS \"#\"");
  }

  const MethodPlan& plan;
  const Variant& variant;
  const plan::BatchVariant& batch;
  const Entity& entity;
  const std::string existing;
  ParameterList parameters;
  const BatchInput input;

 private:
  static std::string Alias(const std::string& prefix, size_t index) { return Identifier(Cat("#", prefix, index)); }

  template <typename Part>
  std::string List(Part part) const {
    std::vector<std::string> parts;
    for (size_t i = 0; i < plan.filters.size(); ++i) parts.push_back(part(i));
    return absl::StrJoin(parts, ", ");
  }
};

/// Writes `WITH "#input" AS (…), "#seen" AS (…), "#locked" AS (…), "#due" AS (…), "#written" AS (INSERT …
/// ON CONFLICT …), "#result" AS (…), "#verdict" AS (…) SELECT …`:
///
///   "#seen"    the elements, with what the statement's snapshot shows of their rows. When one of these may not be
///              written (deleted, another version, another immutable value, the row of an element before it), nothing
///              is.
///   "#locked"  the rows that differ, locked in the order of their keys and in their newest state. One that changed
///              meanwhile and no longer fits is left out.
///   "#due"     the elements to be written: those without a row, and those whose locked row differs.
///   "#written" ON CONFLICT changes locked rows and no others, so that a returned row is UPDATED when it is one of them
///              and INSERTED when it is not. any other row that it meets fails the statement, with an UpsertConflict.
///
/// All of it is linear: what is looked up by key is `IN (SELECT …)`, which PostgreSQL hashes, and elements are told
/// from their rows by counting.
class UpsertRenderer {
 public:
  UpsertRenderer(const MethodPlan& plan, const Variant& variant)
      : parts_(
            plan, variant,
            variant.as<plan::BatchVariant>().version_guard ? BatchInput::Versions::kTaken : BatchInput::Versions::kNone,
            variant.as<plan::BatchVariant>().by_stored_key ? BatchInput::Keys::kStored : BatchInput::Keys::kGiven),
        plan_(plan),
        variant_(variant),
        batch_(parts_.batch),
        entity_(parts_.entity),
        input_(parts_.input),
        cells_(variant.columns.empty() ? "" : ColumnList(entity_, variant.columns) + ", ") {}

  Statement Render() {
    const bool one = !plan_.batch->field->is_repeated();
    Judgement judgement(entity_, variant_.columns, one ? Judgement::Rows::kOne : Judgement::Rows::kElements,
                        &parts_.parameters);
    TellGivenJson(&judgement);
    const std::string expected =
        Cat("CASE WHEN ", kGuard, " THEN \"#n\" = (SELECT count(*) FROM \"#input\")", " ELSE \"#n\" = 0 END");
    const std::string verdict = judgement.Query("\"#result\"", expected);
    Statement statement = FinishBatch(
        Cat("WITH \"#input\" AS (SELECT * FROM ", input_.From(), "), \"#seen\" AS MATERIALIZED (", Seen(),
            "), \"#locked\" AS MATERIALIZED (", Locked(), "), \"#due\" AS MATERIALIZED (", Due(),
            "), \"#written\" AS (", Written(), "), \"#result\" AS (", Result(), "), ", verdict, " SELECT ", cells_,
            "\"#\", \"#outcome\" FROM \"#result\"", Judgement::OrFail(variant_.columns.size() + 2), " ORDER BY \"#\""),
        &parts_.parameters, variant_);
    statement.outcome_cell = statement.element_cell + 1;
    return statement;
  }

 private:
  static constexpr char kGuard[] = "(SELECT bool_and(\"#ok\") FROM \"#seen\")";

  bool hides_deleted() const { return entity_.soft_deletable() && !plan_.batch->live_only; }

  bool IsDefaulted(int value) const {
    return std::find(batch_.defaulted.begin(), batch_.defaulted.end(), value) != batch_.defaulted.end();
  }

  std::string IsThere() const { return Cat(parts_.Name(plan_.filters[0].column), " IS NOT NULL"); }

  std::string Matches() const {
    return Cat(input_.KeyMatches(), plan_.batch->live_only ? Cat(" AND ", LivePredicate(entity_)) : "");
  }

  /// Whether the row may be written at all.
  std::string Fits() const {
    return Cat(hides_deleted() ? Cat(LivePredicate(entity_), " AND ") : "", ElementFits(plan_, variant_, input_));
  }

  /// Whether the row holds already what the element says.
  std::string Holds() const {
    std::vector<std::string> same = {IsThere()};
    for (int i : batch_.updated) {
      const plan::ValueTerm& value = plan_.values[i];
      const std::string given = input_.Value(value.input);
      const std::string equal = Cat(parts_.Name(value.column), " IS NOT DISTINCT FROM ", given);
      same.push_back(IsDefaulted(i) ? Cat("(", given, " IS NULL OR ", equal, ")") : equal);
    }
    return absl::StrJoin(same, " AND ");
  }

  static std::string StoredCell(int column) { return Identifier(Cat("#c", column)); }

  /// `, "title" AS "#c1"`, for each cell of the response.
  std::string StoredCells() const {
    std::string text;
    for (int column : variant_.columns) text += Cat(", ", parts_.Name(column), " AS ", StoredCell(column));
    return text;
  }

  /// What a jsonb cell is compared with to tell that it came from the caller, and so can be sent back.
  void TellGivenJson(Judgement* judgement) const {
    for (int i : batch_.written) {
      const plan::ValueTerm& value = plan_.values[i];
      const catalogue::ValueType& type = entity_.columns[value.column].type;
      if (type.kind != catalogue::ValueKind::kJson || type.array) continue;
      const std::string cell = parts_.Name(value.column);
      judgement->Gave(value.column, Cat("CASE WHEN (\"#\", ", cell, ") IN (SELECT \"#\", ", input_.Value(value.input),
                                        " FROM \"#input\") THEN ", cell, " END"));
    }
  }

  std::string Seen() const {
    const std::string distinct = MayShareRows(plan_) ? Cat(FirstOfItsRow(plan_, input_), " = \"#\" AND ") : "";
    return Cat("SELECT ", input_.Names(), ", ", distinct, "CASE WHEN ", IsThere(), " THEN ", Fits(), " ELSE ",
               batch_.version_guard ? "\"#ver\" = 0" : "true", " END AS \"#ok\", ", IsThere(), " AS \"#there\", ",
               Holds(), " AS \"#same\"", StoredCells(), " FROM \"#input\" LEFT JOIN ", TableRows(entity_), " ON ",
               Matches());
  }

  std::string Locked() const {
    return Cat("SELECT \"#\", ", parts_.KeyAs("k"), ", ", Holds(), " AS \"#same\"", StoredCells(),
               " FROM \"#seen\" JOIN ", TableRows(entity_), " ON ", Matches(),
               " WHERE \"#there\" AND NOT \"#same\" AND ", kGuard, " AND ", Fits(), " ORDER BY ", parts_.Key(),
               " FOR NO KEY UPDATE OF ", RowName(entity_));
  }

  std::string Due() const {
    return Cat("SELECT ", input_.Names(), " FROM \"#seen\" WHERE NOT \"#same\" AND ", kGuard,
               " AND \"#\" NOT IN (SELECT \"#\" FROM \"#locked\" WHERE \"#same\")", HasItsVersionOrFails());
  }

  /// ` AND …`: a version was given for a row that was there. Where it is not locked, another transaction has deleted or
  /// changed it meanwhile, and a new row in its place would not be what the caller asked for.
  std::string HasItsVersionOrFails() const {
    if (!batch_.version_guard) return "";
    return Cat(" AND CASE WHEN \"#ver\" = 0 OR \"#\" IN (SELECT \"#\" FROM \"#locked\") THEN true ELSE ",
               "jsonb_path_exists('{}', ('strict $.' || CASE WHEN \"#ver\" <> 0 THEN ", KeyOf(UpsertConflict::kHidden),
               " END)::jsonpath) END");
  }

  std::string Written() {
    // The count makes all of "#due", and with it the locks, come before the first row.
    return Cat(parts_.InsertFrom("\"#due\"", " WHERE (SELECT count(*) FROM \"#due\") > 0"), Assignments(), " WHERE ",
               IsLockedOrFails(), " RETURNING ", cells_, parts_.KeyAs("w"));
  }

  std::string Assignments() const {
    std::vector<std::string> assignments;
    for (int i : batch_.updated) {
      const std::string name = parts_.Name(plan_.values[i].column);
      assignments.push_back(Cat(name, " = ", Wanted(i)));
    }
    if (assignments.empty()) return parts_.SameKey();  // never happens: a row that is there is UNCHANGED then
    AppendHousekeeping(entity_, parts_.existing, &assignments);
    return absl::StrJoin(assignments, ", ");
  }

  /// What the row is to hold afterwards; the stored value where the element has none and there is a default.
  std::string Wanted(int value) const {
    const plan::ValueTerm& term = plan_.values[value];
    const std::string name = parts_.Name(term.column);
    if (!IsDefaulted(value)) return Cat("excluded.", name);
    return Cat("CASE WHEN ", ConflictKey(), " IN (SELECT ", parts_.ElementKey(), " FROM \"#due\" WHERE ",
               input_.Value(term.input), " IS NULL) THEN ", parts_.existing, name, " ELSE excluded.", name, " END");
  }

  std::string ConflictKey() const { return parts_.AsRow(parts_.Key(parts_.existing)); }

  /// `'"rk:-1:0:-1:0"'`
  static std::string KeyOf(UpsertConflict conflict) {
    Verdict verdict;
    verdict.rows = static_cast<int>(conflict);
    return Literal(VerdictKey(verdict));
  }

  std::string IsLockedOrFails() const {
    const auto conflicts_with = [this](const char* elements, UpsertConflict conflict) {
      return Cat(" WHEN ", ConflictKey(), " IN (SELECT ", parts_.ElementKey(), " FROM ", elements, ") THEN ",
                 KeyOf(conflict));
    };
    return Cat("CASE WHEN ", ConflictKey(), " IN (SELECT ", parts_.KeyFrom("k"),
               " FROM \"#locked\" WHERE NOT \"#same\") ", "THEN true ELSE jsonb_path_exists('{}', ('strict $.' || CASE",
               conflicts_with("\"#seen\" WHERE \"#there\" AND NOT \"#same\"", UpsertConflict::kHidden),
               conflicts_with("\"#due\"", UpsertConflict::kOvertaken),
               conflicts_with("\"#input\"", UpsertConflict::kSameRow), " ELSE ", KeyOf(UpsertConflict::kOtherKey),
               " END)::jsonpath) END");
  }

  std::string Result() const {
    std::string stored;
    for (int column : variant_.columns) stored += Cat(StoredCell(column), ", ");
    const std::string unchanged = Cat("SELECT ", stored, "\"#\", 'UNCHANGED' FROM ");
    return Cat("SELECT ", cells_, parts_.Place("\"#due\""), ", CASE WHEN ", parts_.AsRow(parts_.KeyFrom("w")),
               " IN (SELECT ", parts_.KeyFrom("k"),
               " FROM \"#locked\") THEN 'UPDATED' ELSE 'INSERTED' END AS \"#outcome\" FROM \"#written\" ", "UNION ALL ",
               unchanged, "\"#seen\" WHERE \"#same\" AND ", kGuard, " UNION ALL ", unchanged,
               "\"#locked\" WHERE \"#same\"");
  }

  UpsertParts parts_;
  const MethodPlan& plan_;
  const Variant& variant_;
  const plan::BatchVariant& batch_;
  const Entity& entity_;
  const BatchInput& input_;
  /// `"id", "title", `: the response's, for the beginning of a select list.
  const std::string cells_;
};

}  // namespace

Statement RenderUpsert(const MethodPlan& plan, const Variant& variant) {
  return UpsertRenderer(plan, variant).Render();
}

Statement RenderStoredKeys(const MethodPlan& plan, const Variant& variant) {
  UpsertParts parts(plan, variant, BatchInput::Versions::kNone, BatchInput::Keys::kGiven);
  const std::string text =
      Cat("WITH \"#input\" AS MATERIALIZED (SELECT * FROM ", parts.input.From(), "), \"#written\" AS (",
          parts.InsertFrom("\"#input\"", ""), parts.SameKey(), " RETURNING ", parts.KeyAs("w"), ") SELECT ",
          parts.Place("\"#input\""), ", * FROM \"#written\" ORDER BY \"#\"");
  Statement statement = Finish(text, &parts.parameters, {}, 0);
  statement.element_cell = 0;
  statement.result = {CellType::kInteger};
  for (const plan::FilterTerm& key : plan.filters) {
    statement.result.push_back(CellTypeOf(plan.entity->columns[key.column].type));
  }
  return statement;
}

}  // namespace rowkeeper::sql
