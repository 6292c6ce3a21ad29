#include "server/sql/render_query.h"

#include <string>

#include "server/base/text.h"
#include "server/plan/query/query_plan.h"
#include "server/sql/types.h"

namespace rowkeeper::sql {

Statement RenderQuery(const plan::MethodPlan& plan) {
  const plan::QueryPlan& query = *plan.query;
  Statement statement;
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

}  // namespace rowkeeper::sql
