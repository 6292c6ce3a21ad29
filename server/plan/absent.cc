#include "server/plan/absent.h"

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

bool ResolveAbsent(const Column& column, Argument* argument, const std::string& name, FieldViolations* violations) {
  if (argument->present || column.nullable) return true;
  const std::optional<std::string> zero = ZeroText(column);
  if (!zero.has_value()) {
    violations->Add(name, "is required");
    return false;
  }
  *argument = {true, *zero};
  return true;
}

}  // namespace rowkeeper::plan
