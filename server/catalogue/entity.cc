#include "server/catalogue/entity.h"

#include <algorithm>

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

int Entity::kept_column() const {
  const auto writable = [](const Column& column) { return !column.output_only && !column.nullable; };
  if (writable(columns[key.front()])) return key.front();
  const auto found = std::find_if(columns.begin(), columns.end(), writable);
  return found == columns.end() ? key.front() : static_cast<int>(found - columns.begin());
}

}  // namespace rowkeeper::catalogue
