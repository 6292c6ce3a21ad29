#include "server/schema/compatibility/field_types.h"

#include "server/base/text.h"

namespace rowkeeper::schema {
namespace {

using google::protobuf::FieldDescriptor;

/// Types of one family are encoded alike; 0: only like themselves.
int FamilyOfBytes(FieldDescriptor::Type type) {
  switch (type) {
    case FieldDescriptor::TYPE_INT32:
    case FieldDescriptor::TYPE_INT64:
    case FieldDescriptor::TYPE_UINT32:
    case FieldDescriptor::TYPE_UINT64:
    case FieldDescriptor::TYPE_BOOL:
      return 1;
    case FieldDescriptor::TYPE_SINT32:
    case FieldDescriptor::TYPE_SINT64:
      return 2;
    case FieldDescriptor::TYPE_FIXED32:
    case FieldDescriptor::TYPE_SFIXED32:
      return 3;
    case FieldDescriptor::TYPE_FIXED64:
    case FieldDescriptor::TYPE_SFIXED64:
      return 4;
    default:
      return 0;
  }
}

/// Of a message or enum; empty for the others.
std::string NameOfType(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  return field.enum_type() != nullptr ? field.enum_type()->full_name() : "";
}

bool AreMapsAlike(const FieldDescriptor& before, const FieldDescriptor& now) {
  const auto &from = *before.message_type(), &to = *now.message_type();
  return HaveSameBytes(*from.map_key(), *to.map_key()) && HaveSameBytes(*from.map_value(), *to.map_value());
}

}  // namespace

bool HaveSameBytes(const FieldDescriptor& before, const FieldDescriptor& now) {
  if (before.is_map() && now.is_map()) return AreMapsAlike(before, now);
  // Every string is bytes, and not the other way round.
  if (before.type() == FieldDescriptor::TYPE_STRING && now.type() == FieldDescriptor::TYPE_BYTES) return true;
  if (before.type() == now.type()) return NameOfType(before) == NameOfType(now);
  const int family = FamilyOfBytes(before.type());
  return family != 0 && family == FamilyOfBytes(now.type());
}

std::string TypeOfField(const FieldDescriptor& field) {
  if (field.is_map()) {
    return Cat("map<", TypeOfField(*field.message_type()->map_key()), ", ",
               TypeOfField(*field.message_type()->map_value()), ">");
  }
  const std::string name = NameOfType(field);
  return Cat(field.is_repeated() ? "repeated " : "", name.empty() ? std::string(field.type_name()) : name);
}

}  // namespace rowkeeper::schema
