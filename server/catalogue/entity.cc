#include "server/catalogue/entity.h"

#include <algorithm>
#include <numeric>

#include "absl/strings/str_join.h"
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

std::vector<int> Entity::AllColumns() const {
  std::vector<int> all(columns.size());
  std::iota(all.begin(), all.end(), 0);
  return all;
}

std::vector<std::string> Entity::FieldNames(const std::vector<int>& some) const {
  std::vector<std::string> names;
  for (const int column : some) names.push_back(columns[column].field->name());
  return names;
}

std::string Entity::FieldList() const {
  std::vector<std::string> names = FieldNames(AllColumns());
  for (const Relation& relation : relations) names.push_back(relation.field->name());
  return absl::StrJoin(names, ", ");
}

const Tenancy::Table& Tenancy::Of(const Entity& entity) const { return tables.at({entity.schema, entity.table}); }

std::vector<int> Entity::InTable(const std::vector<int>& key_columns) const {
  std::vector<int> all = key_columns;
  if (tenant) all.insert(all.begin(), *tenant);
  return all;
}

std::vector<int> Entity::ReferencedColumns() const {
  std::vector<int> referenced;
  for (const Dependent& dependent : dependents) {
    const int column = dependent.entity->columns[dependent.column].reference->column;
    if (std::find(referenced.begin(), referenced.end(), column) != referenced.end()) continue;
    referenced.insert(columns[column].key ? referenced.begin() : referenced.end(), column);
  }
  return referenced;
}

int Entity::kept_column() const {
  const auto writable = [](const Column& column) {
    if (column.role == Role::kTenant) return false;
    return (!column.output_only || column.role != Role::kNone) && !column.nullable;
  };
  if (writable(columns[key.front()])) return key.front();
  const auto found = std::find_if(columns.begin(), columns.end(), writable);
  return found == columns.end() ? key.front() : static_cast<int>(found - columns.begin());
}

}  // namespace rowkeeper::catalogue
