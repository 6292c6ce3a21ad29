#include "server/sql/types.h"

#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

using catalogue::ValueKind;
using catalogue::ValueType;

std::string ElementType(const ValueType& type) {
  switch (type.kind) {
    case ValueKind::kBool:
      return "boolean";
    case ValueKind::kInt32:
      return "integer";
    case ValueKind::kInt64:
    case ValueKind::kUint32:
      return "bigint";
    case ValueKind::kUint64:
      return "numeric(20,0)";
    case ValueKind::kFloat:
      return "real";
    case ValueKind::kDouble:
      return "double precision";
    case ValueKind::kString:
      if (type.max_length == 0) return "text";
      return "character varying(" + std::to_string(type.max_length) + ")";
    case ValueKind::kBytes:
      return "bytea";
    case ValueKind::kUuid:
      return "uuid";
    case ValueKind::kDecimal:
      return "numeric(" + std::to_string(type.precision) + "," + std::to_string(type.scale) + ")";
    case ValueKind::kEnum:
      return type.native_enum.empty() ? "text" : Identifier(type.native_enum);
    case ValueKind::kTimestamp:
      return "timestamp with time zone";
    case ValueKind::kDuration:
      return "interval";
    case ValueKind::kDate:
      return "date";
    case ValueKind::kJson:
      return "jsonb";
  }
  return "text";
}

const char* ArraySuffix(const ValueType& type) { return type.array ? "[]" : ""; }

}  // namespace

std::string SqlType(const ValueType& type) { return ElementType(type) + ArraySuffix(type); }

std::string ColumnType(const catalogue::Entity& entity, const ValueType& type) {
  if (type.native_enum.empty()) return SqlType(type);
  return InSchemaOf(entity, type.native_enum) + ArraySuffix(type);
}

std::string ParameterType(const catalogue::Entity& entity, const ValueType& type) {
  if (type.kind == ValueKind::kString && type.array && type.max_length > 0) return "character varying[]";
  if (type.kind == ValueKind::kString) return std::string("text") + ArraySuffix(type);
  if (type.kind == ValueKind::kDecimal || type.kind == ValueKind::kUint64)
    return std::string("numeric") + ArraySuffix(type);
  return ColumnType(entity, type);
}

std::string ArrayType(const catalogue::Entity& entity, const catalogue::Column& column) {
  catalogue::ValueType type = column.type;
  type.array = true;
  return ParameterType(entity, type);
}

}  // namespace rowkeeper::sql
