#pragma once

#include <string_view>

namespace rowkeeper::plan {

/// How many words a search for `text`, well-formed UTF-8, has PostgreSQL look for: never fewer than the lexemes of its
/// default parser, in a database of any locale. A word with hyphens counts as itself and as its parts. Pure; any
/// thread.
int CountSearchWords(std::string_view text);

}  // namespace rowkeeper::plan
