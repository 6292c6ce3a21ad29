#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

namespace rowkeeper::pgtext {

// Questions about parts of a parse tree, as Parse gives it. A node is an object with one member, whose name is the
// node's type.

/// Null where `fields` has no such member, or is no object.
const nlohmann::json& Member(const nlohmann::json& fields, const char* name);
/// The strings of a list of String nodes: a function's or type's name, aliases.
std::vector<std::string> Strings(const nlohmann::json& list);
/// Whether an object somewhere in `part` has the member `name`.
bool Holds(const nlohmann::json& part, const char* name);
/// The functions that are called anywhere in `part`, as it names them: "lower", "billing.tax".
std::set<std::string> CalledFunctions(const nlohmann::json& part);

}  // namespace rowkeeper::pgtext
