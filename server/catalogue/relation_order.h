#pragma once

#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// The order that the relation `field` declares for the rows of `target` ("position, due_date desc nulls last"),
/// completed with the key; an empty text gives the target's default order. Mistakes go to `diagnostics`.
std::vector<OrderTerm> CompileRelationOrder(const google::protobuf::FieldDescriptor& field, const std::string& text,
                                            const Entity& target, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
