#include "server/sql/render_batch.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/column_definition.h"
#include "server/sql/identifier.h"
#include "server/sql/judgement.h"
#include "server/sql/predicates.h"
#include "server/sql/render_relation.h"
#include "server/sql/render_upsert.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using catalogue::Column;
using catalogue::Entity;
using plan::BatchVariant;
using plan::MethodPlan;
using plan::Variant;

/// The rows of the elements that are visible, in the elements' order.
Statement RenderRows(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  const BatchInput input(plan, {}, BatchInput::Versions::kNone, &parameters);
  std::vector<int> cells = variant.columns;
  AddKeyCells(entity, &cells);
  std::vector<int> links = AddLinkCells(variant.as<BatchVariant>().relations.get(), &cells);
  const std::string text = Cat("SELECT ", ColumnList(entity, cells), cells.empty() ? "" : ", ", "\"#\" FROM ",
                               input.From(), " JOIN ", TableRows(entity), " ON ", input.KeyMatches(),
                               Where({VisibilityPredicate(entity, variant.deleted)}), " ORDER BY \"#\"");
  const int place = static_cast<int>(cells.size());
  Statement statement = Finish(text, &parameters, std::move(cells), static_cast<int>(variant.columns.size()));
  statement.element_cell = place;
  statement.link_cells = std::move(links);
  return statement;
}

Statement RenderBatchCreate(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  const BatchInput input(plan, variant.as<BatchVariant>().written, BatchInput::Versions::kNone, &parameters);
  std::vector<std::string> names, values;
  for (int i : variant.as<BatchVariant>().written) {
    names.push_back(ColumnName(entity.columns[plan.values[i].column]));
    values.push_back(NewValue(plan, variant, i, input));
  }
  AppendTenant(entity, &parameters, &names, &values);
  const Judgement judgement(entity, variant.columns, Judgement::Rows::kMany, &parameters);
  const std::string cells = ColumnList(entity, variant.columns);
  const std::string all = Cat("\"#n\" = ", parameters.Add(Parameter::Source::kElementCount, 0, "bigint"));
  return Finish(Cat("WITH \"#written\" AS (INSERT INTO ", TableRows(entity), " (", absl::StrJoin(names, ", "),
                    ") SELECT ", absl::StrJoin(values, ", "), " FROM ", input.From(), " ORDER BY \"#\" RETURNING ",
                    cells.empty() ? "1" : cells, "), ", judgement.Query("\"#written\"", all), " SELECT ", cells,
                    cells.empty() ? "" : " ", "FROM \"#written\"", Judgement::OrFail(variant.columns.size())),
                &parameters, variant.columns, static_cast<int>(variant.columns.size()));
}

/// The value that the column would get if an INSERT left it out.
std::string DefaultOf(const Entity& entity, const Column& column) {
  if (column.default_kind != catalogue::DefaultKind::kIdentity) return DefaultExpression(column);
  return Cat("nextval(pg_get_serial_sequence(", Literal(Table(entity)), ", ", Literal(column.name), "))");
}

}  // namespace

std::string ElementVersionMatches(const MethodPlan& plan, const Variant& variant) {
  if (!variant.as<BatchVariant>().version_guard) return "";
  return Cat("(\"#ver\" = 0 OR ", ColumnName(plan.entity->columns[*plan.entity->version]), " = \"#ver\")");
}

std::string ElementUnchanged(const MethodPlan& plan, const Variant& variant, int value, const BatchInput& input) {
  const plan::ValueTerm& term = plan.values[value];
  const std::string given = input.Value(term.input);
  const std::string same = Cat(ColumnName(plan.entity->columns[term.column]), " IS NOT DISTINCT FROM ", given);
  return variant.as<BatchVariant>().unchanged_if_given ? Cat("(", given, " IS NULL OR ", same, ")") : same;
}

std::string ElementFits(const MethodPlan& plan, const Variant& variant, const BatchInput& input) {
  std::vector<std::string> conditions;
  if (variant.as<BatchVariant>().version_guard) conditions.push_back(ElementVersionMatches(plan, variant));
  for (int i : variant.as<BatchVariant>().unchanged) conditions.push_back(ElementUnchanged(plan, variant, i, input));
  return conditions.empty() ? "true" : absl::StrJoin(conditions, " AND ");
}

bool MayShareRows(const MethodPlan& plan) {
  if (!plan.batch->field->is_repeated()) return false;
  return std::any_of(plan.filters.begin(), plan.filters.end(), [&plan](const plan::FilterTerm& key) {
    return plan.entity->columns[key.column].type.kind == catalogue::ValueKind::kString;
  });
}

std::string FirstOfItsRow(const MethodPlan& plan, const BatchInput& input) {
  if (!MayShareRows(plan)) return "\"#\"";
  std::vector<std::string> key;
  for (size_t i = 0; i < plan.filters.size(); ++i) {
    key.push_back(Cat("COALESCE(", ColumnName(plan.entity->columns[plan.filters[i].column]), ", ", input.Key(i), ")"));
  }
  return Cat("min(\"#\") OVER (PARTITION BY ", absl::StrJoin(key, ", "), ")");
}

std::string NewValue(const MethodPlan& plan, const Variant& variant, int value, const BatchInput& input) {
  const plan::ValueTerm& term = plan.values[value];
  const std::string given = input.Value(term.input);
  const auto& defaulted = variant.as<BatchVariant>().defaulted;
  if (std::find(defaulted.begin(), defaulted.end(), value) == defaulted.end()) return given;
  return Cat("COALESCE(", given, ", ", DefaultOf(*plan.entity, plan.entity->columns[term.column]), ")");
}

Statement FinishBatch(std::string text, ParameterList* parameters, const Variant& variant) {
  const int visible = static_cast<int>(variant.columns.size());
  Statement statement = Finish(std::move(text), parameters, variant.columns, visible);
  statement.element_cell = visible;
  return statement;
}

Statement RenderBatch(const MethodPlan& plan, const Variant& variant) {
  switch (plan.change()) {
    case Change::kNone:
      return RenderRows(plan, variant);
    case Change::kCreate:
      return RenderBatchCreate(plan, variant);
    case Change::kUpsert:
      return RenderUpsert(plan, variant);
    case Change::kUpdate:
    case Change::kSoftDelete:
    case Change::kRestore:
    case Change::kDelete:
    case Change::kPurge:
      break;
  }
  return RenderBatchChange(plan, variant);
}

Statement RenderBatchProbe(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  const BatchInput input(
      plan, variant.as<BatchVariant>().unchanged,
      variant.as<BatchVariant>().version_guard ? BatchInput::Versions::kTaken : BatchInput::Versions::kNone,
      &parameters, variant.as<BatchVariant>().by_stored_key ? BatchInput::Keys::kStored : BatchInput::Keys::kGiven);
  const std::string found = Cat(ColumnName(entity.columns[plan.filters[0].column]), " IS NOT NULL");
  const std::string live = entity.soft_deletable() ? Cat("(", LivePredicate(entity), ")") : "true";
  const std::string version = ElementVersionMatches(plan, variant);
  std::vector<std::string> cells = {"\"#\"", FirstOfItsRow(plan, input), found, live,
                                    version.empty() ? "true" : version};
  if (!version.empty() && plan.change() == Change::kUpsert) {
    cells.back() = Cat("CASE WHEN ", found, " THEN ", version, " ELSE \"#ver\" = 0 END");
  }
  for (int i : variant.as<BatchVariant>().unchanged) cells.push_back(ElementUnchanged(plan, variant, i, input));
  Statement statement = Finish(
      Cat("SELECT ", absl::StrJoin(cells, ", "), " FROM ", input.From(), " LEFT JOIN ", TableRows(entity), " ON ",
          input.KeyMatches(), " ORDER BY \"#\"", entity.soft_deletable() ? Cat(", ", live, " DESC") : ""),
      &parameters, {}, 0);
  statement.result.assign(cells.size(), CellType::kBool);
  statement.result[0] = statement.result[1] = CellType::kInteger;
  return statement;
}

}  // namespace rowkeeper::sql
