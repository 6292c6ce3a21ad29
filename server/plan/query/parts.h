#pragma once

#include <nlohmann/json_fwd.hpp>
#include <set>
#include <string>
#include <vector>

#include "server/pgtext/tree.h"

namespace rowkeeper::plan {

// Questions about parts of a query's parse tree; pgtext has those about any tree.
using pgtext::CalledFunctions;
using pgtext::Holds;
using pgtext::Member;
using pgtext::Strings;

/// Whether nodes of this type are statements: a query level of their own.
bool IsStatement(const std::string& type);
/// Whether one of them is a function of PostgreSQL that is called for what it does: nextval, pg_notify, …
bool HasEffects(const std::set<std::string>& functions);

/// Whether a statement's `fields` refer to a column of `names` of what the statement calls `alias`: qualified, or
/// without a qualifier where no other query level lies between.
bool MentionsColumn(const nlohmann::json& fields, const std::string& alias, const std::set<std::string>& names);

}  // namespace rowkeeper::plan
