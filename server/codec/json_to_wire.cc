#include "server/codec/json_to_wire.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "absl/strings/escaping.h"
#include "nlohmann/json.hpp"
#include "server/base/text.h"
#include "server/base/time_text.h"
#include "server/codec/json_names.h"
#include "server/codec/number_text.h"
#include "server/codec/time_fields.h"

namespace rowkeeper::codec {
namespace {

using google::protobuf::FieldDescriptor;
using nlohmann::json;

/// How deep the message that holds the column may be: an entity in a list response.
constexpr int kOuterNesting = 1;

class JsonReader {
 public:
  JsonReader(std::string* out, CellProblem* problem) : out_(out), problem_(problem) {}

  /// The field with tag; null is no field, except where null is a value.
  bool Field(const FieldShape& field, const json& value, int depth) {
    if (value.is_null() && (field.repeated || !TakesNull(field))) return true;
    if (field.map) return Map(field, value, depth);
    if (field.repeated) return Repeated(field, value, depth);
    const size_t start = out_->size();
    Tag(field);
    bool zero = false;
    if (!Untagged(field, value, depth, &zero)) return false;
    if (zero && !field.presence) out_->resize(start);
    return true;
  }

 private:
  static bool TakesNull(const FieldShape& field) {
    if (field.message != nullptr) return field.message->well_known == WellKnown::kValue;
    return field.enumeration != nullptr && field.enumeration->null_value;
  }

  bool Fail(std::string problem) {
    if (problem_->words.empty()) problem_->words = std::move(problem);
    return false;
  }
  /// The problem is further in.
  bool FailIn(std::string_view part) {
    problem_->path.insert(0, part);
    return false;
  }
  bool Misfit(const FieldShape& field, const json& value) {
    return Fail(
        Cat("the JSON value there is of type ", value.type_name(), ", which ", field.full_name, " cannot hold"));
  }

  void Tag(const FieldShape& field) { AppendVarint(MakeTag(field.number, field.wire_type), out_); }

  bool Repeated(const FieldShape& field, const json& value, int depth) {
    if (!value.is_array()) return Misfit(field, value);
    if (value.empty()) return true;
    if (field.packed) {
      AppendVarint(MakeTag(field.number, WireType::kLength), out_);
      return AppendLengthPrefixed(out_, [&] { return Elements(field, value, depth); });
    }
    return Elements(field, value, depth);
  }

  bool Elements(const FieldShape& field, const json& value, int depth) {
    bool zero = false;
    for (size_t i = 0; i < value.size(); ++i) {
      if (!field.packed) Tag(field);
      if (!Untagged(field, value[i], depth, &zero)) return FailIn(Cat("[", i, "]"));
    }
    return true;
  }

  bool Map(const FieldShape& field, const json& value, int depth) {
    if (!value.is_object()) return Misfit(field, value);
    if (depth >= kMaxNesting) return TooDeep();
    for (const auto& [key, element] : value.items()) {
      Tag(field);
      const bool good = AppendLengthPrefixed(out_, [&, &key = key, &element = element] {
        if (!MapEntryKey(field, key)) return Misfit(field, value);
        return MapEntryValue(field.message->fields[1], element, depth + 1);
      });
      if (!good) return FailIn(Cat("[", json(key).dump(), "]"));
    }
    return true;
  }

  bool MapEntryKey(const FieldShape& field, const std::string& key) {
    Tag(field.message->fields[0]);
    return MapKey(field.message->fields[0], key);
  }

  bool MapEntryValue(const FieldShape& field, const json& element, int depth) {
    bool zero = false;
    if (element.is_null() && !TakesNull(field)) return Misfit(field, element);
    Tag(field);
    return Untagged(field, element, depth, &zero);
  }

  bool MapKey(const FieldShape& field, const std::string& key) {
    bool zero = false;
    if (field.type == FieldDescriptor::TYPE_BOOL) {
      return (key == "true" || key == "false") && Bits(field, key == "true" ? 1 : 0, &zero);
    }
    return Scalar(field, json(key), &zero);
  }

  /// The value without its tag; `zero` tells a scalar that is the default of its type.
  bool Untagged(const FieldShape& field, const json& value, int depth, bool* zero) {
    if (field.message == nullptr) return Scalar(field, value, zero);
    if (depth >= kMaxNesting) return TooDeep();
    return AppendLengthPrefixed(out_, [&] { return Message(field, value, depth + 1); });
  }

  bool TooDeep() { return Fail("the JSON nests too deep for a protobuf message"); }

  bool Bits(const FieldShape& field, uint64_t value, bool* zero) {
    *zero = value == 0;
    const uint64_t bits = WireBits(field.type, value);
    switch (field.wire_type) {
      case WireType::kFixed32:
        AppendFixed32(static_cast<uint32_t>(bits), out_);
        break;
      case WireType::kFixed64:
        AppendFixed64(bits, out_);
        break;
      default:
        AppendVarint(bits, out_);
    }
    return true;
  }

  bool Scalar(const FieldShape& field, const json& value, bool* zero) {
    switch (field.type) {
      case FieldDescriptor::TYPE_BOOL:
        return value.is_boolean() ? Bits(field, value.get<bool>() ? 1 : 0, zero) : Misfit(field, value);
      case FieldDescriptor::TYPE_INT32:
      case FieldDescriptor::TYPE_SINT32:
      case FieldDescriptor::TYPE_SFIXED32:
        return Signed(field, value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), zero);
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_SINT64:
      case FieldDescriptor::TYPE_SFIXED64:
        return Signed(field, value, std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), zero);
      case FieldDescriptor::TYPE_UINT32:
      case FieldDescriptor::TYPE_FIXED32:
        return Unsigned(field, value, std::numeric_limits<uint32_t>::max(), zero);
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_FIXED64:
        return Unsigned(field, value, std::numeric_limits<uint64_t>::max(), zero);
      case FieldDescriptor::TYPE_FLOAT:
      case FieldDescriptor::TYPE_DOUBLE:
        return Floating(field, value, zero);
      case FieldDescriptor::TYPE_STRING:
      case FieldDescriptor::TYPE_BYTES:
        return Text(field, value, zero);
      case FieldDescriptor::TYPE_ENUM:
        return Enum(field, value, zero);
      default:
        return Misfit(field, value);
    }
  }

  bool Signed(const FieldShape& field, const json& value, int64_t low, int64_t high, bool* zero) {
    int64_t number = 0;
    if (value.is_number_unsigned()) {
      if (value.get<uint64_t>() > static_cast<uint64_t>(high)) return Misfit(field, value);
      number = static_cast<int64_t>(value.get<uint64_t>());
    } else if (value.is_number_integer()) {
      number = value.get<int64_t>();
    } else if (value.is_number_float()) {
      if (!IsWhole(value.get<double>(), -0x1p63)) return Misfit(field, value);
      number = static_cast<int64_t>(value.get<double>());
    } else if (!value.is_string() || !ParseInteger(value.get_ref<const std::string&>(), &number)) {
      return Misfit(field, value);
    }
    if (number < low || number > high) return Misfit(field, value);
    return Bits(field, static_cast<uint64_t>(number), zero);
  }

  bool Unsigned(const FieldShape& field, const json& value, uint64_t high, bool* zero) {
    uint64_t number = 0;
    if (value.is_number_unsigned()) {
      number = value.get<uint64_t>();
    } else if (value.is_number_float()) {
      if (!IsWhole(value.get<double>(), 0)) return Misfit(field, value);
      number = static_cast<uint64_t>(value.get<double>());
    } else if (!value.is_string() || !ParseInteger(value.get_ref<const std::string&>(), &number)) {
      return Misfit(field, value);
    }
    if (number > high) return Misfit(field, value);
    return Bits(field, number, zero);
  }

  /// An integer that was written with an exponent or a fraction of zeros, safely below 2^63.
  static bool IsWhole(double value, double low) { return value >= low && value < 0x1p63 && std::trunc(value) == value; }

  bool Floating(const FieldShape& field, const json& value, bool* zero) {
    double number = 0;
    if (value.is_number()) {
      number = value.get<double>();
    } else if (!value.is_string() || !ParseFloat(value.get_ref<const std::string&>(), &number)) {
      return Misfit(field, value);
    }
    if (field.type == FieldDescriptor::TYPE_DOUBLE) return Bits(field, BitsOf(number), zero);
    const auto narrow = static_cast<float>(number);
    if (std::isinf(narrow) && !std::isinf(number)) return Misfit(field, value);
    return Bits(field, BitsOf(narrow), zero);
  }

  bool Text(const FieldShape& field, const json& value, bool* zero) {
    if (!value.is_string()) return Misfit(field, value);
    const auto& text = value.get_ref<const std::string&>();
    *zero = text.empty();
    if (field.type == FieldDescriptor::TYPE_STRING) {
      AppendLengthDelimited(text, out_);
      return true;
    }
    std::string bytes;
    if (!absl::Base64Unescape(text, &bytes) && !absl::WebSafeBase64Unescape(text, &bytes)) return Misfit(field, value);
    AppendLengthDelimited(bytes, out_);
    return true;
  }

  bool Enum(const FieldShape& field, const json& value, bool* zero) {
    if (value.is_null() && field.enumeration->null_value) return Bits(field, 0, zero);
    if (value.is_number()) {
      return Signed(field, value, std::numeric_limits<int32_t>::min(), std::numeric_limits<int32_t>::max(), zero);
    }
    if (!value.is_string()) return Misfit(field, value);
    const auto found = field.enumeration->number_of.find(value.get_ref<const std::string&>());
    if (found == field.enumeration->number_of.end()) return Misfit(field, value);
    return Bits(field, static_cast<uint64_t>(static_cast<int64_t>(found->second)), zero);
  }

  /// The fields of the message that `field` holds; `depth` is that message's own.
  bool Message(const FieldShape& field, const json& value, int depth) {
    const MessageShape& shape = *field.message;
    switch (shape.well_known) {
      case WellKnown::kNone:
        return Object(field, value, depth);
      case WellKnown::kTimestamp:
      case WellKnown::kDuration:
        return Time(field, value);
      case WellKnown::kFieldMask:
        return Mask(field, value);
      case WellKnown::kStruct:
        return value.is_object() ? Field(shape.fields[0], value, depth) : Misfit(field, value);
      case WellKnown::kListValue:
        return value.is_array() ? Field(shape.fields[0], value, depth) : Misfit(field, value);
      case WellKnown::kWrapper:
        return value.is_null() ? Misfit(field, value) : Field(shape.fields[0], value, depth);
      case WellKnown::kValue:
        return Field(shape.fields[ValueMember(value)], value, depth);
    }
    return false;
  }

  /// google.protobuf.Value's member, in the order of their numbers.
  static size_t ValueMember(const json& value) {
    if (value.is_null()) return 0;
    if (value.is_number()) return 1;
    if (value.is_string()) return 2;
    if (value.is_boolean()) return 3;
    return value.is_object() ? 4 : 5;
  }

  bool Object(const FieldShape& field, const json& value, int depth) {
    if (!value.is_object()) return Misfit(field, value);
    for (const FieldShape& member : field.message->fields) {
      auto found = value.find(member.name);
      if (found == value.end()) found = value.find(member.json_name);
      if (found != value.end() && !Field(member, *found, depth)) return FailIn(Cat(".", member.name));
    }
    return true;
  }

  bool Time(const FieldShape& field, const json& value) {
    TimeValue time;
    if (!value.is_string()) return Misfit(field, value);
    const auto& text = value.get_ref<const std::string&>();
    const bool timestamp = field.message->well_known == WellKnown::kTimestamp;
    if (!(timestamp ? ParseRfc3339(text, &time) : ParseDurationSeconds(text, &time))) return Misfit(field, value);
    AppendTime(time, out_);
    return true;
  }

  bool Mask(const FieldShape& field, const json& value) {
    if (!value.is_string()) return Misfit(field, value);
    std::string_view rest = value.get_ref<const std::string&>();
    while (!rest.empty()) {
      const size_t comma = std::min(rest.find(','), rest.size());
      std::string path;
      AppendSnakePath(rest.substr(0, comma), &path);
      Tag(field.message->fields[0]);
      AppendLengthDelimited(path, out_);
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
    return true;
  }

  std::string* out_;
  CellProblem* problem_;
};

/// The field that an object's key stands for; nullptr where any key may be.
const FieldShape* MemberOf(const FieldShape* field, const std::string& key) {
  if (field == nullptr || field->message == nullptr) return nullptr;
  if (field->map) return &field->message->fields[1];
  if (field->message->well_known != WellKnown::kNone) return nullptr;
  for (const FieldShape& member : field->message->fields) {
    if (member.name == key || member.json_name == key) return &member;
  }
  return nullptr;
}

/// Leaves of the object of `field` what `parts` names.
void Prune(const FieldShape* field, const plan::JsonTree& parts, json* value) {
  for (auto it = value->begin(); it != value->end();) {
    const FieldShape* member = MemberOf(field, it.key());
    const bool named = member != nullptr && !field->map;
    const auto part = parts.keys.find(named ? member->name : it.key());
    const bool kept = part != parts.keys.end() && (part->second.whole() || it->is_object());
    if (!kept) {
      it = value->erase(it);
      continue;
    }
    if (!part->second.whole()) Prune(member, part->second, &*it);
    ++it;
  }
}

bool Parse(std::string_view text, json* value, CellProblem* problem) {
  *value = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (value->is_discarded()) problem->words = "it is not JSON that can be read";
  return !value->is_discarded();
}

/// What an empty object is written as: most documents of most tables are one, and parsing it allocates.
bool AppendEmptyObject(const FieldShape& field, std::string* out) {
  if (field.map) return true;
  if (field.repeated || field.message == nullptr) return false;
  if (field.message->well_known != WellKnown::kNone && field.message->well_known != WellKnown::kStruct) return false;
  AppendVarint(MakeTag(field.number, field.wire_type), out);
  AppendVarint(0, out);
  return true;
}

}  // namespace

bool AppendFieldFromJson(const FieldShape& field, std::string_view text, std::string* out, CellProblem* problem) {
  if (text == "{}" && AppendEmptyObject(field, out)) return true;
  json value;
  return Parse(text, &value, problem) && JsonReader(out, problem).Field(field, value, kOuterNesting);
}

bool AppendFieldFromJson(const FieldShape& field, std::string_view text, const plan::JsonTree& parts, std::string* out,
                         CellProblem* problem) {
  json value;
  if (!Parse(text, &value, problem)) return false;
  if (!value.is_object()) return true;
  Prune(&field, parts, &value);
  return JsonReader(out, problem).Field(field, value, kOuterNesting);
}

}  // namespace rowkeeper::codec
