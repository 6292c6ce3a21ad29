#include "server/catalogue/repository_compiler.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/access.h"
#include "server/catalogue/options.h"
#include "server/catalogue/query_methods.h"
#include "server/catalogue/references.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

std::optional<Operation> OperationOf(const pb::MethodDescriptor& method, Diagnostics* diagnostics) {
  const v1::Operation declared = ReadOptions(method).GetExtension(v1::method).operation();
  const std::optional<Operation> found =
      declared == v1::OPERATION_UNSPECIFIED ? OperationOfName(method.name()) : OperationOfNumber(declared);
  if (found.has_value()) return found;
  diagnostics->Error(
      method, "the name does not start with a standard operation",
      "start it with Create, Get, List, Update, SoftDelete, Restore, Delete or Upsert, with Batch before "
      "it for several rows (but List), or add, for example, "
      "`option (rowkeeper.v1.method).operation = OPERATION_LIST;`");
  return std::nullopt;
}

/// Imports take a stream, and may answer one; exports answer one; nothing else streams.
void CheckStreams(const pb::MethodDescriptor& method, Stream stream, Diagnostics* diagnostics) {
  const std::string& request = method.input_type()->name();
  const std::string& response = method.output_type()->name();
  switch (stream) {
    case Stream::kOfRequests:
      if (method.client_streaming()) return;
      diagnostics->Error(
          method, "an import takes a stream of requests",
          absl::StrCat("write `rpc ", method.name(), "(stream ", request, ") returns (stream ", response, ")`"));
      return;
    case Stream::kOfResponses:
      if (method.server_streaming() && !method.client_streaming()) return;
      diagnostics->Error(
          method, "an export takes one request and answers a stream",
          absl::StrCat("write `rpc ", method.name(), "(", request, ") returns (stream ", response, ")`"));
      return;
    case Stream::kNone:
      if (!method.client_streaming() && !method.server_streaming()) return;
      diagnostics->Error(method, "only imports and exports are served as streams",
                         "remove `stream` (a List method gives pages), or make it an Import or Export");
  }
}

std::vector<std::string> ToTexts(const pb::RepeatedPtrField<std::string>& texts) {
  return {texts.begin(), texts.end()};
}

std::optional<Method> CompileMethod(const pb::MethodDescriptor& method, const Entity* entity,
                                    Diagnostics* diagnostics) {
  const v1::MethodOptions declared = ReadOptions(method).GetExtension(v1::method);
  const std::optional<Operation> operation = IsQuery(method, declared, diagnostics)
                                                 ? std::optional<Operation>(Operation::kQuery)
                                                 : OperationOf(method, diagnostics);
  if (!operation) return std::nullopt;
  const OperationTraits& traits = TraitsOf(*operation);
  CheckStreams(method, traits.stream, diagnostics);
  if (NeedsSoftDelete(traits.change) && entity != nullptr && !entity->soft_deletable()) {
    diagnostics->Error(method, absl::StrCat("the entity ", entity->full_name, " is not soft-deletable"),
                       "give it a field with ROLE_DELETED_AT or ROLE_DELETED_FLAG, or remove the method");
  }
  if (!declared.conflict_fields().empty() && traits.change != Change::kUpsert && traits.stream != Stream::kOfRequests) {
    diagnostics->Error(method, "conflict_fields has no meaning for this operation",
                       "remove it, or make it an Upsert or Import");
  }
  if (declared.partial() && !traits.can_be_partial) {
    diagnostics->Error(method, "only batches that write can be partial",
                       "remove `partial`, or make it a BatchCreate, BatchUpdate, BatchSoftDelete, BatchRestore, "
                       "BatchDelete or BatchUpsert");
  }
  Method compiled;
  compiled.descriptor = &method;
  compiled.operation = *operation;
  compiled.allow = CompileAllow(method, ToTexts(declared.allow()), diagnostics);
  if (traits.family == Family::kBatch) {
    compiled.options =
        BatchOptions{{declared.conflict_fields().begin(), declared.conflict_fields().end()}, declared.partial()};
  } else if (traits.family == Family::kQuery) {
    compiled.options = QueryOptions{declared.sql(), declared.include_deleted()};
  }
  return compiled;
}

/// nullptr when there is none; that is reported.
const Entity* EntityOf(const pb::ServiceDescriptor& service, const std::string& declared,
                       const EntitiesByName& entities, Diagnostics* diagnostics) {
  if (declared.empty()) {
    diagnostics->Error(service, "the repository names no entity",
                       "write `option (rowkeeper.v1.repository).entity = \"...\";` with the entity's full name");
    return nullptr;
  }
  const std::string name(absl::StripPrefix(declared, "."));
  const auto found = entities.find(name);
  if (found != entities.end()) return found->second;
  diagnostics->Error(service, absl::StrCat("the repository names \"", declared, "\", which is not an entity"),
                     UnknownEntityRemedy(entities, *service.file()->pool(), name));
  return nullptr;
}

}  // namespace

std::optional<Repository> CompileRepository(const pb::ServiceDescriptor& service, const EntitiesByName& entities,
                                            Diagnostics* diagnostics) {
  const pb::ServiceOptions options = ReadOptions(service);
  const bool is_repository = options.HasExtension(v1::repository);
  Repository repository;
  repository.service = &service;
  std::optional<policy::Rule> allow;
  if (is_repository) {
    const v1::RepositoryOptions& declared = options.GetExtension(v1::repository);
    repository.entity = EntityOf(service, declared.entity(), entities, diagnostics);
    allow = CompileAllow(service, ToTexts(declared.allow()), diagnostics);
  }
  for (int i = 0; i < service.method_count(); ++i) {
    const pb::MethodDescriptor& method = *service.method(i);
    if (is_repository) {
      std::optional<Method> compiled = CompileMethod(method, repository.entity, diagnostics);
      if (!compiled) continue;
      if (!compiled->allow.has_value()) compiled->allow = allow;
      repository.methods.push_back(*std::move(compiled));
    } else if (ReadOptions(method).HasExtension(v1::method)) {
      diagnostics->Error(method, "(rowkeeper.v1.method) has no effect in a service that is not a repository",
                         "add `option (rowkeeper.v1.repository).entity = \"...\";` to the service");
    }
  }
  if (!is_repository) return std::nullopt;
  return repository;
}

}  // namespace rowkeeper::catalogue
