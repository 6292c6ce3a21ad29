#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/predicates.h"
#include "server/sql/render_batch.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::Entity;
using plan::MethodPlan;
using plan::Variant;

/// Writes `WITH "#input" AS (…), "#found" AS (…), "#written" AS (INSERT … ON CONFLICT …) SELECT …`.
///
/// "#found" is what the statement's snapshot shows of the elements' rows. When one of them may not be written (deleted,
/// another version, another immutable value), nothing is. A row that came or changed after the snapshot meets ON
/// CONFLICT, which repeats the checks on its newest state and fails the statement by setting a NOT NULL column to NULL.
/// Rows are inserted, and so locked, in the order of the key: no two batches wait for each other.
class UpsertRenderer {
 public:
  UpsertRenderer(const MethodPlan& plan, const Variant& variant)
      : plan_(plan),
        variant_(variant),
        batch_(variant.as<plan::BatchVariant>()),
        entity_(*plan.entity),
        existing_(Cat(Identifier(entity_.table), ".")),
        input_(plan, batch_.written, batch_.version_guard ? BatchInput::Versions::kTaken : BatchInput::Versions::kNone,
               &parameters_) {}

  Statement Render() {
    const std::string cells = variant_.columns.empty() ? "" : ColumnList(entity_, variant_.columns) + ", ";
    const std::string written =
        Cat("INSERT INTO ", Table(entity_), " ", Rows(), " ON CONFLICT (", KeyColumns(), ")",
            plan_.batch->live_only ? Cat(" WHERE ", LivePredicate(entity_)) : "", " DO ", Update(), " RETURNING ",
            cells, ReturnedKey(), ", (", existing_, "xmax = 0) AS \"#new\"");
    const std::string same_key = WrittenKeyMatches();
    Statement statement = FinishBatch(
        Cat("WITH \"#input\" AS (SELECT * FROM ", input_.From(), "), \"#found\" AS (", Found(), "), \"#written\" AS (",
            written, ") SELECT ", cells, "\"#\", CASE WHEN \"#new\" THEN 'INSERTED' ELSE 'UPDATED' END ",
            "FROM \"#written\" JOIN \"#input\" ON ", same_key, " UNION ALL SELECT ", FoundCells(),
            "\"#\", 'UNCHANGED' FROM \"#found\" WHERE \"#same\" AND ", kGuard,
            " AND NOT EXISTS (SELECT FROM \"#written\" WHERE ", same_key, ") ORDER BY \"#\""),
        &parameters_, variant_);
    statement.outcome_cell = statement.element_cell + 1;
    return statement;
  }

 private:
  static constexpr char kGuard[] = "(SELECT bool_and(\"#ok\") FROM \"#found\")";

  std::string Name(int column) const { return Identifier(entity_.columns[column].name); }

  bool IsDefaulted(int value) const {
    return std::find(batch_.defaulted.begin(), batch_.defaulted.end(), value) != batch_.defaulted.end();
  }

  std::string KeyColumns() const {
    return absl::StrJoin(plan_.filters, ", ",
                         [this](std::string* out, const plan::FilterTerm& key) { out->append(Name(key.column)); });
  }

  std::string ReturnedKey() const {
    int number = 0;
    return absl::StrJoin(plan_.filters, ", ", [&](std::string* out, const plan::FilterTerm& key) {
      out->append(Cat(Name(key.column), " AS \"#k", number++, "\""));
    });
  }

  std::string WrittenKeyMatches() const {
    int number = 0;
    return absl::StrJoin(plan_.filters, " AND ", [&](std::string* out, const plan::FilterTerm& key) {
      out->append(Cat("\"#k", number++, "\" = ", input_.Value(key.input)));
    });
  }

  static std::string FoundCell(int column) { return Identifier(Cat("#c", column)); }

  std::string FoundCells() const {
    std::string cells;
    for (int column : variant_.columns) cells += Cat(FoundCell(column), ", ");
    return cells;
  }

  std::string Found() const {
    const std::string is_there = Cat(Name(plan_.filters[0].column), " IS NOT NULL");
    const bool hides = entity_.soft_deletable() && !plan_.batch->live_only;
    std::vector<std::string> ok, same = {is_there};
    if (hides) ok.push_back(LivePredicate(entity_));
    ok.push_back(ElementFits(plan_, variant_, input_));
    for (int i : batch_.updated) {
      const plan::ValueTerm& value = plan_.values[i];
      const std::string given = input_.Value(value.input);
      const std::string equal = Cat(Name(value.column), " IS NOT DISTINCT FROM ", given);
      same.push_back(IsDefaulted(i) ? Cat("(", given, " IS NULL OR ", equal, ")") : equal);
    }
    std::string text = Cat("SELECT ", input_.Names(), ", CASE WHEN ", is_there, " THEN ", absl::StrJoin(ok, " AND "),
                           " ELSE ", batch_.version_guard ? "\"#ver\" = 0" : "true", " END AS \"#ok\", ",
                           absl::StrJoin(same, " AND "), " AS \"#same\"");
    for (int column : variant_.columns) text += Cat(", ", Name(column), " AS ", FoundCell(column));
    return Cat(text, " FROM \"#input\" LEFT JOIN ", Table(entity_), " ON ", input_.KeyMatches(),
               plan_.batch->live_only ? Cat(" AND ", LivePredicate(entity_)) : "");
  }

  std::string Rows() const {
    std::vector<std::string> names, values, order;
    for (int i : batch_.written) {
      names.push_back(Name(plan_.values[i].column));
      values.push_back(NewValue(plan_, variant_, i, input_));
    }
    for (const plan::FilterTerm& key : plan_.filters) order.push_back(input_.Value(key.input));
    return Cat("(", absl::StrJoin(names, ", "), ") SELECT ", absl::StrJoin(values, ", "), " FROM \"#input\" WHERE ",
               kGuard, " ORDER BY ", absl::StrJoin(order, ", "));
  }

  /// What the element of the conflicting row has: by its key, for `excluded` knows only what would be inserted.
  std::string OfElement(const std::string& expression) const {
    const std::string matches =
        absl::StrJoin(plan_.filters, " AND ", [this](std::string* out, const plan::FilterTerm& key) {
          out->append(Cat(input_.Value(key.input), " = excluded.", Name(key.column)));
        });
    return Cat("(SELECT ", expression, " FROM \"#input\" WHERE ", matches, ")");
  }

  /// What the row is to hold afterwards; the stored value where the element has none and there is a default.
  std::string Wanted(int value) const {
    const plan::ValueTerm& term = plan_.values[value];
    if (!IsDefaulted(value)) return Cat("excluded.", Name(term.column));
    return Cat("COALESCE(", OfElement(input_.Value(term.input)), ", ", existing_, Name(term.column), ")");
  }

  std::string Update() const {
    const std::string fits = Fits();
    std::vector<std::string> differs;
    std::vector<std::string> assignments;
    for (int i : batch_.updated) {
      const std::string name = Name(plan_.values[i].column);
      assignments.push_back(Cat(name, " = ", Wanted(i)));
      differs.push_back(Cat(existing_, name, " IS DISTINCT FROM ", Wanted(i)));
    }
    if (!fits.empty()) differs.push_back(Cat("(", fits, ") IS NOT TRUE"));
    if (differs.empty()) return "NOTHING";
    AppendHousekeeping(entity_, existing_, &assignments);
    if (!fits.empty()) Guard(fits, &assignments);
    return Cat("UPDATE SET ", absl::StrJoin(assignments, ", "), " WHERE ", absl::StrJoin(differs, " OR "));
  }

  /// The checks of "#found" on the newest state of a row that ON CONFLICT met; empty when there are none.
  std::string Fits() const {
    std::vector<std::string> conditions;
    if (entity_.soft_deletable() && !plan_.batch->live_only) {
      if (entity_.deleted_at) conditions.push_back(Cat(existing_, Name(*entity_.deleted_at), " IS NULL"));
      if (entity_.deleted_flag) conditions.push_back(Cat("NOT ", existing_, Name(*entity_.deleted_flag)));
    }
    for (int i : batch_.unchanged) {
      const std::string stored = Cat(existing_, Name(plan_.values[i].column));
      conditions.push_back(Cat(stored, " IS NOT DISTINCT FROM COALESCE(", Wanted(i), ", ", stored, ")"));
    }
    if (batch_.version_guard) {
      conditions.push_back(OfElement(Cat("\"#ver\" = 0 OR ", existing_, Name(*entity_.version), " = \"#ver\"")));
    }
    return absl::StrJoin(conditions, " AND ");
  }

  /// Makes the assignment of a NOT NULL column, which is in no key if possible, fail for a row that does not fit.
  void Guard(const std::string& fits, std::vector<std::string>* assignments) const {
    const int column = entity_.version ? *entity_.version : entity_.key[0];
    const std::string name = Name(column);
    const std::string value = entity_.version ? Cat(existing_, name, " + 1") : Cat(existing_, name);
    const std::string guarded = Cat(name, " = CASE WHEN ", fits, " THEN ", value, " END");
    if (entity_.version) {
      assignments->back() = guarded;  // as the last of the housekeeping
    } else {
      assignments->push_back(guarded);
    }
  }

  const MethodPlan& plan_;
  const Variant& variant_;
  const plan::BatchVariant& batch_;
  const Entity& entity_;
  const std::string existing_;
  ParameterList parameters_;
  const BatchInput input_;
};

}  // namespace

Statement RenderUpsert(const MethodPlan& plan, const Variant& variant) {
  return UpsertRenderer(plan, variant).Render();
}

}  // namespace rowkeeper::sql
