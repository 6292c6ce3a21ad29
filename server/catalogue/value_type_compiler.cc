#include "server/catalogue/value_type_compiler.h"

#include <set>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/catalogue/naming.h"
#include "server/catalogue/options.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

constexpr int kMaxLength = 10485760;
constexpr int kMaxPrecision = 1000;

struct MessageKind {
  ValueKind kind;
  bool wrapper = false;
};

/// Messages that stand for a single value.
const MessageKind* FindValueMessage(const std::string& name) {
  static const auto* const kinds = new absl::flat_hash_map<std::string, MessageKind>{
      {"google.protobuf.Timestamp", {ValueKind::kTimestamp}},
      {"google.protobuf.Duration", {ValueKind::kDuration}},
      {"google.type.Date", {ValueKind::kDate}},
      {"google.protobuf.BoolValue", {ValueKind::kBool, true}},
      {"google.protobuf.Int32Value", {ValueKind::kInt32, true}},
      {"google.protobuf.Int64Value", {ValueKind::kInt64, true}},
      {"google.protobuf.UInt32Value", {ValueKind::kUint32, true}},
      {"google.protobuf.UInt64Value", {ValueKind::kUint64, true}},
      {"google.protobuf.FloatValue", {ValueKind::kFloat, true}},
      {"google.protobuf.DoubleValue", {ValueKind::kDouble, true}},
      {"google.protobuf.StringValue", {ValueKind::kString, true}},
      {"google.protobuf.BytesValue", {ValueKind::kBytes, true}},
  };
  const auto found = kinds->find(name);
  return found == kinds->end() ? nullptr : &found->second;
}

ValueKind ScalarKind(const pb::FieldDescriptor& field) {
  switch (field.cpp_type()) {
    case pb::FieldDescriptor::CPPTYPE_BOOL:
      return ValueKind::kBool;
    case pb::FieldDescriptor::CPPTYPE_INT32:
      return ValueKind::kInt32;
    case pb::FieldDescriptor::CPPTYPE_INT64:
      return ValueKind::kInt64;
    case pb::FieldDescriptor::CPPTYPE_UINT32:
      return ValueKind::kUint32;
    case pb::FieldDescriptor::CPPTYPE_UINT64:
      return ValueKind::kUint64;
    case pb::FieldDescriptor::CPPTYPE_FLOAT:
      return ValueKind::kFloat;
    case pb::FieldDescriptor::CPPTYPE_DOUBLE:
      return ValueKind::kDouble;
    case pb::FieldDescriptor::CPPTYPE_ENUM:
      return ValueKind::kEnum;
    case pb::FieldDescriptor::CPPTYPE_STRING:
      return field.type() == pb::FieldDescriptor::TYPE_BYTES ? ValueKind::kBytes : ValueKind::kString;
    case pb::FieldDescriptor::CPPTYPE_MESSAGE:
      break;
  }
  return ValueKind::kJson;
}

/// What in `message`, at any depth, has no JSON form that could be stored; empty when all has.
std::string UnstorablePart(const pb::Descriptor& message, std::set<const pb::Descriptor*>* seen) {
  if (!seen->insert(&message).second) return "";
  if (message.full_name() == "google.protobuf.Any") return "a google.protobuf.Any";
  if (message.extension_range_count() > 0) return absl::StrCat("the extension range of ", message.full_name());
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    if (field.type() == pb::FieldDescriptor::TYPE_GROUP) return absl::StrCat("the group ", field.full_name());
    if (field.is_required()) return absl::StrCat("the required field ", field.full_name());
    if (field.message_type() == nullptr) continue;
    std::string part = UnstorablePart(*field.message_type(), seen);
    if (!part.empty()) return part;
  }
  return "";
}

/// Reports why a message cannot be a jsonb column; true when it can.
bool CheckJson(const pb::FieldDescriptor& field, Diagnostics* diagnostics) {
  const pb::Descriptor& message = *field.message_type();
  const pb::Descriptor* value = &message;
  if (field.is_map()) value = message.map_value()->message_type();
  if (value == nullptr) return true;
  if (IsEntity(*value)) {
    diagnostics->Error(field, absl::StrCat("a map cannot hold rows of the entity ", value->full_name()),
                       absl::StrCat("write `repeated ", value->full_name(), "` for a relation"));
    return false;
  }
  if (value->full_name() == "google.protobuf.FieldMask") {
    diagnostics->Error(field, "google.protobuf.FieldMask cannot be stored", "write `repeated string` instead");
    return false;
  }
  std::set<const pb::Descriptor*> seen;
  const std::string part = UnstorablePart(*value, &seen);
  if (part.empty()) return true;
  diagnostics->Error(field, absl::StrCat(part, " cannot be stored"),
                     part == "a google.protobuf.Any" ? "write the message's own type, or google.protobuf.Struct"
                                                     : "declare the message in proto3, without it");
  return false;
}

/// Whether every value's name starts with the enum's own and an underscore, followed by more.
bool AllCarryPrefix(const pb::EnumDescriptor& type, const std::string& prefix) {
  for (int i = 0; i < type.value_count(); ++i) {
    const std::string& name = type.value(i)->name();
    if (!absl::StartsWith(name, prefix) || name.size() == prefix.size()) return false;
  }
  return true;
}

std::string LabelOf(const pb::EnumValueDescriptor& value, const std::string& prefix) {
  const v1::EnumValueOptions options = ReadOptions(value).GetExtension(v1::enum_value);
  return options.label().empty() ? value.name().substr(prefix.size()) : options.label();
}

bool CheckLabel(const pb::EnumValueDescriptor& value, const std::string& label, bool native, Diagnostics* diagnostics) {
  if (absl::StrContains(label, absl::string_view("\0", 1))) {
    diagnostics->Error(value, "the label holds a NUL byte", "write another `label`");
    return false;
  }
  if (native && label.size() > kMaxIdentifier) {
    diagnostics->Error(value, "the label is longer than the 63 bytes of a native enum's label",
                       "write a shorter (rowkeeper.v1.enum_value).label");
    return false;
  }
  return true;
}

/// Fills the labels of an enum column. False when they cannot be used.
bool CompileEnum(const pb::FieldDescriptor& field, bool native, ValueType* type, Diagnostics* diagnostics) {
  const pb::EnumDescriptor& declared = *field.enum_type();
  const std::string own_prefix = absl::StrCat(absl::AsciiStrToUpper(SnakeCase(declared.name())), "_");
  const std::string prefix = AllCarryPrefix(declared, own_prefix) ? own_prefix : "";
  std::set<int> numbers;
  std::set<std::string> labels;
  bool good = true;
  for (int i = 0; i < declared.value_count(); ++i) {
    const pb::EnumValueDescriptor& value = *declared.value(i);
    if (!numbers.insert(value.number()).second) continue;
    if (value.number() == 0 && absl::EndsWith(value.name(), "UNSPECIFIED")) {
      type->zero_is_unset = true;
      continue;
    }
    std::string label = LabelOf(value, prefix);
    good = CheckLabel(value, label, native, diagnostics) && good;
    if (!labels.insert(label).second) {
      diagnostics->Error(value,
                         absl::StrCat("the label \"", label, "\" stands for two values of ", declared.full_name()),
                         "write another (rowkeeper.v1.enum_value).label");
      good = false;
    }
    type->labels.push_back({value.number(), std::move(label)});
  }
  if (type->labels.empty()) {
    diagnostics->Error(declared, "the enum has no value to store beside the unspecified one", "add a value");
    good = false;
  }
  if (native) type->native_enum = SnakeCase(declared.name());
  return good;
}

bool ApplyLength(const pb::FieldDescriptor& field, const v1::ColumnOptions& options, ValueType* type,
                 Diagnostics* diagnostics) {
  if (options.max_length() == 0) return true;
  if (type->kind != ValueKind::kString) {
    diagnostics->Error(
        field,
        absl::StrCat(
            "max_length does not fit ", Describe(field),
            type->kind == ValueKind::kUuid || type->kind == ValueKind::kDecimal ? " that is not stored as text" : ""),
        "remove max_length");
    return false;
  }
  if (options.max_length() < 0 || options.max_length() > kMaxLength) {
    diagnostics->Error(field, absl::StrCat("max_length ", options.max_length(), " is out of range"),
                       absl::StrCat("write 1 to ", kMaxLength, ", or nothing for no limit"));
    return false;
  }
  type->max_length = options.max_length();
  return true;
}

bool ApplyPrecision(const pb::FieldDescriptor& field, const v1::ColumnOptions& options, ValueType* type,
                    Diagnostics* diagnostics) {
  if (type->kind != ValueKind::kDecimal) {
    if (options.precision() == 0 && options.scale() == 0) return true;
    diagnostics->Error(field, "precision and scale are for `type: COLUMN_TYPE_DECIMAL` only",
                       "remove them, or add the type to a string field");
    return false;
  }
  type->precision = options.precision();
  type->scale = options.scale();
  if (type->precision == 0) {
    diagnostics->Error(field, "COLUMN_TYPE_DECIMAL needs a precision", "write, for example, `precision: 12, scale: 2`");
  } else if (type->precision < 0 || type->precision > kMaxPrecision) {
    diagnostics->Error(field, absl::StrCat("precision ", type->precision, " is out of range"),
                       absl::StrCat("write 1 to ", kMaxPrecision));
  } else if (type->scale < 0 || type->scale > type->precision) {
    diagnostics->Error(field, absl::StrCat("scale ", type->scale, " is out of range"),
                       absl::StrCat("write 0 to the precision, ", type->precision));
  } else {
    return true;
  }
  return false;
}

/// Applies the declared column type. False when it does not fit.
bool ApplyColumnType(const pb::FieldDescriptor& field, v1::ColumnType declared, ValueType* type,
                     Diagnostics* diagnostics) {
  const bool text = type->kind == ValueKind::kString;
  std::string fitting;
  if (declared == v1::COLUMN_TYPE_UUID) {
    if (text || type->kind == ValueKind::kBytes)
      type->kind = ValueKind::kUuid;
    else
      fitting = "a string or bytes field";
  } else if (declared == v1::COLUMN_TYPE_DECIMAL) {
    if (text)
      type->kind = ValueKind::kDecimal;
    else
      fitting = "a string field";
  } else if (declared == v1::COLUMN_TYPE_NATIVE_ENUM && type->kind != ValueKind::kEnum) {
    fitting = "an enum field";
  } else if (!v1::ColumnType_IsValid(declared)) {
    fitting = "no field that this version knows";
  }
  if (fitting.empty()) return true;
  diagnostics->Error(field, absl::StrCat(v1::ColumnType_Name(declared), " does not fit ", Describe(field)),
                     absl::StrCat("it is for ", fitting, ": change the field or remove the type"));
  return false;
}

/// The type as the field alone says it, before options.
std::optional<ValueType> TypeOfField(const pb::FieldDescriptor& field, Diagnostics* diagnostics) {
  ValueType type;
  type.array = field.is_repeated();
  type.kind = ScalarKind(field);
  if (field.message_type() == nullptr) return type;
  const MessageKind* value = field.is_map() ? nullptr : FindValueMessage(field.message_type()->full_name());
  if (value != nullptr && !(value->wrapper && field.is_repeated())) {
    type.kind = value->kind;
    type.wrapper = value->wrapper;
    return type;
  }
  type.array = false;
  if (!CheckJson(field, diagnostics)) return std::nullopt;
  return type;
}

}  // namespace

std::optional<ValueType> CompileValueType(const pb::FieldDescriptor& field, const v1::ColumnOptions& options,
                                          Diagnostics* diagnostics) {
  if (field.type() == pb::FieldDescriptor::TYPE_GROUP) {
    diagnostics->Error(field, "a group cannot be stored", "declare a message and a field of its type");
    return std::nullopt;
  }
  if (field.is_required()) {
    diagnostics->Error(field, "a proto2 `required` field cannot be stored",
                       "declare the message in proto3; a field without `optional` is NOT NULL there");
    return std::nullopt;
  }
  std::optional<ValueType> type = TypeOfField(field, diagnostics);
  if (!type) return std::nullopt;
  bool good = ApplyColumnType(field, options.type(), &*type, diagnostics);
  if (good) good = ApplyLength(field, options, &*type, diagnostics);
  if (good) good = ApplyPrecision(field, options, &*type, diagnostics);
  if (type->kind == ValueKind::kEnum) {
    good = CompileEnum(field, options.type() == v1::COLUMN_TYPE_NATIVE_ENUM, &*type, diagnostics) && good;
  }
  return good ? type : std::nullopt;
}

bool IsNullable(const pb::FieldDescriptor& field) {
  if (field.is_repeated()) return false;
  if (field.has_optional_keyword() || field.real_containing_oneof() != nullptr) return true;
  if (field.message_type() == nullptr) return false;
  const MessageKind* value = FindValueMessage(field.message_type()->full_name());
  return value != nullptr && value->wrapper;
}

std::string EmptyContainer(const pb::FieldDescriptor& field, const ValueType& type) {
  if (type.array) return "{}";
  if (field.is_map()) return "{}";
  if (field.is_repeated()) return "[]";
  const std::string& message = field.message_type()->full_name();
  if (message == "google.protobuf.ListValue") return "[]";
  return message == "google.protobuf.Struct" ? "{}" : "null";
}

std::string Describe(const pb::FieldDescriptor& field) {
  if (field.is_map()) return "a map field";
  std::string name = field.type_name();
  if (field.message_type() != nullptr) name = field.message_type()->full_name();
  if (field.is_repeated()) return absl::StrCat("a repeated ", name, " field");
  const bool vowel = absl::StrContains("aeio", name.substr(0, 1));
  return absl::StrCat(vowel ? "an " : "a ", name, " field");
}

std::string Describe(const ValueType& type) {
  static constexpr const char* kNames[] = {"boolean",
                                           "integer",
                                           "bigint",
                                           "bigint (uint32)",
                                           "numeric(20,0) (uint64)",
                                           "real",
                                           "double precision",
                                           "text",
                                           "bytea",
                                           "uuid",
                                           "numeric",
                                           "enum",
                                           "timestamptz",
                                           "interval",
                                           "date",
                                           "jsonb"};
  return absl::StrCat(kNames[static_cast<int>(type.kind)], type.array ? "[]" : "");
}

}  // namespace rowkeeper::catalogue
