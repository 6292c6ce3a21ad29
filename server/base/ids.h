#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rowkeeper {

/// `count` bytes from the cryptographic generator; ends the process when it fails, for nothing may be guessable.
/// Thread-safe, like everything here.
std::string RandomBytes(size_t count);

/// `count` random bytes as 2 * `count` lower-case hexadecimal digits.
std::string RandomHex(size_t count);

/// URL-safe base64 without padding, fit for headers, tokens and file names.
std::string Base64UrlEncode(std::string_view bytes);

/// False, leaving `*bytes` unspecified, when `text` is not what Base64UrlEncode writes: every string has one spelling.
bool Base64UrlDecode(std::string_view text, std::string* bytes);

}  // namespace rowkeeper
