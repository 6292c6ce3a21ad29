#include "server/schema/type_change.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace rowkeeper::schema {
namespace {

int PlaceIn(const std::string& name, const std::vector<std::string>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? -1 : static_cast<int>(found - names.begin());
}

TypeChange BetweenTexts(const ParsedType& from, const ParsedType& to) {
  if (to.name == "text") return TypeChange::kNoRewrite;
  const bool both_limited = from.modifiers.size() == 1 && to.modifiers.size() == 1;
  return both_limited && to.modifiers[0] >= from.modifiers[0] ? TypeChange::kNoRewrite : TypeChange::kUnsure;
}

/// numeric(p,s) to numeric: as many digits before and behind the point.
TypeChange BetweenNumerics(const ParsedType& from, const ParsedType& to) {
  if (from.modifiers.size() != 2 || to.modifiers.size() != 2) return TypeChange::kUnsure;
  const int before = from.modifiers[0] - from.modifiers[1], after = to.modifiers[0] - to.modifiers[1];
  if (to.modifiers[1] < from.modifiers[1] || after < before) return TypeChange::kUnsure;
  return to.modifiers[1] == from.modifiers[1] ? TypeChange::kNoRewrite : TypeChange::kRewrite;
}

}  // namespace

ParsedType ParseType(const std::string& text) {
  ParsedType type;
  type.array = absl::EndsWith(text, "[]");
  const size_t open = text.find('('), close = text.find(')');
  type.name = text.substr(0, std::min(open, text.size() - (type.array ? 2 : 0)));
  if (open == std::string::npos || close == std::string::npos) return type;
  const std::string modifiers = text.substr(open + 1, close - open - 1);
  for (const absl::string_view part : absl::StrSplit(modifiers, ',')) {
    int number = 0;
    if (absl::SimpleAtoi(part, &number)) type.modifiers.push_back(number);
  }
  return type;
}

bool IsText(const ParsedType& type) { return type.name == "text" || type.name == "character varying"; }

TypeChange JudgeTypeChange(const ParsedType& from, const ParsedType& to) {
  static const std::vector<std::string> integers = {"smallint", "integer", "bigint"};
  if (from.array != to.array) return TypeChange::kUnsure;
  if (IsText(from) && IsText(to)) {
    const TypeChange change = BetweenTexts(from, to);
    return from.array && change == TypeChange::kNoRewrite ? TypeChange::kRewrite : change;
  }
  if (from.array) return TypeChange::kUnsure;
  if (from.name == "numeric" && to.name == "numeric") return BetweenNumerics(from, to);
  const int narrow = PlaceIn(from.name, integers), wide = PlaceIn(to.name, integers);
  if (narrow >= 0 && wide > narrow) return TypeChange::kRewrite;
  if (from.name == "real" && to.name == "double precision") return TypeChange::kRewrite;
  if (from.name == "integer" && to.name == "double precision") return TypeChange::kRewrite;
  if (from.name == "uuid" && to.name == "text") return TypeChange::kRewrite;
  return TypeChange::kUnsure;
}

}  // namespace rowkeeper::schema
