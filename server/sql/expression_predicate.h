#pragma once

#include <string>

#include "server/catalogue/entity.h"
#include "server/plan/filter/expression.h"
#include "server/sql/predicates.h"

namespace rowkeeper::sql {

/// `expression` as one condition, in parentheses where it needs them beside AND. Operands become parameters; no text of
/// a caller is in it. `table` is put before columns: "" or "\"todos\".".
std::string ExpressionPredicate(const catalogue::Entity& entity, const plan::FilterExpression& expression,
                                ParameterList* parameters, const std::string& table = "");

}  // namespace rowkeeper::sql
