#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/plan/filter/expression.h"
#include "server/plan/filter/scanner.h"

namespace rowkeeper::plan {

/// One condition as it was written: `labels.color = "red"`.
struct FilterRestriction {
  /// "labels", "color".
  std::vector<std::string> path;
  FilterComparator comparator = FilterComparator::kEqual;
  FilterValue value;
};

/// What `restriction` asks of `column`, the one that its path begins with. Its operand, if it has one, is appended to
/// `operands` and named by its place there. nullopt: `*problem` says what is wrong, and `*limit` what it is beyond,
/// if anything.
std::optional<FilterExpression> MakeCondition(const catalogue::Column& column, int index,
                                              const FilterRestriction& restriction, const FilterLimits& limits,
                                              std::vector<std::string>* operands, std::string* problem,
                                              std::optional<Limit>* limit);

}  // namespace rowkeeper::plan
