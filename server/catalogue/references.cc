#include "server/catalogue/references.h"

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

/// Why the column cannot hold the key of `target`: problem and remedy, or nothing.
struct Misfit {
  std::string problem;
  std::string remedy;
};

Misfit CheckTarget(const Column& column, const Entity& target) {
  if (target.key.size() > 1) {
    return {absl::StrCat("the entity ", target.full_name, " has a key of ", target.key.size(),
                         " fields, which one field cannot hold"),
            "give that entity a key of one field and make the fields a unique key"};
  }
  const Column& key = target.columns[target.key.front()];
  if (SameType(column.type, key.type)) return {};
  return {absl::StrCat("the field is ", Describe(column.type), ", but the key of ", target.full_name, " is ",
                       Describe(key.type)),
          absl::StrCat("declare the field as ", target.full_name, ".", key.field->name(), " is declared")};
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
  Misfit misfit = CheckTarget(*column, target);
  if (!misfit.problem.empty()) {
    diagnostics->Error(field, std::move(misfit.problem), std::move(misfit.remedy));
    return;
  }
  column->reference =
      Reference{&target, Translate(options.on_delete()), naming.ForeignKey(entity.table, column->name, target.table)};
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
