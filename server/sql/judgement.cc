#include "server/sql/judgement.h"

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/plan/mask/json_mask.h"
#include "server/plan/response_facts.h"
#include "server/sql/clauses.h"
#include "server/sql/representable.h"

namespace rowkeeper::sql {
namespace {

/// A row below this is never what makes a response too large: the smallest limit is larger.
constexpr int kModestRow = 16 << 10;

/// The value of the column is the request's.
bool WritesWhole(const plan::MethodPlan& plan, const plan::Variant& variant, const plan::WriteVariant& write,
                 int column) {
  return std::any_of(write.written.begin(), write.written.end(), [&](int value) {
    const bool in_parts = variant.json != nullptr && variant.json->writes.count(value) > 0;
    return plan.values[value].column == column && !in_parts;
  });
}

/// The value of the column is the element's, in new rows and in those that are there.
bool UpsertsWhole(const plan::MethodPlan& plan, const plan::BatchVariant& batch, int column) {
  const auto holds = [](const std::vector<int>& values, int value) {
    return std::find(values.begin(), values.end(), value) != values.end();
  };
  return std::any_of(batch.updated.begin(), batch.updated.end(),
                     [&](int value) { return plan.values[value].column == column && !holds(batch.defaulted, value); });
}

}  // namespace

Judgement::Judgement(const catalogue::Entity& entity, const std::vector<int>& columns, Rows rows,
                     ParameterList* parameters)
    : entity_(entity), columns_(columns), rows_(rows), parameters_(*parameters), given_(columns.size()) {}

void Judgement::Gave(int column, const std::string& given) {
  const auto place = std::find(columns_.begin(), columns_.end(), column);
  if (place != columns_.end()) given_[static_cast<size_t>(place - columns_.begin())] = given;
}

std::string Judgement::Room() const {
  if (room_.empty()) room_ = parameters_.Add(Parameter::Source::kRoom, 0, "bigint");
  return room_;
}

std::string Judgement::Alone() const { return Cat(Room(), " IS NOT NULL"); }

Judgement::Conditions Judgement::OnCells() const {
  Conditions conditions;
  int fixed = 0;
  std::string varying;
  for (size_t i = 0; i < columns_.size(); ++i) {
    const catalogue::Column& column = entity_.columns[columns_[i]];
    const std::string cell = ColumnName(entity_, columns_[i]);
    const std::string fits = Representable(column, cell);
    if (!fits.empty()) conditions.fits.emplace_back(columns_[i], fits);
    const std::string sure = SurelyRepresentable(column, cell);
    if (!sure.empty()) {
      const std::string other = given_[i].empty() ? "" : Cat(" AND ", cell, " IS DISTINCT FROM ", given_[i]);
      conditions.unsure.push_back(Cat(sure == "false" ? cell + " IS NOT NULL" : Cat("NOT (", sure, ")"), other));
    }
    const WireSize wire = LargestWireSize(column, cell);
    fixed += wire.fixed;
    if (!wire.varying.empty()) varying += Cat(" + COALESCE(", wire.varying, ", 0)");
  }
  const bool modest = varying.empty() && fixed <= kModestRow && rows_ == Rows::kOne;
  if (!modest && !columns_.empty()) conditions.size = Cat(fixed, "::bigint", varying);
  return conditions;
}

std::string Judgement::IfGood() const {
  const Conditions conditions = OnCells();
  std::string verdict;
  const auto add = [&verdict](const std::string& condition, int column, bool undecided) {
    verdict += Cat(" WHEN ", condition, " THEN ':", column, undecided ? ":1'" : ":0'");
  };
  for (const auto& [column, fits] : conditions.fits) add(Cat("NOT (", fits, ")"), column, false);
  std::vector<std::string> unsure = conditions.unsure;
  if (!conditions.size.empty()) unsure.push_back(Cat(conditions.size, " > ", Room()));
  if (!unsure.empty()) add(Cat(Alone(), " AND (", absl::StrJoin(unsure, " OR "), ")"), -1, true);
  if (verdict.empty()) return "";
  // Of a good row there is nothing to say, so there is no path to look for.
  return Cat(" WHERE jsonb_path_exists('{}', ('strict $.\"", kVerdictMark, "1:0' || CASE", verdict,
             " END || '\"')::jsonpath) IS NULL");
}

std::string Judgement::OrFailFor(size_t cells, std::string_view written, std::string_view expected) {
  return Cat(" UNION ALL SELECT ", absl::StrJoin(std::vector<std::string>(cells, "NULL"), ", "), cells == 0 ? "" : " ",
             "FROM (SELECT count(*) AS \"#n\" FROM ", written, ") AS \"#v\" WHERE CASE WHEN ", expected,
             " THEN false ELSE jsonb_path_exists('{}', ('strict $.\"", kVerdictMark,
             "' || \"#n\" || ':0:-1:0\"')::jsonpath) END");
}

std::string Judgement::Query(std::string_view written, std::string_view expected) const {
  const std::string element = rows_ == Rows::kElements ? Cat("\"#\" * ", Verdict::kElementUnit, " + ") : "";
  const Conditions conditions = OnCells();
  std::string bad;
  for (const auto& [column, fits] : conditions.fits) bad += Cat(" WHEN NOT (", fits, ") THEN ", element, column);
  std::vector<std::string> unsure;
  for (const std::string& condition : conditions.unsure) unsure.push_back(Cat("bool_or(", condition, ")"));
  if (!conditions.size.empty()) unsure.push_back(Cat("sum(", conditions.size, ") > ", Room()));
  const std::string verdict =
      Cat("count(*) AS \"#n\", ", bad.empty() ? "NULL::integer" : Cat("min(CASE", bad, " END)"), " AS \"#bad\", ",
          unsure.empty() ? "false" : Cat(Alone(), " AND (", absl::StrJoin(unsure, " OR "), ")"), " AS \"#unsure\"");
  return Cat("\"#verdict\" AS (SELECT \"#n\", \"#bad\", \"#unsure\", (", expected, ") AND \"#bad\" IS NULL AS \"#ok\" ",
             "FROM (SELECT ", verdict, " FROM ", written, ") AS \"#v\")");
}

std::string Judgement::OrFail(size_t cells, std::string_view element) {
  const std::string nulls = absl::StrJoin(std::vector<std::string>(cells, "NULL"), ", ");
  // A CASE, for the order of what AND joins is the planner's. The key has columns in it, or the planner would look for
  // it.
  return Cat(" UNION ALL SELECT ", nulls, nulls.empty() ? "" : " ",
             "FROM \"#verdict\" WHERE CASE WHEN \"#ok\" AND \"#unsure\" IS NOT TRUE THEN false ELSE "
             "jsonb_path_exists('{}', ('strict $.\"",
             kVerdictMark, "' || \"#n\" || ':' || ", element,
             " || ':' || COALESCE(\"#bad\", -1) || CASE WHEN \"#ok\" THEN ':1\"' ELSE ':0\"' "
             "END)::jsonpath) END");
}

bool DecidedInTransaction(const plan::MethodPlan& plan, const plan::Variant& variant) {
  if (plan.family() == catalogue::Family::kQuery) return plan::CarriesRows(plan.response);
  if (plan.partial) return false;
  const auto* write = std::get_if<plan::WriteVariant>(&variant.family);
  return std::any_of(variant.columns.begin(), variant.columns.end(), [&](int index) {
    if (IsTold(plan.entity->columns[index])) return false;
    if (plan.change() == catalogue::Change::kUpsert) {
      return !UpsertsWhole(plan, variant.as<plan::BatchVariant>(), index);
    }
    return write == nullptr || !WritesWhole(plan, variant, *write, index);
  });
}

std::string AlwaysFails() { return Cat("SELECT jsonb_path_exists('{}', 'strict $.", VerdictKey({}), "')"); }

}  // namespace rowkeeper::sql
