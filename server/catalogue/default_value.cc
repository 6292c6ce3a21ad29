#include "server/catalogue/default_value.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/dynamic_message.h"
#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "server/base/time_text.h"
#include "server/catalogue/value_type_compiler.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

/// What protobuf reads; before it refuses more it takes time that grows with the square of the depth.
constexpr int kDeepestJson = 100;

std::string_view View(absl::string_view text) { return {text.data(), text.size()}; }

absl::Status Write(absl::string_view remedy) { return absl::InvalidArgumentError(remedy); }

DefaultValue Literal(std::string text) { return DefaultValue{DefaultKind::kLiteral, std::move(text)}; }

template <typename Integer>
absl::StatusOr<DefaultValue> ParseInteger(absl::string_view text) {
  Integer value = 0;
  if (!absl::SimpleAtoi(text, &value)) {
    return Write(absl::StrCat("write a whole number from ", std::numeric_limits<Integer>::min(), " to ",
                              std::numeric_limits<Integer>::max()));
  }
  return Literal(absl::StrCat(value));
}

absl::StatusOr<DefaultValue> ParseBool(absl::string_view text) {
  if (text != "true" && text != "false") return Write("write true or false");
  return Literal(std::string(text));
}

bool IsZero(ValueKind kind, double value) {
  return kind == ValueKind::kFloat ? static_cast<float>(value) == 0 : value == 0;
}

/// Whether a number that was read says zero, and is not just too small.
bool SaysZero(absl::string_view text) {
  return text.substr(0, text.find_first_of("eE")).find_first_of("123456789") == absl::string_view::npos;
}

absl::StatusOr<DefaultValue> ParseReal(ValueKind kind, absl::string_view text) {
  double value = 0;
  const bool read = absl::SimpleAtod(text, &value);
  const double largest =
      kind == ValueKind::kFloat ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max();
  const bool said_infinite = absl::StrContains(absl::AsciiStrToLower(text), "inf");
  if (!read || (std::abs(value) > largest && !said_infinite) || (IsZero(kind, value) && !SaysZero(text))) {
    return Write("write a number such as 0.5 that the type can hold");
  }
  if (std::isnan(value)) return Literal("NaN");
  if (std::isinf(value)) return Literal(value > 0 ? "Infinity" : "-Infinity");
  return Literal(std::string(text));
}

absl::StatusOr<DefaultValue> ParseString(const ValueType& type, absl::string_view text) {
  if (text.find('\0') != absl::string_view::npos) return Write("leave out the NUL byte, which PostgreSQL cannot store");
  int characters = 0;
  for (const char c : text) characters += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  if (type.max_length > 0 && characters > type.max_length) {
    return Write(absl::StrCat("write at most max_length, ", type.max_length, ", characters"));
  }
  return Literal(std::string(text));
}

/// With dashes in their places or without any, as in requests.
absl::StatusOr<DefaultValue> ParseUuid(absl::string_view text) {
  constexpr size_t kDashes[] = {8, 13, 18, 23};
  std::string uuid = absl::AsciiStrToLower(text);
  if (uuid.size() == 32) {
    for (const size_t dash : kDashes) uuid.insert(dash, 1, '-');
  }
  bool good = uuid.size() == 36;
  for (size_t i = 0; good && i < uuid.size(); ++i) {
    const bool dash = absl::c_linear_search(kDashes, i);
    good = dash ? uuid[i] == '-' : absl::ascii_isxdigit(uuid[i]);
  }
  if (!good) return Write("write a UUID such as 0b5253c7-9d6c-4b6f-8a59-3f3b1f6c1f0e");
  return Literal(std::move(uuid));
}

absl::StatusOr<DefaultValue> ParseDecimal(const ValueType& type, absl::string_view text) {
  absl::string_view digits = text;
  if (absl::StartsWith(digits, "-") || absl::StartsWith(digits, "+")) digits.remove_prefix(1);
  const size_t point = digits.find('.');
  absl::string_view whole = digits.substr(0, point);
  const absl::string_view fraction = point == absl::string_view::npos ? "" : digits.substr(point + 1);
  bool good = !whole.empty() && (point == absl::string_view::npos || !fraction.empty());
  for (const char c : absl::StrCat(whole, fraction)) good = good && absl::ascii_isdigit(c);
  while (absl::StartsWith(whole, "0")) whole.remove_prefix(1);
  good = good && static_cast<int>(whole.size()) <= type.precision - type.scale;
  if (!good || static_cast<int>(fraction.size()) > type.scale) {
    return Write(absl::StrCat("write a decimal number with at most ", type.precision - type.scale,
                              " digits before the point and ", type.scale, " after it"));
  }
  return Literal(std::string(text));
}

absl::StatusOr<DefaultValue> ParseEnum(const pb::EnumDescriptor& declared, const ValueType& type,
                                       absl::string_view text) {
  const pb::EnumValueDescriptor* value = declared.FindValueByName(std::string(text));
  std::vector<std::string> names;
  for (const EnumLabel& label : type.labels) {
    if (value != nullptr && label.number == value->number()) return Literal(label.label);
    names.push_back(declared.FindValueByNumber(label.number)->name());
  }
  return Write(absl::StrCat("write one of ", absl::StrJoin(names, ", ")));
}

absl::StatusOr<DefaultValue> ParseTimestamp(absl::string_view text) {
  if (text == "now") return DefaultValue{DefaultKind::kNow, ""};
  std::optional<std::string> time = CanonicalTimestamp(text);
  if (!time) return Write("write a time such as 2026-01-31T08:00:00Z, in the years 1 to 9999 of UTC, or now");
  return Literal(*std::move(time));
}

absl::StatusOr<DefaultValue> ParseDuration(absl::string_view text) {
  TimeValue value;
  if (!ParseDurationSeconds(View(text), &value)) {
    return Write("write seconds such as 3600s or 0.5s, 315576000000 at most");
  }
  std::string literal;
  AppendInterval(value, &literal);
  return Literal(std::move(literal));
}

absl::StatusOr<DefaultValue> ParseDate(absl::string_view text) {
  if (text == "now") return DefaultValue{DefaultKind::kNow, ""};
  DateValue date;
  if (!rowkeeper::ParseDate(View(text), &date)) return Write("write a date such as 2026-01-31, or now");
  return Literal(std::string(text));
}

/// What keeps protobuf from reading `text` as the value of `field`, or from writing it again (it reads times outside
/// the years 1 to 9999); empty when nothing does.
std::string JsonProblem(const pb::FieldDescriptor& field, absl::string_view text) {
  pb::DynamicMessageFactory factory;
  const std::unique_ptr<pb::Message> message(factory.GetPrototype(field.containing_type())->New());
  const std::string json = absl::StrCat("{\"", field.name(), "\":", text, "}");
  auto status = pb::util::JsonStringToMessage(json, message.get());
  std::string written;
  if (status.ok()) status = pb::util::MessageToJsonString(*message, &written);
  return status.ok() ? "" : status.ToString();
}

absl::StatusOr<DefaultValue> ParseJson(const pb::FieldDescriptor& field, absl::string_view text) {
  const bool list =
      !field.is_map() && (field.is_repeated() || field.message_type()->full_name() == "google.protobuf.ListValue");
  const bool any = !field.is_repeated() && field.message_type()->full_name() == "google.protobuf.Value";
  int deepest = 0;
  const auto note_depth = [&deepest](int depth, nlohmann::json::parse_event_t, nlohmann::json&) {
    deepest = std::max(deepest, depth);
    return true;
  };
  const nlohmann::json value = nlohmann::json::parse(text, note_depth, false);
  if (value.is_discarded()) return Write("write JSON");
  if (deepest > kDeepestJson) return Write(absl::StrCat("write JSON that nests at most ", kDeepestJson, " times"));
  if (list && !value.is_array()) return Write("write a JSON array");
  if (!list && !any && !value.is_object()) return Write("write a JSON object");
  const std::string problem = JsonProblem(field, text);
  if (!problem.empty()) return Write(absl::StrCat("write JSON that its type can be read from: ", problem));
  return Literal(std::string(text));
}

}  // namespace

std::optional<std::string> CanonicalTimestamp(absl::string_view text) {
  TimeValue value;
  if (!ParseRfc3339(View(text), &value)) return std::nullopt;
  value.nanos -= value.nanos % 1000;
  std::string canonical;
  AppendRfc3339(value, &canonical);
  return canonical;
}

absl::StatusOr<DefaultValue> ParseDefaultValue(const pb::FieldDescriptor& field, const ValueType& type,
                                               absl::string_view text) {
  if (type.array) return Write("remove it: a repeated field starts empty");
  switch (type.kind) {
    case ValueKind::kBool:
      return ParseBool(text);
    case ValueKind::kInt32:
      return ParseInteger<int32_t>(text);
    case ValueKind::kInt64:
      return ParseInteger<int64_t>(text);
    case ValueKind::kUint32:
      return ParseInteger<uint32_t>(text);
    case ValueKind::kUint64:
      return ParseInteger<uint64_t>(text);
    case ValueKind::kFloat:
    case ValueKind::kDouble:
      return ParseReal(type.kind, text);
    case ValueKind::kString:
      return ParseString(type, text);
    case ValueKind::kBytes:
      return Literal(absl::StrCat("\\x", absl::BytesToHexString(text)));
    case ValueKind::kUuid:
      return ParseUuid(text);
    case ValueKind::kDecimal:
      return ParseDecimal(type, text);
    case ValueKind::kEnum:
      return ParseEnum(*field.enum_type(), type, text);
    case ValueKind::kTimestamp:
      return ParseTimestamp(text);
    case ValueKind::kDuration:
      return ParseDuration(text);
    case ValueKind::kDate:
      return ParseDate(text);
    case ValueKind::kJson:
      return ParseJson(field, text);
  }
  return Write("remove it");
}

}  // namespace rowkeeper::catalogue
