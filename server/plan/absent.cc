#include "server/plan/absent.h"

#include "server/catalogue/value_type_compiler.h"
#include "server/plan/call.h"

namespace rowkeeper::plan {

using catalogue::Column;
using catalogue::ValueKind;

std::optional<std::string> FilterZero(const Column& column) {
  switch (column.type.kind) {
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kJson:
      return std::nullopt;
    default:
      if (column.type.array || (column.key && column.has_default())) return std::nullopt;
      return ZeroText(column);
  }
}

std::optional<std::string> StoredZero(const Column& column) {
  return column.key ? FilterZero(column) : ZeroText(column);
}

bool ResolveAbsent(const Column& column, Argument* argument, const std::string& name, FieldViolations* violations) {
  if (argument->present || column.nullable) return true;
  const std::optional<std::string> zero = StoredZero(column);
  if (!zero.has_value()) {
    violations->Add(name, "is required");
    return false;
  }
  *argument = {true, *zero};
  return true;
}

std::optional<std::string> ZeroText(const Column& column) {
  if (column.type.array) return "{}";
  switch (column.type.kind) {
    case ValueKind::kBool:
      return "f";
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kUint32:
    case ValueKind::kUint64:
    case ValueKind::kFloat:
    case ValueKind::kDouble:
      return "0";
    case ValueKind::kString:
      return "";
    case ValueKind::kBytes:
      return "\\x";
    case ValueKind::kEnum:
      if (column.type.zero_is_unset) return std::nullopt;
      for (const catalogue::EnumLabel& label : column.type.labels) {
        if (label.number == 0) return label.label;
      }
      return std::nullopt;
    case ValueKind::kJson:
      return catalogue::EmptyContainer(*column.field, column.type);
    case ValueKind::kUuid:
    case ValueKind::kDecimal:
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
    case ValueKind::kDate:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace rowkeeper::plan
