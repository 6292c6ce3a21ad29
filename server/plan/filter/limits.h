#pragma once

#include <cstddef>

namespace rowkeeper::plan {

/// How large a filter expression may be. More is a violation of its field.
struct FilterLimits {
  /// Bytes of its text. Range 1 to 16384, which is what a request's field can hold.
  size_t max_bytes = 16384;
  /// Comparisons. Range 1 to 1000.
  int max_terms = 100;
  /// Parentheses inside one another. Range 1 to 100.
  int max_nesting = 20;
};

}  // namespace rowkeeper::plan
