#pragma once

#include <string>
#include <string_view>

namespace rowkeeper {

/// `text`, which may come from a database, as one line that does nothing to a terminal, and that ends nothing when it
/// stands in a comment of SQL: every control character (below U+0020, U+007F to U+009F, U+2028, U+2029, and those that
/// turn the direction of writing) becomes a space.
std::string OneLine(std::string_view text);

}  // namespace rowkeeper
