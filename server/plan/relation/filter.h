#pragma once

#include "server/catalogue/catalogue.h"
#include "server/plan/relation/selection.h"

namespace rowkeeper::plan {

/// Compiles the filter that the selected relation declares, if any, into its `filter` and `operands`.
void ApplyDeclaredFilter(SelectedRelation* selected);

/// Reports the relations of `catalogue` whose filter is no expression over the other entity's fields.
void CheckRelationFilters(const catalogue::Catalogue& catalogue, catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
