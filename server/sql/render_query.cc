#include "server/sql/render_query.h"

#include <string>

#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/plan/query/query_plan.h"
#include "server/sql/identifier.h"
#include "server/sql/representable.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {
namespace {

/// An expression that is NULL for a row with values that can be read again, and fails for any other. Empty: it would
/// look at nothing.
std::string FitsOrFails(const plan::QueryPlan& query) {
  std::string cases;
  for (const int index : query.write.columns) {
    const catalogue::Column& column = query.target->columns[index];
    const std::string cell = Cat(Identifier(query.write.alias), ".", Identifier(column.name));
    const std::string fits = Representable(column, cell);
    if (fits.empty()) continue;
    Verdict verdict;
    verdict.rows = 1;
    verdict.column = index;
    // The column is in the path, or the planner would try it beforehand.
    cases += Cat(" WHEN NOT (", fits, ") THEN jsonb_path_exists('{}', ('strict $.' || left(", cell, "::text, 0) || '",
                 VerdictKey(verdict), "')::jsonpath)");
  }
  return cases.empty() ? "" : Cat("CASE", cases, " END");
}

}  // namespace

Statement RenderQuery(const plan::MethodPlan& plan) {
  const plan::QueryPlan& query = *plan.query;
  Statement statement;
  statement.result_is_named = true;
  for (const plan::QueryPiece& piece : query.pieces) {
    statement.text += piece.text;
    if (piece.parameter < 0) continue;
    const catalogue::ValueType& type = query.parameters[piece.parameter].type;
    statement.text += Cat("($", piece.parameter + 1, "::", ParameterType(*plan.entity, type), ")");
  }
  for (int i = 0; i < static_cast<int>(query.parameters.size()); ++i) {
    statement.parameters.push_back({Parameter::Source::kArgument, i});
  }
  if (!query.can_be_limited) return statement;
  statement.parameters.push_back({Parameter::Source::kLimit, 0});
  statement.text =
      Cat("SELECT * FROM (", statement.text, ") AS \"#rows\" LIMIT $", statement.parameters.size(), "::bigint");
  return statement;
}

Statement RenderCheckedQuery(const plan::MethodPlan& plan) {
  Statement statement = RenderQuery(plan);
  const plan::QueryWrite& write = plan.query->write;
  const std::string check = FitsOrFails(*plan.query);
  if (check.empty()) return statement;
  const std::string cell = Cat(check, " AS \"", kQueryCheckCell, "\"");
  if (write.returns_rows) {
    statement.text += Cat(", ", cell);
  } else if (write.changes_below) {  // it cannot stand below another statement, so its rows come back empty
    statement.text += Cat(" RETURNING ", cell);
  } else {
    statement.text = Cat("WITH \"#written\" AS (", statement.text, " RETURNING ", cell, ") SELECT count(*) AS \"",
                         kQueryCountCell, "\" FROM \"#written\"");
  }
  return statement;
}

}  // namespace rowkeeper::sql
