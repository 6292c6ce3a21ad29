#pragma once

#include <string>
#include <string_view>

namespace rowkeeper {

/// Appends `text` as a quoted element of a PostgreSQL array literal, whose elements stand in braces, separated by
/// commas.
inline void AppendQuotedElement(std::string_view text, std::string* out) {
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') out->push_back('\\');
    out->push_back(c);
  }
  out->push_back('"');
}

}  // namespace rowkeeper
