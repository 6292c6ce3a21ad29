#include "server/codec/wire_to_json.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "server/base/text.h"
#include "server/base/time_text.h"
#include "server/codec/json_names.h"
#include "server/codec/number_text.h"
#include "server/codec/utf8.h"

namespace rowkeeper::codec {
namespace {

using google::protobuf::FieldDescriptor;

void AppendJsonString(std::string_view text, std::string* out) {
  constexpr char kHex[] = "0123456789abcdef";
  out->push_back('"');
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out->append("\\u00");
      out->push_back(kHex[c >> 4]);
      out->push_back(kHex[c & 15]);
    } else {
      out->push_back(c);
    }
  }
  out->push_back('"');
}

class JsonWriter {
 public:
  JsonWriter(std::string* out, std::string* problem) : out_(out), problem_(problem) {}

  bool Field(const FieldShape& field, const Slot& occurrences) {
    if (field.map) return Map(*field.message, occurrences);
    if (!field.repeated) return Singular(field, occurrences);
    out_->push_back('[');
    bool first = true;
    const bool ok = ForEachElement(field, occurrences, [&](const Occurrence& element) {
      Separate(&first);
      return Singular(field, Slot{element});
    });
    out_->push_back(']');
    return ok;
  }

 private:
  void Separate(bool* first) {
    if (!*first) out_->push_back(',');
    *first = false;
  }

  bool Fail(std::string problem) {
    if (problem_->empty()) *problem_ = std::move(problem);
    return false;
  }

  bool String(std::string_view text) {
    if (HasNul(text)) return Fail(std::string(kNulProblem));
    if (!IsValidUtf8(text)) return Fail("holds text that is not valid UTF-8");
    AppendJsonString(text, out_);
    return true;
  }

  void Quoted(std::string_view text) {
    out_->push_back('"');
    out_->append(text);
    out_->push_back('"');
  }

  /// The value of a field that is not repeated, or one element; nothing in `occurrences` is the default value.
  bool Singular(const FieldShape& field, const Slot& occurrences) {
    if (field.message != nullptr) return Message(*field.message, occurrences);
    return Scalar(field, occurrences.empty() ? Occurrence() : occurrences.back());
  }

  bool Scalar(const FieldShape& field, const Occurrence& value) {
    const uint64_t bits = NormalizeBits(field.type, value.bits);
    switch (field.type) {
      case FieldDescriptor::TYPE_BOOL:
        out_->append(bits != 0 ? "true" : "false");
        return true;
      case FieldDescriptor::TYPE_INT32:
      case FieldDescriptor::TYPE_SINT32:
      case FieldDescriptor::TYPE_SFIXED32:
      case FieldDescriptor::TYPE_UINT32:
      case FieldDescriptor::TYPE_FIXED32:
        AppendInteger(static_cast<int64_t>(bits), out_);
        return true;
      case FieldDescriptor::TYPE_INT64:
      case FieldDescriptor::TYPE_SINT64:
      case FieldDescriptor::TYPE_SFIXED64:
        out_->push_back('"');
        AppendInteger(static_cast<int64_t>(bits), out_);
        out_->push_back('"');
        return true;
      case FieldDescriptor::TYPE_UINT64:
      case FieldDescriptor::TYPE_FIXED64:
        out_->push_back('"');
        AppendInteger(bits, out_);
        out_->push_back('"');
        return true;
      case FieldDescriptor::TYPE_FLOAT:
        return Floating(FloatOfBits(bits));
      case FieldDescriptor::TYPE_DOUBLE:
        return Floating(DoubleOfBits(bits));
      case FieldDescriptor::TYPE_STRING:
        return String(value.payload);
      case FieldDescriptor::TYPE_BYTES:
        Quoted(absl::Base64Escape(ToAbsl(value.payload)));
        return true;
      case FieldDescriptor::TYPE_ENUM:
        return Enum(*field.enumeration, static_cast<int>(static_cast<int64_t>(bits)));
      default:
        return Fail("holds a protobuf group, which has no JSON form");
    }
  }

  template <typename Float>
  bool Floating(Float value) {
    if (!std::isfinite(value)) out_->push_back('"');
    AppendFloat(value, out_);
    if (!std::isfinite(value)) out_->push_back('"');
    return true;
  }

  bool Enum(const EnumShape& shape, int number) {
    const auto found = shape.name_of.find(number);
    if (shape.null_value) {
      out_->append("null");
    } else if (found != shape.name_of.end()) {
      Quoted(found->second);
    } else {
      AppendInteger(static_cast<int64_t>(number), out_);
    }
    return true;
  }

  bool Message(const MessageShape& shape, const Slot& pieces) {
    std::vector<Slot> slots;
    if (!CollectFields(shape, pieces, &slots)) return Fail("is damaged");
    switch (shape.well_known) {
      case WellKnown::kNone:
        return Object(shape, slots);
      case WellKnown::kTimestamp:
      case WellKnown::kDuration:
        return Time(shape, slots);
      case WellKnown::kFieldMask:
        return Mask(slots[0]);
      case WellKnown::kStruct:
      case WellKnown::kListValue:
        return Field(shape.fields[0], slots[0]);
      case WellKnown::kWrapper:
        return Singular(shape.fields[0], slots[0]);
      case WellKnown::kValue:
        return AnyJson(shape, slots);
    }
    return false;
  }

  static bool IsAbsent(const FieldShape& field, const Slot& slot) {
    if (slot.empty()) return true;
    if (field.map || field.message != nullptr || field.presence) return false;
    if (field.repeated) {
      return std::all_of(slot.begin(), slot.end(), [&field](const Occurrence& occurrence) {
        return occurrence.type != field.wire_type && occurrence.payload.empty();
      });
    }
    return NormalizeBits(field.type, slot.back().bits) == 0 && slot.back().payload.empty();
  }

  bool Object(const MessageShape& shape, const std::vector<Slot>& slots) {
    out_->push_back('{');
    bool first = true;
    for (size_t i = 0; i < slots.size(); ++i) {
      if (IsAbsent(shape.fields[i], slots[i])) continue;
      Separate(&first);
      Quoted(shape.fields[i].name);
      out_->push_back(':');
      if (!Field(shape.fields[i], slots[i])) return false;
    }
    out_->push_back('}');
    return true;
  }

  bool Time(const MessageShape& shape, const std::vector<Slot>& slots) {
    TimeValue value;
    if (!slots[0].empty()) value.seconds = static_cast<int64_t>(slots[0].back().bits);
    if (!slots[1].empty()) value.nanos = static_cast<int32_t>(slots[1].back().bits);
    const bool timestamp = shape.well_known == WellKnown::kTimestamp;
    const char* problem = timestamp ? TimestampProblem(value) : DurationProblem(value);
    if (problem != nullptr) return Fail(Cat("holds a ", shape.full_name, " that is not valid: ", problem));
    out_->push_back('"');
    timestamp ? AppendRfc3339(value, out_) : AppendDurationSeconds(value, out_);
    out_->push_back('"');
    return true;
  }

  bool Mask(const Slot& paths) {
    std::string text;
    for (const Occurrence& path : paths) {
      if (&path != paths.begin()) text.push_back(',');
      if (HasNul(path.payload)) return Fail(std::string(kNulProblem));
      if (!AppendCamelPath(path.payload, &text)) {
        return Fail("holds a google.protobuf.FieldMask path that has no JSON form; use lower_snake_case");
      }
    }
    AppendJsonString(text, out_);
    return true;
  }

  /// google.protobuf.Value: the member of its oneof that is set; none is null.
  bool AnyJson(const MessageShape& shape, const std::vector<Slot>& slots) {
    for (size_t i = 0; i < slots.size(); ++i) {
      if (slots[i].empty()) continue;
      if (shape.fields[i].type == FieldDescriptor::TYPE_DOUBLE && !std::isfinite(DoubleOfBits(slots[i].back().bits))) {
        return Fail("holds NaN or infinity, which JSON has no number for");
      }
      return Field(shape.fields[i], slots[i]);
    }
    out_->append("null");
    return true;
  }

  /// A hostile map has millions of entries of a byte or two, so each is kept in a few words until it is written.
  bool Map(const MessageShape& entry_shape, const Slot& entries) {
    std::vector<EntryKey> keys(entries.size());
    for (size_t i = 0; i < entries.size(); ++i) {
      if (!ReadKey(entry_shape.fields[0], entries[i], &keys[i])) return Fail("is damaged");
    }
    std::sort(keys.begin(), keys.end(),
              [](const EntryKey& a, const EntryKey& b) { return a.SameAs(b) ? a.entry < b.entry : a.Before(b); });
    out_->push_back('{');
    bool first = true;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (i + 1 < keys.size() && keys[i].SameAs(keys[i + 1])) continue;  // the last of equal keys wins
      Separate(&first);
      if (!Entry(entry_shape, *keys[i].entry)) return false;
    }
    out_->push_back('}');
    return true;
  }

  /// The key of a map's entry: the text of a string, the value of anything else.
  struct EntryKey {
    std::string_view text;
    int64_t number = 0;
    const Occurrence* entry = nullptr;

    bool SameAs(const EntryKey& other) const { return number == other.number && text == other.text; }
    bool Before(const EntryKey& other) const {
      return number != other.number ? number < other.number : text < other.text;
    }
  };

  static bool ReadKey(const FieldShape& field, const Occurrence& entry, EntryKey* key) {
    key->entry = &entry;
    Reader reader(entry.payload);
    while (!reader.done()) {
      uint32_t tag = 0;
      if (!reader.ReadTag(&tag)) return false;
      if (tag != MakeTag(field.number, field.wire_type)) {
        if (!reader.Skip(tag, kMaxNesting)) return false;
        continue;
      }
      Occurrence value;
      if (!reader.ReadValue(field.wire_type, &value)) return false;
      key->text = value.payload;
      key->number =
          field.wire_type == WireType::kLength ? 0 : static_cast<int64_t>(NormalizeBits(field.type, value.bits));
    }
    return true;
  }

  bool Entry(const MessageShape& entry_shape, const Occurrence& entry) {
    std::vector<Slot> slots;
    std::string key;
    if (!CollectFields(entry_shape, Slot{entry}, &slots)) return Fail("is damaged");
    if (!MapKey(entry_shape.fields[0], slots[0], &key)) return false;
    AppendJsonString(key, out_);
    out_->push_back(':');
    return Field(entry_shape.fields[1], slots[1]);
  }

  /// The bare text of a key.
  bool MapKey(const FieldShape& field, const Slot& slot, std::string* key) {
    if (field.type == FieldDescriptor::TYPE_STRING) {
      if (!slot.empty()) key->assign(slot.back().payload);
      if (HasNul(*key)) return Fail(std::string(kNulProblem));
      return IsValidUtf8(*key) || Fail("holds a key that is not valid UTF-8");
    }
    if (!JsonWriter(key, problem_).Singular(field, slot)) return false;
    if (key->front() == '"') *key = key->substr(1, key->size() - 2);
    return true;
  }

  std::string* out_;
  std::string* problem_;
};

}  // namespace

bool AppendJson(const FieldShape& field, const Slot& occurrences, std::string* out, std::string* problem) {
  return JsonWriter(out, problem).Field(field, occurrences);
}

}  // namespace rowkeeper::codec
