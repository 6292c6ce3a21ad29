#pragma once

#include <optional>
#include <string>

#include "server/catalogue/entity.h"
#include "server/schema/fit.h"
#include "server/schema/live_schema.h"

namespace rowkeeper::schema {

/// How a column's type differs from the declared one.
struct TypeDifference {
  Breaks breaks = Breaks::kColumn;
  /// Continues `column "x" of table "y" `.
  std::string problem;
};

/// The one place that judges types. A type that holds all values of the field and gives back none that the field
/// cannot carry breaks nothing; one that holds fewer breaks what stores values; one whose other values the field cannot
/// carry breaks what changes rows and returns them, for such an answer comes after the COMMIT (reads name the row);
/// every other type breaks whatever names the column. nullopt: the type is the declared one. `native enums` are judged
/// by name and schema, not by label.
std::optional<TypeDifference> CompareTypes(const catalogue::Entity& entity, const catalogue::Column& column,
                                           const LiveColumn& live);

}  // namespace rowkeeper::schema
