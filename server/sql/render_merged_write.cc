#include "server/sql/render_merged_write.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/clauses.h"
#include "server/sql/identifier.h"
#include "server/sql/judgement.h"
#include "server/sql/render_cascade.h"
#include "server/sql/render_get.h"
#include "server/sql/representable.h"
#include "server/sql/result_cells.h"
#include "server/sql/write_parts.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Change;
using catalogue::Entity;
using plan::MethodPlan;
using plan::Variant;

/// For so long a statement of many waits for a lock: a call that has to wait longer does so alone.
constexpr char kPatience[] = "50ms";

/// A row; when it is read, the transaction has no more patience than that.
std::string Patience() {
  const std::string own = "pg_catalog.current_setting('lock_timeout')";
  return Cat("(SELECT pg_catalog.set_config('lock_timeout', CASE WHEN ", own, "::interval BETWEEN '1ms' AND ",
             Literal(kPatience), " THEN ", own, " ELSE ", Literal(kPatience), " END, true)) AS \"#patience\"");
}

/// `"#table" AS MATERIALIZED (…)`: a row, whose cell "#plain" holds where rows that are written together are written as
/// they are one by one, and see each other as they do then.
std::string LookAtTable(const Entity& entity) {
  return Cat(
      "\"#table\" AS MATERIALIZED (SELECT relkind = 'r' AND NOT relispartition AND NOT relhassubclass AND NOT "
      "relhasrules AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger WHERE tgrelid = pg_class.oid AND NOT "
      "tgisinternal) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = pg_class.oid AND "
      "(condeferrable AND contype IN ('p', 'u', 'x') OR confrelid = conrelid)) AND "
      "pg_catalog.current_setting('transaction_isolation') = 'read committed' AS \"#plain\" FROM "
      "pg_catalog.pg_class WHERE oid = ",
      Literal(Table(entity)), "::regclass)");
}

/// The rows that are looked for.
constexpr char kStored[] = "\"#stored\"";

constexpr char kIsPlain[] = "(SELECT \"#plain\" FROM \"#table\")";

/// Of the primary key: what callers name a row by may be that of deleted rows, too.
std::vector<std::string> KeyNames(const Entity& entity) {
  if (!entity.internal_id.empty()) return {Identifier(entity.internal_id)};
  std::vector<std::string> names;
  for (const int column : entity.key) names.push_back(ColumnName(entity, column));
  return names;
}

Statement WithShape(const MethodPlan& plan, Statement statement, int element_cell) {
  statement.element_cell = element_cell;
  statement.result = ResultCells(*plan.entity, statement);
  return statement;
}

Statement RenderMergedCreate(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  parameters.TakeManyCalls();
  const InsertedRow row = InsertedRowOf(plan, variant, nullptr, &parameters);
  const std::string calls = parameters.Calls();
  const Judgement judgement(entity, variant.columns, Judgement::Rows::kMany, &parameters);
  const std::string cells = ColumnList(entity, variant.columns);
  const std::string text = Cat("WITH ", LookAtTable(entity), ", \"#written\" AS (INSERT INTO ", TableRows(entity), " (",
                               row.names, ") SELECT ", row.values, " FROM ", Patience(), " CROSS JOIN ", calls,
                               " WHERE ", kIsPlain, " ORDER BY \"#calls\".\"#\" RETURNING ", cells, "), ",
                               judgement.Query("\"#written\"", Cat(kIsPlain, " AND \"#n\" = ", parameters.CallCount())),
                               " SELECT ", cells, " FROM \"#written\"", Judgement::OrFail(variant.columns.size()));
  return WithShape(plan, Finish(text, &parameters, variant.columns, static_cast<int>(variant.columns.size())), -1);
}

/// `"#0", "#1"`: what the calls are told apart by. The tenant's comes behind those of the filters.
std::string CallKeys(const Entity& entity, const Variant& variant) {
  std::vector<std::string> names;
  const size_t keys = variant.filters.size() + (entity.tenant ? 1 : 0);
  for (size_t i = 0; i < keys; ++i) names.push_back(Cat("\"#", i, "\""));
  return absl::StrJoin(names, ", ");
}

Statement RenderMergedChange(const MethodPlan& plan, const Variant& variant) {
  const Entity& entity = *plan.entity;
  ParameterList parameters;
  parameters.TakeManyCalls();
  // The filters come first, and so their values are the first columns of the calls.
  std::vector<std::string> conditions = TargetConditions(plan, variant, ChangedRows(plan), &parameters, kStored);
  conditions.emplace_back(kIsPlain);
  for (std::string& condition : ConditionsOfParents(plan, kStored, &parameters))
    conditions.push_back(std::move(condition));
  const std::string assignments = Assignments(plan, variant, nullptr, &parameters);
  const std::string calls = parameters.Calls();
  const Judgement judgement(entity, variant.columns, Judgement::Rows::kMany, &parameters);

  std::vector<std::string> keys, stored, same;
  for (const std::string& key : KeyNames(entity)) {
    stored.push_back(Cat(key, " AS \"#key", keys.size(), "\""));
    same.push_back(Cat(key, " = \"#key", keys.size(), "\""));
    keys.push_back(key);
  }
  const std::string own_rows = TenantPredicate(entity, &parameters);
  if (!own_rows.empty()) same.push_back(own_rows);
  const std::string call_keys = CallKeys(entity, variant);
  const std::string target =
      Cat("SELECT \"#calls\".*, ", absl::StrJoin(stored, ", "), " FROM ", Patience(),
          " CROSS JOIN (SELECT DISTINCT ON (", call_keys, ") * FROM ", calls, " ORDER BY ", call_keys,
          ", \"#\") AS \"#calls\" CROSS JOIN ", Table(entity), " AS ", kStored, Where(conditions), " ORDER BY ",
          absl::StrJoin(keys, ", "), " FOR NO KEY UPDATE OF ", kStored, " SKIP LOCKED");
  // A row each, and of each call one at most: some are found by what is unique among rows that are not deleted.
  const std::string expected =
      Cat(kIsPlain, " AND (SELECT \"#n\" = count(*) AND count(*) = count(DISTINCT \"#\") FROM \"#target\")");
  const std::string cells = ColumnList(entity, variant.columns);
  const std::string text = Cat("WITH ", LookAtTable(entity), ", \"#target\" AS MATERIALIZED (", target,
                               "), \"#written\" AS (UPDATE ", TableRows(entity), " SET ", assignments,
                               " FROM \"#target\" AS \"#calls\" WHERE ", absl::StrJoin(same, " AND "), " RETURNING ",
                               cells, ", \"#calls\".\"#\"), ", judgement.Query("\"#written\"", expected), " SELECT ",
                               cells, ", \"#\" FROM \"#written\"", Judgement::OrFail(variant.columns.size() + 1));
  const auto visible = static_cast<int>(variant.columns.size());
  return WithShape(plan, Finish(text, &parameters, variant.columns, visible), visible);
}

}  // namespace

bool CanMergeWrites(const MethodPlan& plan, const Variant& variant) {
  const auto* const write = std::get_if<plan::WriteVariant>(&variant.family);
  if (write == nullptr || variant.json != nullptr || variant.columns.empty()) return false;
  const bool told = std::all_of(variant.columns.begin(), variant.columns.end(), [&plan](int column) {
    return IsTold(plan.entity->columns[static_cast<size_t>(column)]);
  });
  if (!told) return false;
  switch (plan.change()) {
    case Change::kCreate:
      return !write->written.empty();
    case Change::kUpdate:
      return IsLookedUpByValues(plan, variant);
    case Change::kSoftDelete:
    case Change::kRestore:
      return IsLookedUpByValues(plan, variant) && (!FollowsReferences(plan) || IsHeldByParentsAlone(plan));
    case Change::kDelete:
    case Change::kUpsert:
    case Change::kPurge:
    case Change::kNone:
      break;
  }
  return false;
}

Statement RenderMergedWrite(const MethodPlan& plan, const Variant& variant) {
  return plan.change() == Change::kCreate ? RenderMergedCreate(plan, variant) : RenderMergedChange(plan, variant);
}

}  // namespace rowkeeper::sql
