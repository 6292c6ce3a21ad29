#include "tests/fuzz/reference.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <memory>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "google/protobuf/struct.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/protobuf/util/field_mask_util.h"
#include "google/protobuf/util/json_util.h"
#include "google/type/date.pb.h"

namespace rowkeeper::fuzz {
namespace {

using catalogue::ValueKind;
using catalogue::ValueType;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int64_t kMaxDuration = 315576000000;

/// A text, or nothing when the value is refused.
struct Text {
  bool ok = true;
  std::string text;
};
constexpr auto kRefused = [] { return Text{false, ""}; };

template <typename Float>
std::string FloatText(Float value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  char buffer[64];
  return std::string(buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr);
}

bool TimestampOk(int64_t seconds, int64_t nanos) {
  return seconds >= -62135596800 && seconds <= 253402300799 && nanos >= 0 && nanos <= 999999999;
}

bool DurationOk(int64_t seconds, int64_t nanos) {
  return std::abs(seconds) <= kMaxDuration && seconds != INT64_MIN && std::abs(nanos) <= 999999999 &&
         !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0);
}

Text TimestampText(const google::protobuf::Timestamp& value) {
  if (!TimestampOk(value.seconds(), value.nanos())) return kRefused();
  const absl::Time time = absl::FromUnixSeconds(value.seconds()) + absl::Nanoseconds(value.nanos());
  return {true, absl::FormatTime("%E4Y-%m-%d %H:%M:%E6S+00", time, absl::UTCTimeZone())};
}

Text DurationText(const google::protobuf::Duration& value) {
  if (!DurationOk(value.seconds(), value.nanos())) return kRefused();
  const bool negative = value.seconds() < 0 || value.nanos() < 0;
  return {true, absl::StrFormat("%s%d.%06d seconds", negative ? "-" : "", std::abs(value.seconds()),
                                std::abs(value.nanos()) / 1000)};
}

Text DateText(const google::type::Date& value) {
  const bool small = value.year() >= 1 && value.year() <= 9999 && value.month() >= 1 && value.month() <= 12 &&
                     value.day() >= 1 && value.day() <= 31;
  if (!small) return kRefused();
  const absl::CivilDay day(value.year(), value.month(), value.day());
  if (day.day() != value.day()) return kRefused();
  return {true, absl::StrFormat("%04d-%02d-%02d", value.year(), value.month(), value.day())};
}

Text UuidText(const std::string& value) {
  std::string digits = absl::AsciiStrToLower(value);
  if (digits.size() == 36) {
    for (const size_t dash : {23, 18, 13, 8}) {
      if (digits[dash] != '-') return kRefused();
      digits.erase(dash, 1);
    }
  }
  if (digits.size() != 32 || digits.find_first_not_of("0123456789abcdef") != std::string::npos) return kRefused();
  for (const size_t dash : {8, 13, 18, 23}) digits.insert(dash, "-");
  return {true, digits};
}

bool FitsDecimal(std::string value, const ValueType& type) {
  if (!value.empty() && (value[0] == '-' || value[0] == '+')) value.erase(0, 1);
  const std::vector<std::string> parts = absl::StrSplit(value, '.');
  if (parts.size() > 2) return false;
  for (const std::string& part : parts) {
    if (part.empty() || part.find_first_not_of("0123456789") != std::string::npos) return false;
  }
  const size_t first = std::min(parts[0].find_first_not_of('0'), parts[0].size());
  return parts[0].size() - first <= static_cast<size_t>(type.precision - type.scale) &&
         (parts.size() == 1 || parts[1].size() <= static_cast<size_t>(type.scale));
}

Text StringText(const std::string& value, const ValueType& type) {
  if (type.kind == ValueKind::kUuid) return UuidText(value);
  if (type.kind == ValueKind::kDecimal) return FitsDecimal(value, type) ? Text{true, value} : kRefused();
  if (value.find('\0') != std::string::npos) return kRefused();
  int characters = 0;
  for (const unsigned char c : value) characters += c < 0x80 || c >= 0xc0 ? 1 : 0;
  if (type.max_length > 0 && characters > type.max_length) return kRefused();
  return {true, value};
}

Text BytesText(const std::string& value, const ValueType& type) {
  const std::string hex = absl::BytesToHexString(value);
  if (type.kind == ValueKind::kUuid) return value.size() == 16 ? StringText(hex, type) : kRefused();
  return {true, "\\x" + hex};
}

Text EnumText(int number, const ValueType& type) {
  for (const auto& label : type.labels) {
    if (label.number == number) return {true, label.label};
  }
  return kRefused();
}

Text ElementText(const Message& message, const FieldDescriptor& field, int index, const ValueType& type);

Text MessageText(const Message& value, const ValueType& type) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&value)) return TimestampText(*time);
  if (const auto* time = dynamic_cast<const google::protobuf::Duration*>(&value)) return DurationText(*time);
  if (const auto* date = dynamic_cast<const google::type::Date*>(&value)) return DateText(*date);
  return ElementText(value, *value.GetDescriptor()->field(0), -1, type);  // a wrapper
}

/// Of a singular field (index -1) or one element.
Text ElementText(const Message& message, const FieldDescriptor& field, int index, const ValueType& type) {
  const auto& reflection = *message.GetReflection();
  const bool one = index < 0;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_BOOL:
      return {true, (one ? reflection.GetBool(message, &field) : reflection.GetRepeatedBool(message, &field, index))
                        ? "t"
                        : "f"};
    case FieldDescriptor::CPPTYPE_INT32:
      return {true, std::to_string(one ? reflection.GetInt32(message, &field)
                                       : reflection.GetRepeatedInt32(message, &field, index))};
    case FieldDescriptor::CPPTYPE_INT64:
      return {true, std::to_string(one ? reflection.GetInt64(message, &field)
                                       : reflection.GetRepeatedInt64(message, &field, index))};
    case FieldDescriptor::CPPTYPE_UINT32:
      return {true, std::to_string(one ? reflection.GetUInt32(message, &field)
                                       : reflection.GetRepeatedUInt32(message, &field, index))};
    case FieldDescriptor::CPPTYPE_UINT64: {
      const uint64_t value =
          one ? reflection.GetUInt64(message, &field) : reflection.GetRepeatedUInt64(message, &field, index);
      if (type.kind == ValueKind::kInt32 && value > INT32_MAX) return kRefused();
      return {true, std::to_string(value)};
    }
    case FieldDescriptor::CPPTYPE_FLOAT:
      return {true, FloatText(one ? reflection.GetFloat(message, &field)
                                  : reflection.GetRepeatedFloat(message, &field, index))};
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return {true, FloatText(one ? reflection.GetDouble(message, &field)
                                  : reflection.GetRepeatedDouble(message, &field, index))};
    case FieldDescriptor::CPPTYPE_ENUM:
      return EnumText(
          one ? reflection.GetEnumValue(message, &field) : reflection.GetRepeatedEnumValue(message, &field, index),
          type);
    case FieldDescriptor::CPPTYPE_STRING: {
      const std::string value =
          one ? reflection.GetString(message, &field) : reflection.GetRepeatedString(message, &field, index);
      return field.type() == FieldDescriptor::TYPE_BYTES ? BytesText(value, type) : StringText(value, type);
    }
    default:
      return MessageText(
          one ? reflection.GetMessage(message, &field) : reflection.GetRepeatedMessage(message, &field, index), type);
  }
}

std::string QuotedElement(const std::string& text, ValueKind kind) {
  const bool quotes = kind == ValueKind::kString || kind == ValueKind::kBytes || kind == ValueKind::kEnum ||
                      kind == ValueKind::kTimestamp || kind == ValueKind::kDuration;
  return quotes ? "\"" + absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"\"", "\\\""}}) + "\"" : text;
}

bool MaskHasJson(const google::protobuf::FieldMask& mask) {
  using google::protobuf::util::FieldMaskUtil;
  for (const std::string& path : mask.paths()) {
    google::protobuf::FieldMask one;
    google::protobuf::FieldMask back;
    std::string json;
    one.add_paths(path);
    if (path.find('\0') != std::string::npos || !FieldMaskUtil::ToJsonString(one, &json) ||
        !FieldMaskUtil::FromJsonString(json, &back) || back.paths_size() != 1 || back.paths(0) != path) {
      return false;
    }
  }
  return true;
}

bool HasJson(const Message& message);

/// Whether jsonb can hold the field.
bool FieldHasJson(const Message& message, const FieldDescriptor& field) {
  const auto& reflection = *message.GetReflection();
  const bool repeated = field.is_repeated();
  const int count = repeated ? reflection.FieldSize(message, &field) : (reflection.HasField(message, &field) ? 1 : 0);
  for (int i = 0; i < count; ++i) {
    if (field.type() == FieldDescriptor::TYPE_STRING) {
      const std::string text =
          repeated ? reflection.GetRepeatedString(message, &field, i) : reflection.GetString(message, &field);
      if (text.find('\0') != std::string::npos) return false;
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      if (!HasJson(repeated ? reflection.GetRepeatedMessage(message, &field, i)
                            : reflection.GetMessage(message, &field))) {
        return false;
      }
    }
  }
  return true;
}

bool HasJson(const Message& message) {
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message)) {
    return TimestampOk(time->seconds(), time->nanos());
  }
  if (const auto* time = dynamic_cast<const google::protobuf::Duration*>(&message)) {
    return DurationOk(time->seconds(), time->nanos());
  }
  if (const auto* mask = dynamic_cast<const google::protobuf::FieldMask*>(&message)) return MaskHasJson(*mask);
  if (const auto* value = dynamic_cast<const google::protobuf::Value*>(&message)) {
    if (value->has_number_value() && !std::isfinite(value->number_value())) return false;
  }
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    if (!FieldHasJson(message, *message.GetDescriptor()->field(i))) return false;
  }
  return true;
}

void CanonicalizeFloats(Message* message, const FieldDescriptor& field) {
  const auto& reflection = *message->GetReflection();
  const auto canonical = [](auto value) {
    return std::isnan(value) ? decltype(value)(NAN) : value == 0 ? decltype(value)(0) : value;
  };
  const bool is_float = field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT;
  if (!field.is_repeated()) {
    if (!reflection.HasField(*message, &field)) return;
    if (is_float) return reflection.SetFloat(message, &field, canonical(reflection.GetFloat(*message, &field)));
    return reflection.SetDouble(message, &field, canonical(reflection.GetDouble(*message, &field)));
  }
  for (int i = 0; i < reflection.FieldSize(*message, &field); ++i) {
    if (is_float) {
      reflection.SetRepeatedFloat(message, &field, i, canonical(reflection.GetRepeatedFloat(*message, &field, i)));
    } else {
      reflection.SetRepeatedDouble(message, &field, i, canonical(reflection.GetRepeatedDouble(*message, &field, i)));
    }
  }
}

}  // namespace

Expectation Expect(const Message& message, const FieldDescriptor& field, const ValueType& type) {
  const auto& reflection = *message.GetReflection();
  if (type.kind == ValueKind::kJson) {
    const bool present =
        field.is_repeated() ? reflection.FieldSize(message, &field) > 0 : reflection.HasField(message, &field);
    return {present, present && !FieldHasJson(message, field), ""};
  }
  if (!field.is_repeated()) {
    if (!reflection.HasField(message, &field)) return {};
    if (type.kind == ValueKind::kEnum && type.zero_is_unset && reflection.GetEnumValue(message, &field) == 0) return {};
    const Text text = ElementText(message, field, -1, type);
    return {true, !text.ok, text.text};
  }
  std::vector<std::string> elements;
  for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
    const Text text = ElementText(message, field, i, type);
    if (!text.ok) return {true, true, ""};
    elements.push_back(QuotedElement(text.text, type.kind));
  }
  return {!elements.empty(), false, "{" + absl::StrJoin(elements, ",") + "}"};
}

std::string CompareJson(const Message& message, const FieldDescriptor& field, const std::string& json) {
  const std::unique_ptr<Message> read(message.New());
  const auto status =
      google::protobuf::util::JsonStringToMessage("{\"" + field.name() + "\":" + json + "}", read.get());
  if (!status.ok()) return "protobuf refuses " + json + ": " + status.ToString();
  const std::unique_ptr<Message> wanted(message.New());
  wanted->CopyFrom(message);
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor* other = message.GetDescriptor()->field(i);
    if (other != &field) wanted->GetReflection()->ClearField(wanted.get(), other);
  }
  Canonicalize(wanted.get());
  Canonicalize(read.get());
  if (Deterministic(*wanted) == Deterministic(*read)) return "";
  return "JSON " + json + " is\n" + read->DebugString() + "instead of\n" + wanted->DebugString();
}

void Canonicalize(Message* message) {
  const auto& reflection = *message->GetReflection();
  reflection.MutableUnknownFields(message)->Clear();
  if (auto* value = dynamic_cast<google::protobuf::Value*>(message)) {
    if (value->kind_case() == google::protobuf::Value::KIND_NOT_SET)
      value->set_null_value(google::protobuf::NULL_VALUE);
    if (value->has_null_value()) value->set_null_value(google::protobuf::NULL_VALUE);
  }
  for (int i = 0; i < message->GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message->GetDescriptor()->field(i);
    if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT || field.cpp_type() == FieldDescriptor::CPPTYPE_DOUBLE) {
      CanonicalizeFloats(message, field);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_ENUM &&
               field.enum_type()->full_name() == "google.protobuf.NullValue" &&
               field.real_containing_oneof() == nullptr) {
      reflection.ClearField(message, &field);
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      const int count = field.is_repeated() ? reflection.FieldSize(*message, &field) : 0;
      for (int j = 0; j < count; ++j) Canonicalize(reflection.MutableRepeatedMessage(message, &field, j));
      if (!field.is_repeated() && reflection.HasField(*message, &field))
        Canonicalize(reflection.MutableMessage(message, &field));
    }
  }
}

std::string Deterministic(const Message& message) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  google::protobuf::io::CodedOutputStream coded(&stream);
  coded.SetSerializationDeterministic(true);
  message.SerializeToCodedStream(&coded);
  coded.Trim();
  return bytes;
}

}  // namespace rowkeeper::fuzz
