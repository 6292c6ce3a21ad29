#include "server/plan/filter/operand.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_join.h"
#include "nlohmann/json.hpp"
#include "server/base/text.h"
#include "server/catalogue/default_value.h"

namespace rowkeeper::plan {
namespace {

using catalogue::Column;
using catalogue::ValueKind;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::optional<std::string> Refuse(std::string* remedy, std::string what) {
  *remedy = std::move(what);
  return std::nullopt;
}

/// By the name of the value or by the label that is stored for it.
std::optional<std::string> ReadEnum(const Column& column, const std::string& text, std::string* remedy) {
  const google::protobuf::EnumDescriptor& type = *column.field->enum_type();
  const auto* value = type.FindValueByName(text);
  std::vector<std::string> names;
  for (const catalogue::EnumLabel& label : column.type.labels) {
    if (label.label == text || (value != nullptr && value->number() == label.number)) return label.label;
    names.push_back(type.FindValueByNumber(label.number)->name());
  }
  return Refuse(remedy, Cat("write one of ", absl::StrJoin(names, ", ")));
}

std::optional<std::string> ReadTimestamp(const std::string& text, std::string* remedy) {
  std::optional<std::string> time = catalogue::CanonicalTimestamp(text);
  if (time.has_value()) return time;
  return Refuse(remedy, "write a time with its zone, such as \"2026-01-31T08:00:00Z\", in the years 1 to 9999 of UTC");
}

std::optional<std::string> ReadBytes(const std::string& text, std::string* remedy) {
  std::string bytes;
  if (!absl::Base64Unescape(text, &bytes)) return Refuse(remedy, "write the bytes in base64");
  return Cat("\\x", absl::BytesToHexString(bytes));
}

bool StoresTextInJson(const FieldDescriptor& value) {
  switch (value.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_INT64:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_ENUM:
      return true;
    default:
      return false;
  }
}

}  // namespace

JsonObject JsonObjectOf(const Column& column) {
  if (column.type.kind != ValueKind::kJson) return JsonObject::kNone;
  const FieldDescriptor& field = *column.field;
  if (field.is_map()) {
    const FieldDescriptor& value = *field.message_type()->map_value();
    if (value.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) return JsonObject::kKeys;
    return StoresTextInJson(value) ? JsonObject::kTexts : JsonObject::kScalars;
  }
  const bool single_struct =
      !field.is_repeated() && field.message_type()->well_known_type() == Descriptor::WELLKNOWNTYPE_STRUCT;
  return single_struct ? JsonObject::kAny : JsonObject::kNone;
}

bool IsPlainText(const Column& column) { return column.type.kind == ValueKind::kString && !column.type.array; }

bool HasOrder(const Column& column) {
  switch (column.type.kind) {
    case ValueKind::kBool:
    case ValueKind::kUuid:
    case ValueKind::kJson:
      return false;
    case ValueKind::kEnum:
      return !column.type.array && !column.type.native_enum.empty();
    default:
      return !column.type.array;
  }
}

std::optional<std::string> ReadOperand(const Column& column, const FilterValue& value, std::string* remedy) {
  switch (column.type.kind) {
    case ValueKind::kString:
      return value.text;  // any length may be asked for
    case ValueKind::kEnum:
      return ReadEnum(column, value.text, remedy);
    case ValueKind::kTimestamp:
      return ReadTimestamp(value.text, remedy);
    case ValueKind::kBytes:
      return ReadBytes(value.text, remedy);
    case ValueKind::kDate:
      if (value.text == "now") return Refuse(remedy, "write a date such as 2026-01-31");
      break;
    default:
      break;
  }
  catalogue::ValueType type = column.type;
  type.array = false;
  const auto parsed = catalogue::ParseDefaultValue(*column.field, type, value.text);
  if (!parsed.ok()) return Refuse(remedy, std::string(parsed.status().message()));
  return parsed->literal;
}

std::string LikePattern(const FilterValue& value) {
  std::string pattern;
  for (size_t i = 0; i < value.text.size(); ++i) {
    const char c = value.text[i];
    if (std::binary_search(value.stars.begin(), value.stars.end(), i)) {
      pattern.push_back('%');
      continue;
    }
    if (c == '%' || c == '_' || c == '\\') pattern.push_back('\\');
    pattern.push_back(c);
  }
  return pattern;
}

std::string JsonString(std::string_view text) {
  return nlohmann::json(std::string(text)).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string JsonOperand(const FilterValue& value, JsonObject object) {
  if (object == JsonObject::kTexts || value.quoted) return JsonString(value.text);
  const nlohmann::json parsed = nlohmann::json::parse(value.text, nullptr, false);
  if (parsed.is_boolean() || parsed.is_number()) return value.text;  // as written: a double would lose digits
  return JsonString(value.text);
}

}  // namespace rowkeeper::plan
