#include "server/catalogue/references.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/options.h"
#include "server/catalogue/value_type_compiler.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

bool SameType(const ValueType& a, const ValueType& b) {
  return a.kind == b.kind && !a.array && a.native_enum == b.native_enum && a.scale == b.scale;
}

/// The column of `target` that the field holds the value of; -1 where there is none, which was reported.
int FindTarget(const pb::FieldDescriptor& field, const std::string& references_field, const Entity& target,
               Diagnostics* diagnostics) {
  if (references_field.empty()) {
    if (target.key.size() == 1) return target.key.front();
    diagnostics->Error(field,
                       absl::StrCat("the entity ", target.full_name, " has a key of ", target.key.size(),
                                    " fields, which one field cannot hold"),
                       "give that entity a key of one field and make the fields a unique key");
    return -1;
  }
  const Column* column = target.FindField(references_field);
  if (column != nullptr) return target.IndexOf(*column);
  diagnostics->Error(field,
                     absl::StrCat("`references_field` names \"", references_field, "\", which is no field of ",
                                  target.full_name, " that is a column"),
                     "write the name of the field that the database's foreign key references");
  return -1;
}

/// Whether the column can hold values of the referenced one; if not, that was reported.
bool CheckTypes(const Column& column, const Entity& target, const Column& referenced, Diagnostics* diagnostics) {
  if (SameType(column.type, referenced.type)) return true;
  const std::string what = referenced.key ? absl::StrCat("the key of ", target.full_name)
                                          : absl::StrCat(target.full_name, ".", referenced.field->name());
  diagnostics->Error(
      *column.field,
      absl::StrCat("the field is ", Describe(column.type), ", but ", what, " is ", Describe(referenced.type)),
      absl::StrCat("declare the field as ", target.full_name, ".", referenced.field->name(), " is declared"));
  return false;
}

OnDelete Translate(v1::OnDelete on_delete) {
  if (on_delete == v1::ON_DELETE_CASCADE) return OnDelete::kCascade;
  if (on_delete == v1::ON_DELETE_SET_NULL) return OnDelete::kSetNull;
  return OnDelete::kRestrict;
}

void CompileReference(const EntitiesByName& entities, const Naming& naming, const Entity& entity, Column* column,
                      Diagnostics* diagnostics) {
  const pb::FieldDescriptor& field = *column->field;
  const v1::ColumnOptions options = ColumnOptionsOf(field);
  if (options.references().empty()) {
    if (options.on_delete() != v1::ON_DELETE_UNSPECIFIED) {
      diagnostics->Error(field, "on_delete needs a reference", "add `references`, or remove on_delete");
    }
    if (!options.references_field().empty()) {
      diagnostics->Error(field, "references_field needs a reference", "add `references`, or remove references_field");
    }
    return;
  }
  if (options.role() != v1::ROLE_UNSPECIFIED) return;  // Reported with the role.
  if (options.on_delete() == v1::ON_DELETE_SET_NULL && !column->nullable) {
    diagnostics->Error(field, "ON_DELETE_SET_NULL needs a field that can be empty", "write `optional` before its type");
  }
  const std::string name(absl::StripPrefix(options.references(), "."));
  const auto found = entities.find(name);
  if (found == entities.end()) {
    diagnostics->Error(field, absl::StrCat("`references` names \"", options.references(), "\", which is not an entity"),
                       UnknownEntityRemedy(entities, *field.file()->pool(), name));
    return;
  }
  const Entity& target = *found->second;
  if (target.key.empty()) return;  // That entity's own mistake was reported.
  const int referenced = FindTarget(field, options.references_field(), target, diagnostics);
  if (referenced < 0 || !CheckTypes(*column, target, target.columns[referenced], diagnostics)) return;
  column->reference = Reference{&target, referenced, Translate(options.on_delete()),
                                naming.ForeignKey(entity.table, column->name, target.table)};
}

}  // namespace

std::string UnknownEntityRemedy(const EntitiesByName& entities, const pb::DescriptorPool& pool,
                                const std::string& name) {
  const pb::Descriptor* message = pool.FindMessageTypeByName(name);
  if (message != nullptr) return absl::StrCat("add `option (rowkeeper.v1.entity) = {};` to ", name);
  const std::string ending = absl::StrCat(".", name.substr(name.rfind('.') + 1));
  for (const auto& [full_name, entity] : entities) {
    if (absl::EndsWith(full_name, ending)) return absl::StrCat("write \"", full_name, "\"");
  }
  return "write the full name, package included, of an entity whose file is compiled too";
}

void CompileReferences(const EntitiesByName& entities, const Naming& naming, Entity* entity, Diagnostics* diagnostics) {
  for (Column& column : entity->columns) CompileReference(entities, naming, *entity, &column, diagnostics);
}

void CheckReferencedFields(const Entity& entity, Diagnostics* diagnostics) {
  for (const Column& column : entity.columns) {
    if (!column.reference) continue;
    const Entity& target = *column.reference->entity;
    const std::vector<int> alone = {column.reference->column};
    if (target.key == alone) continue;
    const auto over_it = [&](const UniqueKey& key) { return key.columns == alone; };
    const auto binds_all = [&](const UniqueKey& key) { return key.columns == alone && !key.live_only; };
    const std::vector<UniqueKey>& keys = target.unique_keys;
    if (std::any_of(keys.begin(), keys.end(), binds_all)) continue;
    const std::string& name = target.columns[alone.front()].field->name();
    if (std::any_of(keys.begin(), keys.end(), over_it)) {
      diagnostics->Error(
          *column.field,
          absl::StrCat("the unique key over ", target.full_name, ".", name, " binds only rows that are not deleted, ",
                       "which no foreign key can reference"),
          absl::StrCat("replace it by `indexes: {fields: \"", name, "\" unique: true include_deleted: true}`"));
    } else {
      diagnostics->Error(*column.field,
                         absl::StrCat(target.full_name, ".", name,
                                      " has no unique key of its own, so a value of it can ", "stand for several rows"),
                         absl::StrCat("write `unique: true` at that field"));
    }
  }
}

void LinkDependents(const std::vector<std::unique_ptr<Entity>>& entities) {
  std::map<const Entity*, Entity*> by_address;
  for (const auto& entity : entities) by_address[entity.get()] = entity.get();
  for (const auto& entity : entities) {
    for (const Column& column : entity->columns) {
      if (!column.reference) continue;
      by_address.at(column.reference->entity)->dependents.push_back({entity.get(), entity->IndexOf(column)});
    }
  }
}

}  // namespace rowkeeper::catalogue
