#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// Reads field names, each with an optional " desc" or " asc", as `option` lists them. Mistakes go to `diagnostics` and
/// give nullopt.
std::optional<std::vector<IndexTerm>> ReadTerms(const Entity& entity, const std::string& option,
                                                const std::vector<std::string>& fields, Diagnostics* diagnostics);

}  // namespace rowkeeper::catalogue
