#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "server/schema/lint/effect.h"
#include "server/schema/lint/known_schema.h"

namespace rowkeeper::schema {

/// What a statement, given as one of pgtext::Parse's trees, does to what exists. The one place that decides on locks,
/// scans and rewrites. `known` is what earlier statements made. Never empty: a statement that does nothing to tables
/// is one kOther. Pure.
std::vector<Effect> EffectsOf(const nlohmann::json& statement, const KnownSchema& known);

}  // namespace rowkeeper::schema
