#pragma once

#include <memory>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"
#include "server/policy/field_rules.h"

namespace rowkeeper::catalogue {

/// Numbers entities and columns, which are complete, for policy::FieldRules, and reports lists at fields that can have
/// none, or that another field gives away.
void CompileFieldLists(const std::vector<std::unique_ptr<Entity>>& entities, Diagnostics* diagnostics);

/// All fields by Column::ordinal, with their lists.
std::vector<policy::FieldLists> FieldListsOf(const std::vector<std::unique_ptr<const Entity>>& entities);

}  // namespace rowkeeper::catalogue
