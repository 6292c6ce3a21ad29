#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/schema/fit.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {

/// Compares one entity with its live table and adds to `report`. Everything but CHECK constraints, which only the
/// database can evaluate.
void CompareTable(const catalogue::Entity& entity, const LiveTable& table, FitReport* report);

/// A mismatch for which the table is not served; `problem` continues `table "y" `.
Mismatch TableMismatch(const catalogue::Entity& entity, const std::string& problem);

/// A mismatch of a field's column; `problem` continues `column "x" of table "y" `.
Mismatch ColumnMismatch(const catalogue::Entity& entity, const catalogue::Column& column, const std::string& problem);

}  // namespace rowkeeper::schema
