#include "server/codec/wire_to_text.h"

#include <limits>
#include <utility>

#include "server/base/hex.h"
#include "server/base/text.h"
#include "server/base/time_text.h"
#include "server/codec/json_names.h"
#include "server/codec/key_text.h"
#include "server/codec/number_text.h"
#include "server/codec/pg_array.h"
#include "server/codec/utf8.h"
#include "server/codec/wire_to_json.h"

namespace rowkeeper::codec {
namespace {

using catalogue::ValueKind;
using google::protobuf::FieldDescriptor;

bool Fail(std::string text, std::string* problem) {
  *problem = std::move(text);
  return false;
}

/// The integer fields 1 to 3 of a message: all of a Timestamp, Duration or Date.
struct IntegerFields {
  int64_t values[4] = {};
};

IntegerFields ReadIntegerFields(const Slot& pieces) {
  IntegerFields fields;
  for (const Occurrence& piece : pieces) {
    Reader reader(piece.payload);
    uint32_t tag = 0;
    while (!reader.done() && reader.ReadTag(&tag)) {
      Occurrence value;
      if (TypeOfTag(tag) != WireType::kVarint || NumberOfTag(tag) > 3) {
        if (!reader.Skip(tag, kMaxNesting)) return fields;
      } else if (reader.ReadValue(WireType::kVarint, &value)) {
        fields.values[NumberOfTag(tag)] = static_cast<int64_t>(value.bits);
      } else {
        return fields;
      }
    }
  }
  return fields;
}

bool AppendTimeColumn(ValueKind kind, const Slot& pieces, std::string* out, std::string* problem) {
  const IntegerFields fields = ReadIntegerFields(pieces);
  const TimeValue time{fields.values[1], static_cast<int32_t>(fields.values[2])};
  const DateValue date{static_cast<int32_t>(fields.values[1]), static_cast<int32_t>(fields.values[2]),
                       static_cast<int32_t>(fields.values[3])};
  const char* wrong = kind == ValueKind::kTimestamp  ? TimestampProblem(time)
                      : kind == ValueKind::kDuration ? DurationProblem(time)
                                                     : DateProblem(date);
  if (wrong != nullptr) return Fail(wrong, problem);
  if (kind == ValueKind::kTimestamp) {
    AppendTimestamp(time, out);
  } else if (kind == ValueKind::kDuration) {
    AppendInterval(time, out);
  } else {
    AppendDate(date, out);
  }
  return true;
}

bool IsTime(ValueKind kind) {
  return kind == ValueKind::kTimestamp || kind == ValueKind::kDuration || kind == ValueKind::kDate;
}

bool IsUnsigned(FieldType type) {
  return type == FieldDescriptor::TYPE_UINT32 || type == FieldDescriptor::TYPE_FIXED32 ||
         type == FieldDescriptor::TYPE_UINT64 || type == FieldDescriptor::TYPE_FIXED64;
}

/// Whether an integer, as a signed number or (with `is_unsigned`) an unsigned one, fits the kind of column.
bool FitsKind(ValueKind kind, uint64_t bits, bool is_unsigned) {
  const auto number = static_cast<int64_t>(bits);
  const bool above_signed = is_unsigned && number < 0;
  switch (kind) {
    case ValueKind::kInt32:
      return !above_signed && number >= std::numeric_limits<int32_t>::min() &&
             number <= std::numeric_limits<int32_t>::max();
    case ValueKind::kInt64:
      return !above_signed;
    case ValueKind::kUint32:
      return !above_signed && number >= 0 && number <= std::numeric_limits<uint32_t>::max();
    case ValueKind::kUint64:
      return is_unsigned || number >= 0;
    default:
      return true;
  }
}

/// Elements whose text can hold characters that an array literal gives a meaning.
bool NeedsQuotes(ValueKind kind) {
  switch (kind) {
    case ValueKind::kString:
    case ValueKind::kBytes:
    case ValueKind::kEnum:
    case ValueKind::kTimestamp:
    case ValueKind::kDuration:
      return true;
    default:
      return false;
  }
}

}  // namespace

WireToText::WireToText(const FieldDescriptor& field, catalogue::ValueType type, ShapeSet* shapes)
    : type_(std::move(type)) {
  const MessageShape* message = shapes->Get(*field.containing_type());
  field_ = &message->fields[message->IndexOf(static_cast<uint32_t>(field.number()))];
  for (const catalogue::EnumLabel& label : type_.labels) labels_.emplace(label.number, label.label);
}

bool WireToText::Convert(const Slot& occurrences, plan::Argument* argument, std::string* problem) const {
  argument->present = false;
  argument->text.clear();
  if (occurrences.empty()) return true;
  if (type_.kind == ValueKind::kJson) {
    argument->present = true;
    return AppendJson(*field_, occurrences, &argument->text, problem);
  }
  if (field_->repeated) return AppendArray(occurrences, argument, problem);
  if (IsUnset(occurrences)) return true;
  argument->present = true;
  return AppendElement(occurrences, &argument->text, problem);
}

bool WireToText::ConvertElement(const Occurrence& element, plan::Argument* argument, std::string* problem) const {
  argument->present = false;
  argument->text.clear();
  const Slot slot{element};
  if (IsUnset(slot)) return true;
  argument->present = true;
  return AppendElement(slot, &argument->text, problem);
}

bool WireToText::IsUnset(const Slot& occurrences) const {
  if (field_->message != nullptr) return false;
  const Occurrence& value = occurrences.back();
  const bool zero = NormalizeBits(field_->type, value.bits) == 0 && value.payload.empty();
  return zero && (!field_->presence || (type_.kind == ValueKind::kEnum && type_.zero_is_unset));
}

bool WireToText::AppendArray(const Slot& occurrences, plan::Argument* argument, std::string* problem) const {
  std::string* out = &argument->text;
  std::string element_text;
  int index = 0;
  out->push_back('{');
  const bool ok = ForEachElement(*field_, occurrences, [&](const Occurrence& element) {
    if (index++ > 0) out->push_back(',');
    if (!NeedsQuotes(type_.kind)) return AppendElement(Slot{element}, out, problem);
    element_text.clear();
    if (!AppendElement(Slot{element}, &element_text, problem)) return false;
    AppendQuotedElement(element_text, out);
    return true;
  });
  out->push_back('}');
  argument->present = index > 0;
  if (!ok) *problem = Cat("element ", index - 1, " ", *problem);
  return ok;
}

bool WireToText::AppendElement(const Slot& occurrences, std::string* out, std::string* problem) const {
  if (IsTime(type_.kind)) return AppendTimeColumn(type_.kind, occurrences, out, problem);
  if (field_->message == nullptr) return AppendScalar(field_->type, occurrences.back(), out, problem);
  std::vector<Slot> slots;  // a wrapper message
  if (!CollectFields(*field_->message, occurrences, &slots)) return Fail("is damaged", problem);
  const Occurrence value = slots[0].empty() ? Occurrence() : slots[0].back();
  return AppendScalar(field_->message->fields[0].type, value, out, problem);
}

bool WireToText::AppendScalar(FieldType type, const Occurrence& value, std::string* out, std::string* problem) const {
  switch (type_.kind) {
    case ValueKind::kString:
      return AppendString(value.payload, out, problem);
    case ValueKind::kBytes:
      out->append("\\x");
      AppendHex(value.payload, out);
      return true;
    case ValueKind::kUuid:
      if (type == FieldDescriptor::TYPE_BYTES ? AppendUuidOfBytes(value.payload, out)
                                              : AppendUuidOfText(value.payload, out)) {
        return true;
      }
      return Fail(type == FieldDescriptor::TYPE_BYTES
                      ? "is not a UUID; send its 16 bytes"
                      : "is not a UUID; write it as 123e4567-e89b-12d3-a456-426614174000",
                  problem);
    case ValueKind::kDecimal:
      if (const std::string wrong = DecimalProblem(value.payload, type_.precision, type_.scale); !wrong.empty()) {
        return Fail(wrong, problem);
      }
      out->append(value.payload);
      return true;
    case ValueKind::kEnum:
      return AppendEnum(static_cast<int>(static_cast<int64_t>(NormalizeBits(type, value.bits))), out, problem);
    default:
      return AppendNumber(type, NormalizeBits(type, value.bits), out, problem);
  }
}

bool WireToText::AppendNumber(FieldType type, uint64_t bits, std::string* out, std::string* problem) const {
  if (type == FieldDescriptor::TYPE_BOOL) {
    out->push_back(bits != 0 ? 't' : 'f');
  } else if (type == FieldDescriptor::TYPE_FLOAT) {
    AppendFloat(FloatOfBits(bits), out);
  } else if (type == FieldDescriptor::TYPE_DOUBLE) {
    AppendFloat(DoubleOfBits(bits), out);
  } else if (!FitsKind(type_.kind, bits, IsUnsigned(type))) {
    return Fail("is outside the range of its column", problem);
  } else if (IsUnsigned(type)) {
    AppendInteger(bits, out);
  } else {
    AppendInteger(static_cast<int64_t>(bits), out);
  }
  return true;
}

bool WireToText::AppendString(std::string_view text, std::string* out, std::string* problem) const {
  if (HasNul(text)) return Fail(std::string(kNulProblem), problem);
  // Only strings of proto2 files come here unchecked.
  if (!field_->check_utf8 && !IsValidUtf8(text)) return Fail("is not valid UTF-8", problem);
  if (type_.max_length > 0 && text.size() > static_cast<size_t>(type_.max_length)) {
    const size_t characters = CountCharacters(text);
    if (characters > static_cast<size_t>(type_.max_length)) {
      return Fail(Cat("has ", characters, " characters; at most ", type_.max_length, " are allowed"), problem);
    }
  }
  out->append(text);
  return true;
}

bool WireToText::AppendEnum(int number, std::string* out, std::string* problem) const {
  const auto found = labels_.find(number);
  if (found != labels_.end()) {
    out->append(found->second);
    return true;
  }
  if (number == 0 && type_.zero_is_unset) return Fail("is the unspecified value; choose another", problem);
  return Fail(Cat(number, " is no value of this enum"), problem);
}

}  // namespace rowkeeper::codec
