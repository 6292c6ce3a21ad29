#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rowkeeper {

/// How many leading bytes of `text` are well-formed UTF-8 (no overlong forms, surrogates or code points over U+10FFFF).
/// `text` is well-formed when that is all of them.
size_t ValidUtf8Prefix(std::string_view text);

/// The 1-based character of well-formed `text` at the byte `offset`.
int CharacterAt(std::string_view text, size_t offset);

/// Whether all of `text` is printable ASCII without spaces.
bool IsPrintableWord(std::string_view text);

/// `text` with each byte that is not part of a well-formed sequence replaced by U+FFFD.
std::string RepairUtf8(std::string_view text);

/// `text` repaired and, when longer than `max_bytes`, cut at a character boundary and marked with "…" (which counts).
/// `max_bytes` is at least 3.
std::string ShortenUtf8(std::string_view text, size_t max_bytes);

}  // namespace rowkeeper
