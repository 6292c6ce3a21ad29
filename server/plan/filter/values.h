#pragma once

#include <cstddef>
#include <string_view>

namespace rowkeeper::plan {

struct ValuesOfArray {
  int count = 0;
  /// Bytes of the longest as the literal writes it: a little more than it has, where characters are escaped.
  size_t longest = 0;
};

/// What is in an array literal that a repeated field was made into.
ValuesOfArray CountValues(std::string_view literal);

}  // namespace rowkeeper::plan
