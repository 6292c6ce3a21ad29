#pragma once

#include <string>

namespace rowkeeper::pgtext {

/// SQL text that may be shown where the values in it may not: constants become `?`, comments go, white space becomes
/// one space, and what is longer than `limit` bytes is cut. Of a text that cannot be read, as one that was cut in a
/// constant, only the words before that are given, with `...`. `text` must not hold a NUL byte.
std::string WithoutConstants(const std::string& text, size_t limit);

}  // namespace rowkeeper::pgtext
