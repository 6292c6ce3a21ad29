#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowkeeper::plan {

/// An operand of a filter expression, as it was written.
struct FilterValue {
  /// Escapes resolved.
  std::string text;
  bool quoted = false;
  /// Where in `text` an unescaped `*` stands, ascending.
  std::vector<size_t> stars;
  /// Byte offset in the expression.
  size_t offset = 0;

  bool is_null() const { return !quoted && text == "null"; }
  bool is_star() const { return text == "*" && !stars.empty(); }
};

enum class FilterComparator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kHas };

/// Takes the pieces of a filter expression off its front. The text must outlive it. Not thread-safe.
class FilterScanner {
 public:
  explicit FilterScanner(std::string_view text) : text_(text) {}

  size_t offset() const { return offset_; }
  void SkipSpace();
  bool done() const { return offset_ == text_.size(); }
  /// The next character; NUL at the end.
  char Peek() const { return done() ? '\0' : text_[offset_]; }
  bool Take(char wanted);
  /// AND, OR or NOT, standing alone.
  bool TakeKeyword(std::string_view keyword);
  /// A run of characters that a name can have; may be empty.
  std::string TakeName();
  std::optional<FilterComparator> TakeComparator();
  /// A word or quoted string; nullopt for a string that does not end, and an empty unquoted text where none begins.
  std::optional<FilterValue> TakeValue();
  /// What is there next, shortened for a message.
  std::string Next() const;

 private:
  std::optional<FilterValue> TakeQuoted();

  const std::string_view text_;
  size_t offset_ = 0;
};

}  // namespace rowkeeper::plan
