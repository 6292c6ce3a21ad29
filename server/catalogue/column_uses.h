#pragma once

#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// Whether the column has an order, so that `sortable` may stand at its field.
bool CanBeSortable(const Column& column);

/// Whether a filter expression could name the column, so that `filterable` may stand at its field: of jsonb only maps
/// and google.protobuf.Struct.
bool CanBeFilterable(const Column& column);

}  // namespace rowkeeper::catalogue
