#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace rowkeeper {

/// Takes pieces off the front of a text; false when the piece is not there.
class TimeScanner {
 public:
  explicit TimeScanner(std::string_view text) : text_(text) {}

  bool done() const { return text_.empty(); }
  bool Take(char wanted) {
    if (text_.empty() || text_.front() != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool Take(std::string_view wanted) {
    if (text_.substr(0, wanted.size()) != wanted) return false;
    text_.remove_prefix(wanted.size());
    return true;
  }
  /// The next character; NUL at the end.
  char next() const { return text_.empty() ? '\0' : text_.front(); }
  /// Exactly `width` digits.
  bool Digits(int width, int32_t* number) {
    if (text_.size() < static_cast<size_t>(width)) return false;
    *number = 0;
    for (int i = 0; i < width; ++i) {
      const char c = text_[static_cast<size_t>(i)];
      if (c < '0' || c > '9') return false;
      *number = *number * 10 + (c - '0');
    }
    text_.remove_prefix(static_cast<size_t>(width));
    return true;
  }
  /// One or more digits.
  bool Number(int64_t* number) {
    if (text_.empty() || text_.front() < '0' || text_.front() > '9') return false;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), *number);
    if (error != std::errc()) return false;
    text_.remove_prefix(static_cast<size_t>(end - text_.data()));
    return true;
  }
  /// An optional point with 1 to 9 digits after it.
  bool Fraction(int32_t* nanos) {
    *nanos = 0;
    if (!Take('.')) return true;
    int digits = 0;
    for (int32_t digit = 0; Digits(1, &digit); ++digits) {
      if (digits == 9) return false;
      *nanos = *nanos * 10 + digit;
    }
    for (int i = digits; i < 9; ++i) *nanos *= 10;
    return digits > 0;
  }

 private:
  std::string_view text_;
};

}  // namespace rowkeeper
