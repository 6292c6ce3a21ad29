#pragma once

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"
#include "server/catalogue/entity_compiler.h"

namespace rowkeeper::catalogue {

/// Whether a field of an entity holds rows of another one, so that it is a relation and no column.
bool IsRelation(const google::protobuf::FieldDescriptor& field);

/// Fills Entity::relations. Every entity must have its references, keys and default order. Mistakes go to
/// `diagnostics`.
void CompileRelations(const EntitiesByName& entities, Entity* entity, Diagnostics* diagnostics);

/// Reports (rowkeeper.v1.relation) on a field of an entity that is a column.
void CheckNoRelationOption(const google::protobuf::FieldDescriptor& field, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
