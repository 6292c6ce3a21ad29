#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>

namespace example {

/// "-1234.5" -> -123450: a decimal with at most two decimals and 16 digits before them, exactly. nullopt for other
/// text.
inline std::optional<int64_t> ParseCents(const std::string& text) {
  const bool negative = !text.empty() && text[0] == '-';
  const size_t start = negative ? 1 : 0;
  const size_t point = std::min(text.find('.'), text.size());
  const std::string whole = text.substr(start, point - start);
  std::string decimals = point < text.size() ? text.substr(point + 1) : "0";
  const auto digits = [](const std::string& part) {
    return !part.empty() && part.find_first_not_of("0123456789") == std::string::npos;
  };
  if (!digits(whole) || !digits(decimals) || whole.size() > 16 || decimals.size() > 2) return std::nullopt;
  decimals.resize(2, '0');
  const int64_t cents = std::stoll(whole + decimals);
  return negative ? -cents : cents;
}

/// -123450 -> "-1234.50".
inline std::string FormatCents(int64_t cents) {
  std::string digits = std::to_string(std::llabs(cents));
  if (digits.size() < 3) digits.insert(0, 3 - digits.size(), '0');
  digits.insert(digits.size() - 2, ".");
  return cents < 0 ? "-" + digits : digits;
}

}  // namespace example
