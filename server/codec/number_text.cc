#include "server/codec/number_text.h"

#include <charconv>
#include <cmath>

#include "server/base/hex.h"

namespace rowkeeper::codec {
namespace {

template <typename Number>
void AppendChars(Number value, std::string* out) {
  char digits[40];
  const auto result = std::to_chars(digits, digits + sizeof digits, value);
  out->append(digits, result.ptr);
}

template <typename Number>
bool ParseChars(std::string_view text, Number* value) {
  const char* end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, *value);
  return result.ec == std::errc() && result.ptr == end;
}

template <typename Float>
void AppendAnyFloat(Float value, std::string* out) {
  if (std::isnan(value)) {
    out->append("NaN");
  } else if (std::isinf(value)) {
    out->append(value < 0 ? "-Infinity" : "Infinity");
  } else {
    AppendChars(value, out);
  }
}

}  // namespace

void AppendInteger(int64_t value, std::string* out) { AppendChars(value, out); }
void AppendInteger(uint64_t value, std::string* out) { AppendChars(value, out); }
void AppendFloat(float value, std::string* out) { AppendAnyFloat(value, out); }
void AppendFloat(double value, std::string* out) { AppendAnyFloat(value, out); }

bool ParseInteger(std::string_view text, int64_t* value) { return ParseChars(text, value); }
bool ParseInteger(std::string_view text, uint64_t* value) { return ParseChars(text, value); }
bool ParseFloat(std::string_view text, float* value) { return ParseChars(text, value); }
bool ParseFloat(std::string_view text, double* value) { return ParseChars(text, value); }

bool AppendBytea(std::string_view text, std::string* out) {
  if (text.substr(0, 2) == "\\x") return AppendUnhexed(text.substr(2), out);
  const auto octal = [&text](size_t i) { return i < text.size() && text[i] >= '0' && text[i] <= '7'; };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out->push_back(text[i]);
    } else if (i + 1 < text.size() && text[i + 1] == '\\') {
      out->push_back(text[++i]);
    } else if (octal(i + 1) && text[i + 1] <= '3' && octal(i + 2) && octal(i + 3)) {
      out->push_back(static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 | (text[i + 3] - '0')));
      i += 3;
    } else {
      return false;
    }
  }
  return true;
}

}  // namespace rowkeeper::codec
