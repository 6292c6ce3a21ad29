#pragma once

#include <cstddef>
#include <string>

#include "server/exec/statement_cache.h"

namespace rowkeeper::app {

/// The page /statements: what became of the statements that are kept, those first that took the most time in all.
/// Bounded: so many statements, and so many bytes of the text of each.
inline constexpr size_t kListedStatements = 500;
inline constexpr size_t kListedTextBytes = 4096;
std::string StatementsJson(const exec::StatementCache& statements);

}  // namespace rowkeeper::app
