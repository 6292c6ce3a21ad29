#pragma once

#include <vector>

#include "server/base/result_shape.h"
#include "server/catalogue/entity.h"
#include "server/sql/statement.h"

namespace rowkeeper::sql {

/// How a value of this type is read.
CellType CellTypeOf(const catalogue::ValueType& type);

/// The result of a statement that returns columns of `entity`, as its cells tell: those of Statement::cells in order,
/// with the element's place, the outcome, the blocker and the size of large rows where the statement says that they
/// are.
std::vector<CellType> ResultCells(const catalogue::Entity& entity, const Statement& statement);

}  // namespace rowkeeper::sql
