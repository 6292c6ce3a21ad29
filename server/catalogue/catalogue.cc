#include "server/catalogue/catalogue.h"

#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/entity_compiler.h"
#include "server/catalogue/field_lists.h"
#include "server/catalogue/former_names.h"
#include "server/catalogue/lint.h"
#include "server/catalogue/name_check.h"
#include "server/catalogue/options.h"
#include "server/catalogue/query_methods.h"
#include "server/catalogue/references.h"
#include "server/catalogue/relations.h"
#include "server/catalogue/repository_compiler.h"
#include "server/catalogue/tenants.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

using Messages = std::set<const pb::Descriptor*>;

/// An option outside an entity does nothing, which its author does not expect; but in what queries read and answer it
/// says of what type a column is.
void CheckUnusedOptions(const pb::Descriptor& message, const Messages& of_queries, Diagnostics* diagnostics) {
  for (int i = 0; i < message.field_count(); ++i) {
    const pb::FieldDescriptor& field = *message.field(i);
    const auto options = ReadOptions(field);
    const bool column = options.HasExtension(v1::column) && of_queries.count(&message) == 0;
    if (!column && !options.HasExtension(v1::relation)) continue;
    diagnostics->Error(field,
                       column ? "(rowkeeper.v1.column) has no effect in a message that is not an entity"
                              : "(rowkeeper.v1.relation) has no effect in a message that is not an entity",
                       "add `option (rowkeeper.v1.entity) = {};` to the message, or remove the option");
  }
}

void DeclareMessages(const pb::Descriptor& message, const Messages& of_queries,
                     std::vector<std::unique_ptr<Entity>>* entities, Diagnostics* diagnostics) {
  if (IsEntity(message)) {
    entities->push_back(DeclareEntity(message, diagnostics));
  } else {
    CheckUnusedOptions(message, of_queries, diagnostics);
  }
  for (int i = 0; i < message.nested_type_count(); ++i) {
    DeclareMessages(*message.nested_type(i), of_queries, entities, diagnostics);
  }
}

std::vector<std::unique_ptr<Entity>> CompileEntities(const Source& source, EntitiesByName* by_name,
                                                     Diagnostics* diagnostics) {
  std::vector<std::unique_ptr<Entity>> entities;
  const Messages of_queries = QueryMessages(source);
  for (const pb::FileDescriptor* file : source.files()) {
    for (int i = 0; i < file->message_type_count(); ++i) {
      DeclareMessages(*file->message_type(i), of_queries, &entities, diagnostics);
    }
  }
  for (const auto& entity : entities) by_name->emplace(entity->full_name, entity.get());
  for (const auto& entity : entities) CompleteEntity(*by_name, entity.get(), diagnostics);
  for (const auto& entity : entities) CheckReferencedFields(*entity, diagnostics);
  LinkDependents(entities);
  CompileTenancy(entities, diagnostics);
  for (const auto& entity : entities) CompileRelations(*by_name, entity.get(), diagnostics);
  CompileFieldLists(entities, diagnostics);
  CheckNamesDiffer(entities, diagnostics);
  CheckFormerNames(source, entities, diagnostics);
  for (const auto& entity : entities) LintNames(*entity, diagnostics);
  for (const auto& entity : entities) LintCascades(*entity, diagnostics);
  return entities;
}

void ReportNoEntities(const Source& source, Diagnostics* diagnostics) {
  std::vector<std::string> files;
  for (const pb::FileDescriptor* file : source.files()) files.push_back(file->name());
  Diagnostic nothing;
  nothing.file = absl::StrJoin(files, ", ");
  nothing.problem = "no message is an entity";
  nothing.remedy = "add `option (rowkeeper.v1.entity) = {};` to the messages that are tables";
  diagnostics->Add(std::move(nothing));
}

}  // namespace

std::unique_ptr<const Catalogue> Catalogue::Compile(std::unique_ptr<Source> source, Diagnostics* diagnostics) {
  std::unique_ptr<Catalogue> catalogue(new Catalogue());
  EntitiesByName by_name;
  std::vector<std::unique_ptr<Entity>> entities = CompileEntities(*source, &by_name, diagnostics);
  if (entities.empty()) ReportNoEntities(*source, diagnostics);
  for (const pb::FileDescriptor* file : source->files()) {
    for (int i = 0; i < file->service_count(); ++i) {
      std::optional<Repository> repository = CompileRepository(*file->service(i), by_name, diagnostics);
      if (repository) catalogue->repositories_.push_back(*std::move(repository));
    }
  }
  catalogue->features_ = CompileAccess(*source, diagnostics);
  for (auto& entity : entities) catalogue->entities_.push_back(std::move(entity));
  catalogue->source_ = std::move(source);
  if (!diagnostics->ok()) return nullptr;
  return catalogue;
}

policy::CataloguePolicy Catalogue::policy() const {
  policy::CataloguePolicy policy;
  policy.features = features_;
  for (const Repository& repository : repositories_) {
    for (const Method& method : repository.methods) {
      policy.methods.emplace_back(method.descriptor->full_name(), method.allow);
    }
  }
  policy.fields = FieldListsOf(entities_);
  return policy;
}

const Entity* Catalogue::FindEntity(std::string_view full_name) const {
  for (const auto& entity : entities_) {
    if (entity->full_name == full_name) return entity.get();
  }
  return nullptr;
}

}  // namespace rowkeeper::catalogue
