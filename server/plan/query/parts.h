#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

namespace rowkeeper::plan {

// Questions about parts of a parse tree, as pgtext::Parse gives it. A node is an object with one member, whose name is
// the node's type.

/// Null where `fields` has no such member, or is no object.
const nlohmann::json& Member(const nlohmann::json& fields, const char* name);
/// The strings of a list of String nodes: a function's or type's name, aliases.
std::vector<std::string> Strings(const nlohmann::json& list);
/// Whether nodes of this type are statements: a query level of their own.
bool IsStatement(const std::string& type);
/// Whether an object somewhere in `part` has the member `name`.
bool Holds(const nlohmann::json& part, const char* name);

/// The functions that are called anywhere in `part`, as it names them: "lower", "billing.tax".
std::set<std::string> CalledFunctions(const nlohmann::json& part);
/// Whether one of them is a function of PostgreSQL that is called for what it does: nextval, pg_notify, …
bool HasEffects(const std::set<std::string>& functions);

/// Whether a statement's `fields` refer to a column of `names` of what the statement calls `alias`: qualified, or
/// without a qualifier where no other query level lies between.
bool MentionsColumn(const nlohmann::json& fields, const std::string& alias, const std::set<std::string>& names);

}  // namespace rowkeeper::plan
