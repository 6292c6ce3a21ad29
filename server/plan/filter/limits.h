#pragma once

#include <cstddef>
#include <string>

namespace rowkeeper::plan {

/// How much work filters may ask for. More is a violation of the field.
struct FilterLimits {
  // Of a filter expression:
  /// Bytes of its text. Range 1 to 16384, which is what a request's field can hold.
  size_t max_bytes = 16384;
  /// Comparisons. Range 1 to 1000.
  int max_terms = 100;
  /// Parentheses inside one another. Range 1 to 100.
  int max_nesting = 20;
  // Of other filters:
  /// Values of a repeated one, such as IN: PostgreSQL looks for each. Range 1 to 1000000.
  int max_values = 10000;
  /// Bytes of a text that LIKE, PREFIX or SEARCH looks for, or an expression by `*` or `:`. PostgreSQL looks for a long
  /// one in each row, and cannot always be stopped meanwhile. Range 1 to 65536.
  size_t max_search_bytes = 1024;
  /// Words of a text that SEARCH looks for, see search_words.h. Range 1 to 10000.
  int max_search_words = 100;
};

/// "has 2000 bytes; at most …": what is wrong with a text that is longer than max_search_bytes.
std::string TooLongToLookFor(size_t bytes, const FilterLimits& limits);

}  // namespace rowkeeper::plan
