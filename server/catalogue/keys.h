#pragma once

#include "rowkeeper/v1/annotations.pb.h"
#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"
#include "server/catalogue/naming.h"

namespace rowkeeper::catalogue {

/// Fills the entity's unique keys and indexes from its columns (with references) and options. Mistakes go to
/// `diagnostics`.
void CompileKeysAndIndexes(const v1::EntityOptions& options, const Naming& naming, Entity* entity,
                           Diagnostics* diagnostics);

/// Fills the default order of lists. It always ends in the key, in the direction of the term before it.
void CompileDefaultOrder(const v1::EntityOptions& options, Entity* entity, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
