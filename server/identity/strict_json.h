#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

namespace rowkeeper::identity {

/// `text` as a JSON object that every reader understands alike: nullopt for what is no JSON object, for a member that
/// is there twice in any object of it, for text that is no UTF-8 or begins with a byte order mark, for numbers that no
/// double holds (1e400), for more than 16 levels, and for more than 1000 objects and lists or 20,000 commas in all.
std::optional<nlohmann::json> ParseStrictObject(std::string_view text);

/// The string `object[name]`; nullptr when there is none, or when it is something else.
const std::string* FindString(const nlohmann::json& object, std::string_view name);

}  // namespace rowkeeper::identity
