#include "server/schema/type_fit.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "server/sql/types.h"

namespace rowkeeper::schema {
namespace {

using catalogue::Column;
using catalogue::Entity;
using catalogue::ValueKind;
using catalogue::ValueType;

/// "timestamp(3) with time zone[]" taken apart.
struct LiveType {
  /// Without what is in parentheses: "timestamp with time zone".
  std::string name;
  std::vector<int> modifiers;
  bool array = false;
};

LiveType ReadType(std::string_view text) {
  LiveType type;
  type.array = absl::EndsWith(std::string(text), "[]");
  if (type.array) text.remove_suffix(2);
  const size_t open = text.find('('), close = text.find(')');
  type.name = std::string(text.substr(0, open));
  if (open == std::string_view::npos || close == std::string_view::npos) return type;
  type.name += std::string(text.substr(close + 1));
  const std::string inside(text.substr(open + 1, close - open - 1));
  for (const absl::string_view part : absl::StrSplit(inside, ',')) {
    int number = 0;
    if (absl::SimpleAtoi(part, &number)) type.modifiers.push_back(number);
  }
  return type;
}

/// The longest value that the field may have, characters; 0: no limit.
int LongestOf(const ValueType& type) {
  if (type.kind != ValueKind::kEnum) return type.max_length;
  int longest = 1;
  for (const catalogue::EnumLabel& label : type.labels) {
    longest = std::max(longest, static_cast<int>(label.label.size()));
  }
  return longest;
}

Breaks OfText(const ValueType& type, const LiveType& live) {
  const bool varying = live.name == "character varying";
  if (!varying && live.name != "text") return Breaks::kColumn;
  // No operator compares arrays of text with arrays of bounded texts.
  const bool declared_varying = type.kind == ValueKind::kString && type.max_length > 0;
  if (type.array && varying != declared_varying) return Breaks::kColumn;
  const int longest = LongestOf(type);
  if (!varying || live.modifiers.empty()) return Breaks::kNothing;
  return longest > 0 && longest <= live.modifiers[0] ? Breaks::kNothing : Breaks::kStored;
}

Breaks OfNumeric(const ValueType& type, const LiveType& live) {
  if (live.name != "numeric") return Breaks::kColumn;
  const bool whole = type.kind == ValueKind::kUint64;
  const Breaks wider = whole ? Breaks::kReturned : Breaks::kNothing;
  if (live.modifiers.size() != 2) return wider;
  const int precision = whole ? 20 : type.precision, scale = whole ? 0 : type.scale;
  const int live_scale = live.modifiers[1], live_digits = live.modifiers[0] - live_scale;
  if (whole && live_scale > 0) return Breaks::kColumn;
  return live_scale >= scale && live_digits >= precision - scale ? wider : Breaks::kStored;
}

Breaks OfInteger(ValueKind kind, const LiveType& live) {
  static const std::vector<std::string> sizes = {"smallint", "integer", "bigint"};
  const auto found = std::find(sizes.begin(), sizes.end(), live.name);
  if (found == sizes.end()) return Breaks::kColumn;
  const auto wanted = sizes.begin() + (kind == ValueKind::kInt32 ? 1 : 2);
  return found < wanted ? Breaks::kStored : Breaks::kReturned;
}

/// Another precision of the same type, which rounds what is stored.
Breaks OfRounded(std::string_view wanted, const LiveType& live) {
  return live.name == wanted ? Breaks::kStored : Breaks::kColumn;
}

Breaks Judge(const ValueType& type, const LiveType& live) {
  if (type.array != live.array) return Breaks::kColumn;
  switch (type.kind) {
    case ValueKind::kString:
    case ValueKind::kEnum:
      return OfText(type, live);
    case ValueKind::kDecimal:
    case ValueKind::kUint64:
      return OfNumeric(type, live);
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kUint32:
      return OfInteger(type.kind, live);
    case ValueKind::kTimestamp:
      return OfRounded("timestamp with time zone", live);
    case ValueKind::kDuration:
      return OfRounded("interval", live);
    case ValueKind::kBool:
    case ValueKind::kFloat:
    case ValueKind::kDouble:
    case ValueKind::kBytes:
    case ValueKind::kUuid:
    case ValueKind::kDate:
    case ValueKind::kJson:
      break;
  }
  return Breaks::kColumn;
}

bool IsTheNativeEnum(const Entity& entity, const Column& column, const LiveColumn& live) {
  return live.type_name == column.type.native_enum && ReadType(live.type).array == column.type.array &&
         (entity.schema.empty() || live.type_schema == entity.schema);
}

}  // namespace

std::optional<TypeDifference> CompareTypes(const Entity& entity, const Column& column, const LiveColumn& live) {
  TypeDifference difference;
  if (!column.type.native_enum.empty()) {
    if (IsTheNativeEnum(entity, column, live)) return std::nullopt;
  } else {
    if (live.type == sql::SqlType(column.type)) return std::nullopt;
    difference.breaks = Judge(column.type, ReadType(live.type));
  }
  const std::string wanted = sql::ColumnType(entity, column.type);
  difference.problem =
      difference.breaks == Breaks::kNothing
          ? absl::StrCat("is ", live.type, " where the field needs ", wanted, ": every value of the field fits in it")
          : absl::StrCat("is ", live.type, ", but the field needs ", wanted);
  return difference;
}

}  // namespace rowkeeper::schema
