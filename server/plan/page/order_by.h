#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "server/base/errors.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::plan {

/// Reads an AIP-132 order ("due_at desc nulls last, title") over the entity's sortable fields and completes it with the
/// key, so that the order is total. An empty text gives the entity's default order. Mistakes go to `violations` under
/// `field`.
std::vector<catalogue::OrderTerm> ResolveOrder(const catalogue::Entity& entity, std::string_view text,
                                               std::string_view field, FieldViolations* violations);

/// `order` completed with the key, in the direction of its last term.
std::vector<catalogue::OrderTerm> CompleteOrder(const catalogue::Entity& entity,
                                                std::vector<catalogue::OrderTerm> order);

}  // namespace rowkeeper::plan
