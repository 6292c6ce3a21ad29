#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"
#include "server/catalogue/entity_compiler.h"
#include "server/catalogue/naming.h"

namespace google::protobuf {
class DescriptorPool;
}

namespace rowkeeper::catalogue {

/// Fills Column::reference of every column that declares one. Mistakes go to `diagnostics`.
void CompileReferences(const EntitiesByName& entities, const Naming& naming, Entity* entity, Diagnostics* diagnostics);

/// Reports references to columns that have no unique key of their own, once the unique keys of all are known.
void CheckReferencedFields(const Entity& entity, Diagnostics* diagnostics);

/// Fills Entity::dependents of all entities, once the references of all are known.
void LinkDependents(const std::vector<std::unique_ptr<Entity>>& entities);

/// What to write instead of `name`, which is no entity: people leave out the package, or the message's option.
std::string UnknownEntityRemedy(const EntitiesByName& entities, const google::protobuf::DescriptorPool& pool,
                                const std::string& name);

}  // namespace rowkeeper::catalogue
