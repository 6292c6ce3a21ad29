#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rowkeeper::sql {

/// EXPLAIN of `statement`, with the same parameters, which does not execute it; nullopt for texts that have no query
/// plan (BEGIN, COPY, SET). Comments before the first word may be there.
std::optional<std::string> ExplainStatement(std::string_view statement);

/// Whether `statement` begins, ends or marks a transaction, and does nothing else.
bool ControlsTransaction(std::string_view statement);

}  // namespace rowkeeper::sql
