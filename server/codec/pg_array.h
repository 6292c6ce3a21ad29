#pragma once

#include <string>
#include <string_view>

#include "server/base/array_literal.h"

namespace rowkeeper::codec {

/// Walks the elements of a one-dimensional PostgreSQL array literal such as `{1,"a \"b\"",NULL}` or `[5:6]={a,b}`.
class ArrayScanner {
 public:
  enum class Next { kElement, kNull, kEnd, kError };

  explicit ArrayScanner(std::string_view literal) : text_(literal) {}

  /// The element's text is valid until the next call.
  Next Step(std::string_view* element);

 private:
  void SkipBounds();
  Next Quoted(std::string_view* element);
  Next Plain(std::string_view* element);

  std::string_view text_;
  std::string unescaped_;
  bool started_ = false;
};

}  // namespace rowkeeper::codec
