#include "server/catalogue/former_names.h"

#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/options.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;
using Entities = std::vector<std::unique_ptr<Entity>>;

std::vector<std::string> DroppedIn(const pb::FileDescriptor& file) {
  const pb::FileOptions options = ReadOptions(file);
  std::vector<std::string> names;
  for (int i = 0; i < options.ExtensionSize(v1::dropped_entities); ++i) {
    names.push_back(options.GetExtension(v1::dropped_entities, i));
  }
  return names;
}

bool IsDeclared(const std::string& name, const Entities& entities) {
  return std::any_of(entities.begin(), entities.end(), [&](const std::unique_ptr<Entity>& entity) {
    return entity->full_name == name || entity->table == name;
  });
}

void CheckEntity(const Entity& entity, const Entities& entities, std::map<std::string, const Entity*>* claimed,
                 Diagnostics* diagnostics) {
  for (const std::string& name : FormerNamesOf(entity)) {
    const auto [other, is_first] = claimed->emplace(name, &entity);
    if (name.empty() || IsDeclared(name, entities)) {
      diagnostics->Error(*entity.message,
                         absl::StrCat("the former name \"", name, "\" is that of an entity or table now"),
                         "name what the message or its table was called before, and is not any more");
    } else if (!is_first && other->second != &entity) {
      diagnostics->Error(*entity.message,
                         absl::StrCat("the former name \"", name, "\" is one of ", other->second->full_name, " too"),
                         "write it at the entity that has the rows");
    }
  }
}

void CheckColumns(const Entity& entity, Diagnostics* diagnostics) {
  std::set<std::string> claimed;
  for (const Column& column : entity.columns) claimed.insert(column.name);
  for (const Column& column : entity.columns) {
    for (const std::string& name : FormerNamesOf(column)) {
      if (!name.empty() && claimed.insert(name).second) continue;
      diagnostics->Error(*column.field, absl::StrCat("the former name \"", name, "\" is that of another column"),
                         "name what the column was called before, and none is any more");
    }
  }
}

}  // namespace

std::vector<std::string> FormerNamesOf(const Entity& entity) {
  const auto options = EntityOptionsOf(*entity.message);
  return {options.former_names().begin(), options.former_names().end()};
}

std::vector<std::string> FormerNamesOf(const Column& column) {
  const auto options = ColumnOptionsOf(*column.field);
  return {options.former_names().begin(), options.former_names().end()};
}

std::set<std::string> DroppedEntities(const Source& source) {
  std::set<std::string> names;
  for (const pb::FileDescriptor* file : source.files()) {
    for (std::string& name : DroppedIn(*file)) names.insert(std::move(name));
  }
  return names;
}

void CheckFormerNames(const Source& source, const Entities& entities, Diagnostics* diagnostics) {
  std::map<std::string, const Entity*> claimed;
  for (const std::unique_ptr<Entity>& entity : entities) {
    CheckEntity(*entity, entities, &claimed, diagnostics);
    CheckColumns(*entity, diagnostics);
  }
  for (const pb::FileDescriptor* file : source.files()) {
    for (const std::string& name : DroppedIn(*file)) {
      const auto claimant = claimed.find(name);
      if (name.empty() || IsDeclared(name, entities)) {
        diagnostics->Error(*file, absl::StrCat("the dropped entity \"", name, "\" is declared"),
                           "name a message that is gone, with its package");
      } else if (claimant != claimed.end()) {
        diagnostics->Error(*file,
                           absl::StrCat("the dropped entity \"", name, "\" is a former name of ",
                                        claimant->second->full_name, ", which keeps its table"),
                           "remove one of the two");
      }
    }
  }
}

}  // namespace rowkeeper::catalogue
