#include "server/sql/representable.h"

#include <google/protobuf/descriptor.h>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

using catalogue::Column;
using catalogue::ValueKind;
using catalogue::ValueType;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

/// Tag, length and value of anything that is no text.
constexpr int kSmall = 40;
/// Tag and length, of the field and of a wrapper in it.
constexpr int kFraming = 24;
/// Of an identifier or a label.
constexpr int kLongestName = 63;
/// JSON text grows on the wire: `1,` is a Value of a double within a ListValue.
constexpr int kJsonGrowth = 12;

std::string Between(const std::string& cell, const char* low, const char* below) {
  return Cat(cell, " >= '", low, "' AND ", cell, " < '", below, "'");
}

std::string OneOfLabels(const ValueType& type, const std::string& cell) {
  if (type.labels.empty()) return cell + " IS NULL";
  const std::string text = type.native_enum.empty() ? cell : cell + "::text";
  return Cat(
      text, " IN (",
      absl::StrJoin(type.labels, ", ",
                    [](std::string* out, const catalogue::EnumLabel& label) { out->append(Literal(label.label)); }),
      ")");
}

/// A Duration has no months: their length is not known. PostgreSQL compares as if a month had 30 days. Days and hours
/// of different signs may be too large each, although their sum is not.
std::string IsDuration(const std::string& cell) {
  const auto within = [&cell](const char* part, int most) {
    return Cat(" AND EXTRACT(", part, " FROM ", cell, ") BETWEEN -", most, " AND ", most);
  };
  return Cat("EXTRACT(year FROM ", cell, ") = 0 AND EXTRACT(month FROM ", cell, ") = 0 AND ", cell,
             " > '-315576000001 seconds' AND ", cell, " < '315576000001 seconds'", within("day", 3652501),
             within("hour", 87660001));
}

/// The condition on one value, be it a cell or an element of an array; empty: there is none.
std::string ValueFits(const ValueType& type, const std::string& value) {
  switch (type.kind) {
    case ValueKind::kTimestamp:  // infinity is on neither side
      return Between(value, "0001-01-01 00:00:00+00", "10000-01-01 00:00:00+00");
    case ValueKind::kDate:
      return Between(value, "0001-01-01", "10000-01-01");
    case ValueKind::kDuration:
      return IsDuration(value);
    case ValueKind::kEnum:
      return OneOfLabels(type, value);
    case ValueKind::kUint32:
      return Cat(value, " >= 0 AND ", value, " <= 4294967295");
    case ValueKind::kUint64:
      return Cat(value, " >= 0 AND ", value, " <= 18446744073709551615");
    case ValueKind::kBool:
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kFloat:
    case ValueKind::kDouble:
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kUuid:
    case ValueKind::kDecimal:
    case ValueKind::kJson:
      break;
  }
  return "";
}

/// No dimension but one, and no NULL among its elements.
std::string ArrayFits(const ValueType& type, const std::string& cell) {
  const std::string element = ValueFits(type, "\"#x\"");
  const std::string elements = element.empty() ? Cat("array_position(", cell, ", NULL) IS NULL")
                                               : Cat("NOT EXISTS (SELECT FROM unnest(", cell,
                                                     ") AS \"#e\"(\"#x\") WHERE (", element, ") IS NOT TRUE)");
  return Cat("CASE WHEN array_ndims(", cell, ") > 1 THEN false ELSE ", elements, " END");
}

/// Numbers that a double holds, and no deeper nesting than any message has room for.
std::string IsModestJson(const std::string& cell) {
  return Cat("NOT jsonb_path_exists(", cell, ", '$.** ? (@ > 1e300 || @ < -1e300)') AND NOT jsonb_path_exists(", cell,
             ", 'strict $.**{20 to last}')");
}

std::string IsOfType(const std::string& cell, const char* type) {
  return Cat("jsonb_typeof(", cell, ") = '", type, "'");
}

/// What SQL can tell of a value in jsonb.
enum class JsonShape { kUnknown, kMapOfTexts, kMapOfBools, kObject, kArray, kAnyValue };

JsonShape ShapeOfMap(const Descriptor& entry) {
  if (entry.map_key()->type() != FieldDescriptor::TYPE_STRING) return JsonShape::kUnknown;
  const FieldDescriptor::Type value = entry.map_value()->type();
  if (value == FieldDescriptor::TYPE_BOOL) return JsonShape::kMapOfBools;
  return value == FieldDescriptor::TYPE_STRING ? JsonShape::kMapOfTexts : JsonShape::kUnknown;
}

JsonShape ShapeOf(const FieldDescriptor& field) {
  if (field.is_map()) return ShapeOfMap(*field.message_type());
  if (field.is_repeated() || field.message_type() == nullptr) return JsonShape::kUnknown;
  switch (field.message_type()->well_known_type()) {
    case Descriptor::WELLKNOWNTYPE_STRUCT:
      return JsonShape::kObject;
    case Descriptor::WELLKNOWNTYPE_LISTVALUE:
      return JsonShape::kArray;
    case Descriptor::WELLKNOWNTYPE_VALUE:
      return JsonShape::kAnyValue;
    default:
      return JsonShape::kUnknown;
  }
}

/// `{"key": value}`
std::string IsMapOf(const std::string& cell, const char* type) {
  return Cat(IsOfType(cell, "object"), " AND NOT jsonb_path_exists(", cell, ", 'strict $.* ? (@.type() != \"", type,
             "\")')");
}

std::string JsonFits(const FieldDescriptor& field, const std::string& cell) {
  switch (ShapeOf(field)) {
    case JsonShape::kMapOfTexts:
      return IsMapOf(cell, "string");
    case JsonShape::kMapOfBools:
      return IsMapOf(cell, "boolean");
    case JsonShape::kObject:
      return Cat(IsOfType(cell, "object"), " AND ", IsModestJson(cell));
    case JsonShape::kArray:
      return Cat(IsOfType(cell, "array"), " AND ", IsModestJson(cell));
    case JsonShape::kAnyValue:
      return IsModestJson(cell);
    case JsonShape::kUnknown:
      break;
  }
  return "false";
}

bool IsText(ValueKind kind) {
  return kind == ValueKind::kString || kind == ValueKind::kBytes || kind == ValueKind::kDecimal;
}

/// `octet_length` does not read what is stored out of line.
std::string Octets(ValueKind kind, const std::string& value) {
  return kind == ValueKind::kDecimal ? Cat("octet_length(", value, "::text)") : Cat("octet_length(", value, ")");
}

}  // namespace

std::string Representable(const Column& column, const std::string& cell) {
  return column.type.array ? ArrayFits(column.type, cell) : ValueFits(column.type, cell);
}

bool IsTold(const Column& column) {
  return column.type.kind != ValueKind::kJson || ShapeOf(*column.field) != JsonShape::kUnknown;
}

std::string SurelyRepresentable(const Column& column, const std::string& cell) {
  if (column.type.kind != ValueKind::kJson) return "";
  return JsonFits(*column.field, cell);
}

WireSize LargestWireSize(const Column& column, const std::string& cell) {
  const ValueType& type = column.type;
  if (type.array) {
    // Its text has all that is in the elements, and quotes.
    const std::string text = IsText(type.kind) ? Cat(" + octet_length(", cell, "::text)") : "";
    return {kFraming, Cat("cardinality(", cell, ")::bigint * ", kSmall, text)};
  }
  if (type.kind == ValueKind::kJson) return {kFraming, Cat("octet_length(", cell, "::text)::bigint * ", kJsonGrowth)};
  if (type.kind == ValueKind::kString && type.max_length > 0) return {kFraming + 4 * type.max_length, ""};
  if (type.kind == ValueKind::kDecimal && type.precision > 0) return {kFraming + type.precision + 3, ""};
  if (IsText(type.kind)) return {kFraming, Octets(type.kind, cell)};
  return {kSmall, ""};
}

WireSize SentSize(const Column& column, const std::string& cell) {
  const ValueType& type = column.type;
  if (type.array) {
    const bool small = !IsText(type.kind) && type.kind != ValueKind::kEnum;
    return {0, small ? Cat("cardinality(", cell, ")::bigint * ", kSmall) : Cat("octet_length(", cell, "::text)")};
  }
  switch (type.kind) {
    case ValueKind::kJson:
      return {0, Cat("octet_length(", cell, "::text)")};
    case ValueKind::kBytes:  // two digits a byte
      return {kSmall, Cat("octet_length(", cell, ")::bigint * 2")};
    case ValueKind::kString:
      if (type.max_length > 0 && type.max_length <= kSmall) return {4 * kSmall, ""};
      return {0, Octets(type.kind, cell)};
    case ValueKind::kDecimal:
      if (type.precision > 0) return {type.precision + 3, ""};
      return {0, Octets(type.kind, cell)};
    case ValueKind::kEnum:
      if (type.native_enum.empty()) return {0, Cat("octet_length(", cell, ")")};
      return {kLongestName, ""};
    default:
      return {kSmall, ""};
  }
}

}  // namespace rowkeeper::sql
