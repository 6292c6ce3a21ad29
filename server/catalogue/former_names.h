#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"

namespace rowkeeper::catalogue {

// What was before. Only migrations ask for it.

/// Names that the message had ("shop.v1.Item"), or its table ("items").
std::vector<std::string> FormerNamesOf(const Entity& entity);
std::vector<std::string> FormerNamesOf(const Column& column);
/// Full names of the messages whose tables are to be dropped.
std::set<std::string> DroppedEntities(const Source& source);

/// Names of what is there still, and of what two claim.
void CheckFormerNames(const Source& source, const std::vector<std::unique_ptr<Entity>>& entities,
                      Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
