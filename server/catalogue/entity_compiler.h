#pragma once

#include <map>
#include <memory>
#include <string>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

using EntitiesByName = std::map<std::string, const Entity*, std::less<>>;

/// Compiles one annotated message as far as it goes without other entities: names, columns, key and roles. Mistakes go
/// to `diagnostics`; the result is then incomplete but fit for further checks.
std::unique_ptr<Entity> DeclareEntity(const google::protobuf::Descriptor& message, Diagnostics* diagnostics);

/// Adds what needs every entity to be declared: references, and with them unique keys, indexes, checks and order.
void CompleteEntity(const EntitiesByName& entities, Entity* entity, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
