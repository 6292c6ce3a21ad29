#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "server/schema/lint/effect.h"
#include "server/schema/lint/known_schema.h"

namespace rowkeeper::schema {

/// Appends those of ALTER TABLE, whose `fields` are given.
void AppendAlterEffects(const nlohmann::json& fields, const KnownSchema& known, std::vector<Effect>* effects);
/// Appends those of CREATE TABLE: the table, and its columns and constraints, which a later statement may change.
void AppendCreateTableEffects(const nlohmann::json& fields, std::vector<Effect>* effects);

}  // namespace rowkeeper::schema
