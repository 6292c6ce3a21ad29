#include "server/catalogue/entity.h"

#include "google/protobuf/descriptor.h"

namespace rowkeeper::catalogue {

const Column* Entity::FindField(std::string_view proto_name) const {
  for (const Column& column : columns) {
    if (column.field->name() == proto_name) return &column;
  }
  return nullptr;
}

const Relation* Entity::FindRelation(std::string_view proto_name) const {
  for (const Relation& relation : relations) {
    if (relation.field->name() == proto_name) return &relation;
  }
  return nullptr;
}

}  // namespace rowkeeper::catalogue
