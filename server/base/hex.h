#pragma once

#include <string>
#include <string_view>

// Bytes as hexadecimal digits and back. Abseil has both, but what turns digits into bytes is another function in each
// of the distributions' versions.
namespace rowkeeper {

/// Appends two lower-case digits for each byte.
void AppendHex(std::string_view bytes, std::string* out);

/// The value of a digit of either case; -1 when `c` is no hexadecimal digit.
int HexDigit(char c);

/// Appends the bytes that an even number of hexadecimal digits stands for. False when `hex` is something else; then an
/// unspecified part of them is appended.
bool AppendUnhexed(std::string_view hex, std::string* out);

}  // namespace rowkeeper
