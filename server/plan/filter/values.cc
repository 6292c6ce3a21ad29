#include "server/plan/filter/values.h"

#include <algorithm>

namespace rowkeeper::plan {

/// In quotes, a backslash stands before what means itself.
ValuesOfArray CountValues(std::string_view literal) {
  if (literal.size() <= 2) return {};
  ValuesOfArray values;
  size_t begin = 1;
  bool quoted = false;
  const auto end_value = [&](size_t end) {
    ++values.count;
    values.longest = std::max(values.longest, end - begin);
    begin = end + 1;
  };
  for (size_t i = 1; i + 1 < literal.size(); ++i) {
    if (literal[i] == '\\') {
      ++i;
    } else if (literal[i] == '"') {
      quoted = !quoted;
    } else if (literal[i] == ',' && !quoted) {
      end_value(i);
    }
  }
  end_value(literal.size() - 1);
  return values;
}

}  // namespace rowkeeper::plan
