#include "server/codec/message_shape.h"

#include <algorithm>
#include <utility>

namespace rowkeeper::codec {
namespace {

using google::protobuf::FieldDescriptor;

constexpr int kDirectNumbers = 128;

}  // namespace

WellKnown WellKnownOf(const google::protobuf::Descriptor& message) {
  static const auto* const kKnown = new std::unordered_map<std::string, WellKnown>{
      {"google.protobuf.Timestamp", WellKnown::kTimestamp}, {"google.protobuf.Duration", WellKnown::kDuration},
      {"google.protobuf.FieldMask", WellKnown::kFieldMask}, {"google.protobuf.Struct", WellKnown::kStruct},
      {"google.protobuf.Value", WellKnown::kValue},         {"google.protobuf.ListValue", WellKnown::kListValue},
      {"google.protobuf.BoolValue", WellKnown::kWrapper},   {"google.protobuf.Int32Value", WellKnown::kWrapper},
      {"google.protobuf.Int64Value", WellKnown::kWrapper},  {"google.protobuf.UInt32Value", WellKnown::kWrapper},
      {"google.protobuf.UInt64Value", WellKnown::kWrapper}, {"google.protobuf.FloatValue", WellKnown::kWrapper},
      {"google.protobuf.DoubleValue", WellKnown::kWrapper}, {"google.protobuf.StringValue", WellKnown::kWrapper},
      {"google.protobuf.BytesValue", WellKnown::kWrapper},
  };
  const auto found = kKnown->find(message.full_name());
  return found == kKnown->end() ? WellKnown::kNone : found->second;
}

WireType WireTypeOf(FieldType type) {
  switch (type) {
    case FieldDescriptor::TYPE_DOUBLE:
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return WireType::kFixed64;
    case FieldDescriptor::TYPE_FLOAT:
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
      return WireType::kFixed32;
    case FieldDescriptor::TYPE_STRING:
    case FieldDescriptor::TYPE_BYTES:
    case FieldDescriptor::TYPE_MESSAGE:
      return WireType::kLength;
    case FieldDescriptor::TYPE_GROUP:
      return WireType::kStartGroup;
    default:
      return WireType::kVarint;
  }
}

bool IsPackable(FieldType type) {
  const WireType wire_type = WireTypeOf(type);
  return wire_type != WireType::kLength && wire_type != WireType::kStartGroup;
}

uint64_t NormalizeBits(FieldType type, uint64_t bits) {
  const auto low = static_cast<uint32_t>(bits);
  switch (type) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_ENUM:
    case FieldDescriptor::TYPE_SFIXED32:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>(low)));
    case FieldDescriptor::TYPE_UINT32:
      return low;
    case FieldDescriptor::TYPE_SINT32:
      return static_cast<uint64_t>(static_cast<int64_t>(static_cast<int32_t>((low >> 1) ^ (0u - (low & 1)))));
    case FieldDescriptor::TYPE_SINT64:
      return (bits >> 1) ^ (0u - (bits & 1));
    case FieldDescriptor::TYPE_BOOL:
      return bits != 0 ? 1 : 0;
    default:
      return bits;
  }
}

uint64_t WireBits(FieldType type, uint64_t value) {
  switch (type) {
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SINT64:
      return (value << 1) ^ (0u - (value >> 63));
    default:
      return value;
  }
}

int MessageShape::IndexOfLarge(uint32_t number) const {
  const auto found = std::lower_bound(
      fields.begin(), fields.end(), number,
      [](const FieldShape& field, uint32_t wanted) { return static_cast<uint32_t>(field.number) < wanted; });
  if (found == fields.end() || static_cast<uint32_t>(found->number) != number) return -1;
  return static_cast<int>(found - fields.begin());
}

const EnumShape* ShapeSet::Find(const google::protobuf::EnumDescriptor& enumeration) {
  std::unique_ptr<EnumShape>& shape = enums_[&enumeration];
  if (shape != nullptr) return shape.get();
  shape = std::make_unique<EnumShape>();
  shape->null_value = enumeration.full_name() == "google.protobuf.NullValue";
  for (int i = 0; i < enumeration.value_count(); ++i) {
    const google::protobuf::EnumValueDescriptor& value = *enumeration.value(i);
    shape->name_of.emplace(value.number(), value.name());  // the first of several aliases
    shape->number_of.emplace(value.name(), value.number());
  }
  return shape.get();
}

FieldShape ShapeSet::Compile(const FieldDescriptor& field) {
  FieldShape shape;
  shape.number = field.number();
  shape.type = field.type();
  shape.wire_type = WireTypeOf(field.type());
  shape.repeated = field.is_repeated();
  shape.packable = field.is_repeated() && IsPackable(field.type());
  shape.packed = field.is_packed();
  shape.map = field.is_map();
  shape.presence = field.has_presence();
  shape.check_utf8 = field.type() == FieldDescriptor::TYPE_STRING &&
                     field.file()->syntax() == google::protobuf::FileDescriptor::SYNTAX_PROTO3;
  shape.name = field.name();
  shape.json_name = field.json_name();
  shape.full_name = field.full_name();
  if (field.type() == FieldDescriptor::TYPE_MESSAGE) shape.message = Find(*field.message_type());
  if (field.type() == FieldDescriptor::TYPE_ENUM) shape.enumeration = Find(*field.enum_type());
  return shape;
}

const MessageShape* ShapeSet::Get(const google::protobuf::Descriptor& message) {
  const absl::MutexLock lock(&mutex_);
  return Find(message);
}

size_t ShapeSet::size() const {
  const absl::MutexLock lock(&mutex_);
  return messages_.size();
}

const MessageShape* ShapeSet::Find(const google::protobuf::Descriptor& message) {
  const auto found = messages_.find(&message);
  if (found != messages_.end()) return found->second.get();
  // Entered before its fields are compiled, because messages may contain themselves.
  MessageShape* shape = messages_.emplace(&message, std::make_unique<MessageShape>()).first->second.get();
  shape->full_name = message.full_name();
  shape->well_known = WellKnownOf(message);

  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < message.field_count(); ++i) fields.push_back(message.field(i));
  std::sort(fields.begin(), fields.end(), [](const auto* a, const auto* b) { return a->number() < b->number(); });
  shape->fields.reserve(fields.size());
  for (const FieldDescriptor* field : fields) shape->fields.push_back(Compile(*field));

  for (size_t i = 0; i < fields.size(); ++i) {
    if (fields[i]->number() < kDirectNumbers) {
      if (shape->direct.size() <= static_cast<size_t>(fields[i]->number()))
        shape->direct.resize(fields[i]->number() + 1);
      shape->direct[fields[i]->number()] = static_cast<uint16_t>(i + 1);
    }
    if (fields[i]->real_containing_oneof() == nullptr) continue;
    for (size_t j = 0; j < fields.size(); ++j) {
      if (j != i && fields[j]->real_containing_oneof() == fields[i]->real_containing_oneof()) {
        shape->fields[i].oneof_siblings.push_back(static_cast<int>(j));
      }
    }
  }
  return shape;
}

bool CollectFields(const MessageShape& shape, const Slot& pieces, std::vector<Slot>* slots) {
  slots->resize(shape.fields.size());
  for (const Occurrence& piece : pieces) {
    Reader reader(piece.payload);
    while (!reader.done()) {
      uint32_t tag = 0;
      if (!reader.ReadTag(&tag)) return false;
      const int index = shape.IndexOf(NumberOfTag(tag));
      if (index < 0 || shape.fields[index].MatchWire(TypeOfTag(tag)) == FieldShape::Match::kUnknown) {
        if (!reader.Skip(tag, kMaxNesting)) return false;
        continue;
      }
      const FieldShape& field = shape.fields[index];
      Occurrence occurrence;
      if (!reader.ReadValue(TypeOfTag(tag), &occurrence)) return false;
      for (const int sibling : field.oneof_siblings) (*slots)[sibling].clear();
      Accumulate(field, occurrence, &(*slots)[index]);
    }
  }
  return true;
}

}  // namespace rowkeeper::codec
