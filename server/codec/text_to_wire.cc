#include "server/codec/text_to_wire.h"

#include <limits>
#include <utility>

#include "server/base/text.h"
#include "server/base/time_text.h"
#include "server/codec/json_to_wire.h"
#include "server/codec/key_text.h"
#include "server/codec/number_text.h"
#include "server/codec/pg_array.h"
#include "server/codec/time_fields.h"
#include "server/codec/utf8.h"

namespace rowkeeper::codec {
namespace {

using catalogue::ValueKind;
using google::protobuf::FieldDescriptor;

void AppendBits(const FieldShape& field, uint64_t value, std::string* out) {
  const uint64_t bits = WireBits(field.type, value);
  if (field.wire_type == WireType::kVarint) {
    AppendVarint(bits, out);
  } else if (field.wire_type == WireType::kFixed32) {
    AppendFixed32(static_cast<uint32_t>(bits), out);
  } else {
    AppendFixed64(bits, out);
  }
}

template <typename Narrow>
bool ParseSigned(std::string_view text, uint64_t* bits) {
  int64_t number = 0;
  if (!ParseInteger(text, &number)) return false;
  *bits = static_cast<uint64_t>(number);
  return number >= std::numeric_limits<Narrow>::min() && number <= std::numeric_limits<Narrow>::max();
}

bool ParseBits(FieldType type, std::string_view text, uint64_t* bits) {
  float narrow = 0;
  double wide = 0;
  switch (type) {
    case FieldDescriptor::TYPE_BOOL:
      *bits = text == "t" ? 1 : 0;
      return text == "t" || text == "f";
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SFIXED32:
      return ParseSigned<int32_t>(text, bits);
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_SINT64:
    case FieldDescriptor::TYPE_SFIXED64:
      return ParseSigned<int64_t>(text, bits);
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_FIXED32:
      return ParseInteger(text, bits) && *bits <= std::numeric_limits<uint32_t>::max();
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_FIXED64:
      return ParseInteger(text, bits);
    case FieldDescriptor::TYPE_FLOAT:
      if (!ParseFloat(text, &narrow)) return false;
      *bits = BitsOf(narrow);
      return true;
    case FieldDescriptor::TYPE_DOUBLE:
      if (!ParseFloat(text, &wide)) return false;
      *bits = BitsOf(wide);
      return true;
    default:
      return false;
  }
}

}  // namespace

TextToWire::TextToWire(const FieldDescriptor& field, catalogue::ValueType type, ShapeSet* shapes)
    : type_(std::move(type)) {
  const MessageShape* message = shapes->Get(*field.containing_type());
  field_ = &message->fields[message->IndexOf(static_cast<uint32_t>(field.number()))];
  AppendVarint(MakeTag(field_->number, field_->packed ? WireType::kLength : field_->wire_type), &tag_);
  for (const catalogue::EnumLabel& label : type_.labels) numbers_.emplace(label.label, label.number);
}

bool TextToWire::Append(std::string_view text, std::string* out, CellProblem* problem) const {
  if (parts_ != nullptr) return AppendFieldFromJson(*field_, text, *parts_, out, problem);
  if (type_.kind == ValueKind::kJson) return AppendFieldFromJson(*field_, text, out, problem);
  if (field_->repeated) return AppendArray(text, out, problem);
  const size_t start = out->size();
  bool zero = false;
  out->append(tag_);
  if (!AppendValue(*field_, text, out, &zero)) {
    problem->words = Misfit();
    return false;
  }
  if (zero && !field_->presence) out->resize(start);
  return true;
}

bool TextToWire::AppendArray(std::string_view text, std::string* out, CellProblem* problem) const {
  ArrayScanner scanner(text);
  std::string packed;
  std::string_view element;
  for (size_t place = 0;; ++place) {
    switch (scanner.Step(&element)) {
      case ArrayScanner::Next::kEnd:
        if (packed.empty()) return true;
        out->append(tag_);
        AppendLengthDelimited(packed, out);
        return true;
      case ArrayScanner::Next::kNull:
        *problem = {Cat("[", place, "]"), "it is NULL, which an element of a repeated field cannot be"};
        return false;
      case ArrayScanner::Next::kError:
        *problem = {"", "it is not an array of one dimension"};
        return false;
      case ArrayScanner::Next::kElement:
        break;
    }
    bool zero = false;
    if (!field_->packed) out->append(tag_);
    if (!AppendValue(*field_, element, field_->packed ? &packed : out, &zero)) {
      *problem = {Cat("[", place, "]"), Misfit()};
      return false;
    }
  }
}

std::string TextToWire::Misfit() const {
  switch (type_.kind) {
    case ValueKind::kTimestamp:
    case ValueKind::kDate:
      return "it is not within the years 1 to 9999";
    case ValueKind::kDuration:
      return "it has months or years, whose length varies, or is longer than 315576000000 seconds";
    case ValueKind::kEnum:
      return "it is no value of the enum";
    case ValueKind::kBool:
    case ValueKind::kInt32:
    case ValueKind::kInt64:
    case ValueKind::kUint32:
    case ValueKind::kUint64:
    case ValueKind::kFloat:
    case ValueKind::kDouble:
    case ValueKind::kBytes:
    case ValueKind::kUuid:
    case ValueKind::kDecimal:
    case ValueKind::kJson:
      break;
    case ValueKind::kString:
      return "it is not valid UTF-8";
  }
  return "it does not fit the field's type";
}

bool TextToWire::AppendValue(const FieldShape& field, std::string_view text, std::string* out, bool* zero) const {
  if (field.message == nullptr) {
    return field.wire_type == WireType::kLength ? AppendText(field, text, out, zero)
                                                : AppendNumber(field, text, out, zero);
  }
  return AppendLengthPrefixed(out, [&] {
    return field.message->well_known == WellKnown::kWrapper ? AppendWrapped(field.message->fields[0], text, out)
                                                            : AppendMessage(text, out);
  });
}

bool TextToWire::AppendWrapped(const FieldShape& inner, std::string_view text, std::string* out) const {
  const size_t start = out->size();
  bool inner_zero = false;
  AppendVarint(MakeTag(inner.number, inner.wire_type), out);
  if (!AppendValue(inner, text, out, &inner_zero)) return false;
  if (inner_zero) out->resize(start);
  return true;
}

bool TextToWire::AppendNumber(const FieldShape& field, std::string_view text, std::string* out, bool* zero) const {
  uint64_t value = 0;
  if (type_.kind == ValueKind::kEnum) {
    const auto found = numbers_.find(ToAbsl(text));
    if (found == numbers_.end()) return false;
    value = static_cast<uint64_t>(static_cast<int64_t>(found->second));
  } else if (!ParseBits(field.type, text, &value)) {
    return false;
  }
  *zero = value == 0;
  AppendBits(field, value, out);
  return true;
}

bool TextToWire::AppendText(const FieldShape& field, std::string_view text, std::string* out, bool* zero) const {
  *zero = text.empty();
  if (field.type == FieldDescriptor::TYPE_STRING) {
    AppendLengthDelimited(text, out);
    return IsValidUtf8(text);
  }
  const bool uuid = type_.kind == ValueKind::kUuid;
  if (!uuid) *zero = text.empty() || text == "\\x";
  return AppendLengthPrefixed(out, [&] { return uuid ? AppendUuidBytes(text, out) : AppendBytea(text, out); });
}

bool TextToWire::AppendMessage(std::string_view text, std::string* out) const {
  TimeValue time;
  DateValue date;
  switch (type_.kind) {
    case ValueKind::kTimestamp:
      if (!ParseTimestamp(text, &time)) return false;
      AppendTime(time, out);
      return true;
    case ValueKind::kDuration:
      if (!ParseInterval(text, &time)) return false;
      AppendTime(time, out);
      return true;
    case ValueKind::kDate:
      if (!ParseDate(text, &date)) return false;
      AppendDateFields(date, out);
      return true;
    default:
      return false;
  }
}

}  // namespace rowkeeper::codec
