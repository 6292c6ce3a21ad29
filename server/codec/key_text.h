#pragma once

#include <string>
#include <string_view>

/// Texts with a strict form: UUIDs and decimals.
namespace rowkeeper::codec {

/// Appends the canonical lower-case form. Accepts that form in any case, and 32 digits without dashes.
bool AppendUuidOfText(std::string_view text, std::string* out);
/// The same of the 16 bytes of a UUID.
bool AppendUuidOfBytes(std::string_view bytes, std::string* out);
/// Appends the 16 bytes of a UUID's text.
bool AppendUuidBytes(std::string_view text, std::string* out);

/// Empty when `text` is a plain decimal number (sign, digits, point and digits; no exponent, no NaN) that fits
/// numeric(precision, scale) without rounding. Trailing zeros count as digits. Precision 0 is numeric without limits.
std::string DecimalProblem(std::string_view text, int precision, int scale);

}  // namespace rowkeeper::codec
