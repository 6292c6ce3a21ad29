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

/// A cell that is NULL for a row with values that can be read again, and fails for any other, which is of the
/// `element`th write below the top level (Verdict::element). Empty: it would look at nothing.
std::string FitsOrFails(const plan::QueryWrite& write, int element) {
  std::string cases;
  for (const int index : write.columns) {
    const catalogue::Column& column = write.target->columns[index];
    const std::string cell = Cat(Identifier(write.alias), ".", Identifier(column.name));
    const std::string fits = Representable(column, cell);
    if (fits.empty()) continue;
    Verdict verdict;
    verdict.rows = 1;
    verdict.element = element;
    verdict.column = index;
    // The column is in the path, or the planner would try it beforehand.
    cases += Cat(" WHEN NOT (", fits, ") THEN jsonb_path_exists('{}', ('strict $.' || left(", cell, "::text, 0) || '",
                 VerdictKey(verdict), "')::jsonpath)");
  }
  return cases.empty() ? "" : Cat("CASE", cases, " END AS \"", kQueryCheckCell, "\"");
}

enum class Checks { kNone, kBelow };

/// The text of a piece, with the checks of the common table expressions that end in it.
std::string CheckedText(const plan::QueryPlan& query, size_t piece) {
  const std::string& text = query.pieces[piece].text;
  std::string checked;
  size_t done = 0;
  for (size_t i = 0; i < query.writes_below.size(); ++i) {
    const plan::QueryWriteBelow& below = query.writes_below[i];
    const std::string cell = FitsOrFails(below.write, static_cast<int>(i) + 1);
    if (below.piece != piece || cell.empty()) continue;
    checked += Cat(text.substr(done, below.offset - done), below.write.returns_rows ? ", " : " RETURNING ", cell);
    done = below.offset;
  }
  return checked + text.substr(done);
}

Statement RenderWith(const plan::MethodPlan& plan, Checks checks) {
  const plan::QueryPlan& query = *plan.query;
  Statement statement;
  statement.result_is_named = true;
  for (size_t i = 0; i < query.pieces.size(); ++i) {
    const plan::QueryPiece& piece = query.pieces[i];
    statement.text += checks == Checks::kBelow ? CheckedText(query, i) : piece.text;
    if (piece.parameter < 0) continue;
    const bool is_tenant = piece.parameter == static_cast<int>(query.parameters.size());
    const catalogue::ValueType& type = is_tenant ? *query.tenant : query.parameters[piece.parameter].type;
    statement.text += Cat("($", piece.parameter + 1, "::", ParameterType(*plan.entity, type), ")");
  }
  for (int i = 0; i < static_cast<int>(query.parameters.size()); ++i) {
    statement.parameters.push_back({Parameter::Source::kArgument, i});
  }
  if (query.tenant.has_value()) statement.parameters.push_back({Parameter::Source::kTenant, 0});
  if (!query.can_be_limited) return statement;
  statement.parameters.push_back({Parameter::Source::kLimit, 0});
  statement.text =
      Cat("SELECT * FROM (", statement.text, ") AS \"#rows\" LIMIT $", statement.parameters.size(), "::bigint");
  return statement;
}

}  // namespace

Statement RenderQuery(const plan::MethodPlan& plan) { return RenderWith(plan, Checks::kNone); }

Statement RenderCheckedQuery(const plan::MethodPlan& plan) {
  Statement statement = RenderWith(plan, Checks::kBelow);
  const plan::QueryWrite& write = plan.query->write;
  const std::string cell = FitsOrFails(write, 0);
  if (cell.empty()) return statement;
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
