#include "server/codec/key_text.h"

#include <algorithm>

#include "server/base/hex.h"
#include "server/base/text.h"

namespace rowkeeper::codec {
namespace {

constexpr size_t kUuidBytes = 16;
constexpr size_t kUuidDigits = 32;
constexpr size_t kUuidLength = 36;
/// What numeric holds when neither precision nor scale is declared.
constexpr int kMaxNumericDigits = 131072;
constexpr int kMaxNumericScale = 16383;

bool IsDash(size_t position) { return position == 8 || position == 13 || position == 18 || position == 23; }

size_t CountDigits(std::string_view text) {
  return static_cast<size_t>(std::find_if(text.begin(), text.end(), [](char c) { return c < '0' || c > '9'; }) -
                             text.begin());
}

}  // namespace

bool AppendUuidBytes(std::string_view text, std::string* out) {
  if (text.size() == kUuidDigits) return AppendUnhexed(text, out);
  if (text.size() != kUuidLength) return false;
  for (size_t i = 0; i < text.size();) {
    if (IsDash(i)) {
      if (text[i++] != '-') return false;
      continue;
    }
    if (!AppendUnhexed(text.substr(i, 2), out)) return false;
    i += 2;
  }
  return true;
}

bool AppendUuidOfBytes(std::string_view bytes, std::string* out) {
  if (bytes.size() != kUuidBytes) return false;
  size_t start = 0;
  for (const size_t length : {4, 2, 2, 2, 6}) {
    if (start != 0) out->push_back('-');
    AppendHex(bytes.substr(start, length), out);
    start += length;
  }
  return true;
}

bool AppendUuidOfText(std::string_view text, std::string* out) {
  const bool dashes = text.size() == kUuidLength;
  if (!dashes && text.size() != kUuidDigits) return false;
  char canonical[kUuidLength];
  size_t size = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (dashes && IsDash(i)) {
      if (text[i] != '-') return false;
      continue;
    }
    const int digit = HexDigit(text[i]);
    if (digit < 0) return false;
    if (IsDash(size)) canonical[size++] = '-';
    canonical[size++] = "0123456789abcdef"[digit];
  }
  out->append(canonical, size);
  return true;
}

std::string DecimalProblem(std::string_view text, int precision, int scale) {
  constexpr const char* kForm = "is not a decimal number; write digits with an optional sign and point, such as -12.50";
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  const size_t whole = CountDigits(text);
  if (whole == 0) return kForm;
  const size_t leading_zeros = std::min(text.find_first_not_of('0'), whole);
  size_t fraction = 0;
  if (whole < text.size()) {
    fraction = CountDigits(text.substr(whole + 1));
    if (text[whole] != '.' || fraction == 0 || whole + 1 + fraction != text.size()) return kForm;
  }
  if (precision == 0) {
    precision = kMaxNumericDigits + kMaxNumericScale;
    scale = kMaxNumericScale;
  }
  if (fraction > static_cast<size_t>(scale)) {
    return Cat("has ", fraction, " digits after the point; at most ", scale, " are allowed");
  }
  if (whole - leading_zeros > static_cast<size_t>(precision - scale)) {
    return Cat("has ", whole - leading_zeros, " digits before the point; at most ", precision - scale, " are allowed");
  }
  return "";
}

}  // namespace rowkeeper::codec
