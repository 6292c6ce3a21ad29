#include "server/wire/reflected_fields.h"

#include <vector>

#include "server/plan/field_guard.h"
#include "server/wire/reflection_index.h"

namespace rowkeeper::wire {
namespace {

namespace pb = google::protobuf;

bool IsHidden(const catalogue::Entity& entity, const pb::FieldDescriptor& field, const policy::FieldAccess& access) {
  if (const catalogue::Relation* relation = entity.FindRelation(field.name())) {
    return !plan::MayFollow(access, entity, *relation);
  }
  const catalogue::Column* const column = entity.FindField(field.name());
  return column != nullptr && !access.MayRead(column->ordinal);
}

/// A oneof without fields is none; those behind it move up.
void RemoveEmptyOneofs(pb::DescriptorProto* proto) {
  std::vector<int> members(static_cast<size_t>(proto->oneof_decl_size()));
  for (const auto& field : proto->field()) {
    if (field.has_oneof_index()) ++members[static_cast<size_t>(field.oneof_index())];
  }
  for (int i = proto->oneof_decl_size() - 1; i >= 0; --i) {
    if (members[static_cast<size_t>(i)] > 0) continue;
    proto->mutable_oneof_decl()->DeleteSubrange(i, 1);
    for (auto& field : *proto->mutable_field()) {
      if (field.has_oneof_index() && field.oneof_index() > i) field.set_oneof_index(field.oneof_index() - 1);
    }
  }
}

}  // namespace

ReflectedFields::ReflectedFields(const catalogue::Catalogue& catalogue) {
  for (const auto& entity : catalogue.entities()) entities_.emplace(entity->message, entity.get());
}

bool ReflectedFields::Tells(std::string_view symbol, const policy::FieldAccess& access) const {
  if (!access.restricts()) return true;
  const size_t dot = symbol.rfind('.');
  if (dot == std::string_view::npos) return true;
  for (const auto& [message, entity] : entities_) {
    if (std::string_view(message->full_name()) != symbol.substr(0, dot)) continue;
    const auto* field = message->FindFieldByName(std::string(symbol.substr(dot + 1)));
    return field == nullptr || !IsHidden(*entity, *field, access);
  }
  return true;
}

std::string ReflectedFields::Serialize(const pb::FileDescriptor& file, const policy::FieldAccess& access) const {
  if (!access.restricts()) return ReflectionIndex::Serialize(file);
  pb::FileDescriptorProto proto;
  file.CopyTo(&proto);
  file.CopyJsonNameTo(&proto);
  for (int i = 0; i < file.message_type_count(); ++i) {
    RemoveFrom(*file.message_type(i), access, proto.mutable_message_type(i));
  }
  return proto.SerializeAsString();
}

void ReflectedFields::RemoveFrom(const pb::Descriptor& message, const policy::FieldAccess& access,
                                 pb::DescriptorProto* proto) const {
  for (int i = 0; i < message.nested_type_count(); ++i) {
    RemoveFrom(*message.nested_type(i), access, proto->mutable_nested_type(i));
  }
  const auto found = entities_.find(&message);
  if (found == entities_.end()) return;
  for (int i = message.field_count() - 1; i >= 0; --i) {
    if (IsHidden(*found->second, *message.field(i), access)) proto->mutable_field()->DeleteSubrange(i, 1);
  }
  RemoveEmptyOneofs(proto);
}

}  // namespace rowkeeper::wire
