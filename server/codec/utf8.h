#pragma once

#include <cstddef>
#include <string_view>

namespace rowkeeper::codec {

/// No overlong forms, no surrogates, nothing above U+10FFFF. NUL is valid.
bool IsValidUtf8(std::string_view text);

/// Characters (code points) in valid UTF-8.
size_t CountCharacters(std::string_view utf8);

/// PostgreSQL's text types cannot hold U+0000.
bool HasNul(std::string_view text);

}  // namespace rowkeeper::codec
