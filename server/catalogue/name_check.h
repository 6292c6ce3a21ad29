#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// Reports names that PostgreSQL would refuse or cut. `what` is "table", "index", …
bool CheckName(const google::protobuf::Descriptor& at, const std::string& what, const std::string& name,
               Diagnostics* diagnostics);
bool CheckColumnName(const google::protobuf::FieldDescriptor& at, const std::string& name, Diagnostics* diagnostics);

/// Reports columns of one table that share a name, and warns of those that differ in case only.
void CheckColumnsDiffer(const Entity& entity, Diagnostics* diagnostics);

/// Reports tables, indexes, enum types and constraints of different declarations that share a name.
void CheckNamesDiffer(const std::vector<std::unique_ptr<Entity>>& entities, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
