#include "server/codec/pg_array.h"

namespace rowkeeper::codec {

ArrayScanner::Next ArrayScanner::Step(std::string_view* element) {
  if (!started_) {
    started_ = true;
    SkipBounds();
    if (text_.empty() || text_.front() != '{') return Next::kError;
    text_.remove_prefix(1);
    if (text_ == "}") return Next::kEnd;
  } else {
    if (text_ == "}") return Next::kEnd;
    if (text_.empty() || text_.front() != ',') return Next::kError;
    text_.remove_prefix(1);
  }
  if (text_.empty()) return Next::kError;
  return text_.front() == '"' ? Quoted(element) : Plain(element);
}

/// `[5:7]=` comes first where an array does not begin at 1. One dimension has one pair of bounds.
void ArrayScanner::SkipBounds() {
  if (text_.empty() || text_.front() != '[') return;
  const size_t end = text_.find_first_not_of("0123456789:-", 1);
  if (end != std::string_view::npos && text_.substr(end, 2) == "]=") text_.remove_prefix(end + 2);
}

ArrayScanner::Next ArrayScanner::Quoted(std::string_view* element) {
  text_.remove_prefix(1);
  const size_t stop = text_.find_first_of("\"\\");
  if (stop == std::string_view::npos) return Next::kError;
  if (text_[stop] == '"') {
    *element = text_.substr(0, stop);
    text_.remove_prefix(stop + 1);
    return Next::kElement;
  }
  unescaped_.clear();
  while (!text_.empty()) {
    char c = text_.front();
    text_.remove_prefix(1);
    if (c == '"') {
      *element = unescaped_;
      return Next::kElement;
    }
    if (c == '\\') {
      if (text_.empty()) break;
      c = text_.front();
      text_.remove_prefix(1);
    }
    unescaped_.push_back(c);
  }
  return Next::kError;
}

ArrayScanner::Next ArrayScanner::Plain(std::string_view* element) {
  const size_t stop = text_.find_first_of(",}");
  if (stop == std::string_view::npos || stop == 0 || text_.front() == '{') return Next::kError;
  *element = text_.substr(0, stop);
  text_.remove_prefix(stop);
  return *element == "NULL" ? Next::kNull : Next::kElement;
}

}  // namespace rowkeeper::codec
