#include "server/plan/filter/scanner.h"

#include <algorithm>

#include "server/base/utf8.h"

namespace rowkeeper::plan {
namespace {

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool EndsName(char c) {
  return IsSpace(c) || std::string_view("()\"',.:=<>!*\\").find(c) != std::string_view::npos || c == '\0';
}
/// A value may hold colons, points and stars: 2026-01-31T08:00:00Z, 1.5, a*.
bool EndsValue(char c) { return IsSpace(c) || std::string_view("()\"',=<>!").find(c) != std::string_view::npos; }

}  // namespace

void FilterScanner::SkipSpace() {
  while (!done() && IsSpace(text_[offset_])) ++offset_;
}

bool FilterScanner::Take(char wanted) {
  if (done() || text_[offset_] != wanted) return false;
  ++offset_;
  return true;
}

bool FilterScanner::TakeKeyword(std::string_view keyword) {
  if (text_.substr(offset_, keyword.size()) != keyword) return false;
  const size_t end = offset_ + keyword.size();
  const bool alone = end == text_.size() || IsSpace(text_[end]) || text_[end] == '(';
  if (alone) offset_ = end;
  return alone;
}

std::string FilterScanner::TakeName() {
  const size_t start = offset_;
  while (!done() && !EndsName(text_[offset_])) ++offset_;
  return std::string(text_.substr(start, offset_ - start));
}

std::optional<FilterComparator> FilterScanner::TakeComparator() {
  if (Take('=')) return FilterComparator::kEqual;
  if (Take(':')) return FilterComparator::kHas;
  if (Take('<')) return Take('=') ? FilterComparator::kLessOrEqual : FilterComparator::kLess;
  if (Take('>')) return Take('=') ? FilterComparator::kGreaterOrEqual : FilterComparator::kGreater;
  if (text_.substr(offset_, 2) != "!=") return std::nullopt;
  offset_ += 2;
  return FilterComparator::kNotEqual;
}

std::optional<FilterValue> FilterScanner::TakeValue() {
  if (Peek() == '"' || Peek() == '\'') return TakeQuoted();
  FilterValue value;
  value.offset = offset_;
  for (; !done() && !EndsValue(text_[offset_]); ++offset_) {
    const bool escaped = text_[offset_] == '\\' && offset_ + 1 < text_.size();
    if (escaped) ++offset_;
    if (!escaped && text_[offset_] == '*') value.stars.push_back(value.text.size());
    value.text.push_back(text_[offset_]);
  }
  return value;
}

std::optional<FilterValue> FilterScanner::TakeQuoted() {
  FilterValue value;
  value.quoted = true;
  value.offset = offset_;
  const char quote = text_[offset_++];
  for (; !done(); ++offset_) {
    const char c = text_[offset_];
    if (c == quote) {
      ++offset_;
      return value;
    }
    const bool escaped = c == '\\';
    if (escaped && ++offset_ == text_.size()) break;
    if (!escaped && c == '*') value.stars.push_back(value.text.size());
    value.text.push_back(text_[offset_]);
  }
  return std::nullopt;
}

std::string FilterScanner::Next() const { return ShortenUtf8(text_.substr(offset_), 40); }

}  // namespace rowkeeper::plan
