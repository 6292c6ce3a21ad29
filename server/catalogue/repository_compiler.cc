#include "server/catalogue/repository_compiler.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "google/protobuf/descriptor.h"
#include "server/catalogue/options.h"
#include "server/catalogue/query_methods.h"
#include "server/catalogue/references.h"

namespace rowkeeper::catalogue {
namespace {

namespace pb = google::protobuf;

struct OperationName {
  absl::string_view prefix;
  v1::Operation declared;
  Operation operation;
};

constexpr OperationName kOperations[] = {
    {"Create", v1::OPERATION_CREATE, Operation::kCreate},
    {"Get", v1::OPERATION_GET, Operation::kGet},
    {"List", v1::OPERATION_LIST, Operation::kList},
    {"Update", v1::OPERATION_UPDATE, Operation::kUpdate},
    {"SoftDelete", v1::OPERATION_SOFT_DELETE, Operation::kSoftDelete},
    {"Restore", v1::OPERATION_RESTORE, Operation::kRestore},
    {"Delete", v1::OPERATION_DELETE, Operation::kDelete},
    {"BatchGet", v1::OPERATION_BATCH_GET, Operation::kBatchGet},
    {"BatchCreate", v1::OPERATION_BATCH_CREATE, Operation::kBatchCreate},
    {"BatchUpdate", v1::OPERATION_BATCH_UPDATE, Operation::kBatchUpdate},
    {"BatchSoftDelete", v1::OPERATION_BATCH_SOFT_DELETE, Operation::kBatchSoftDelete},
    {"BatchRestore", v1::OPERATION_BATCH_RESTORE, Operation::kBatchRestore},
    {"BatchDelete", v1::OPERATION_BATCH_DELETE, Operation::kBatchDelete},
    {"Upsert", v1::OPERATION_UPSERT, Operation::kUpsert},
    {"BatchUpsert", v1::OPERATION_BATCH_UPSERT, Operation::kBatchUpsert},
    {"Count", v1::OPERATION_COUNT, Operation::kCount},
    {"UpdateWhere", v1::OPERATION_UPDATE_WHERE, Operation::kUpdateWhere},
    {"SoftDeleteWhere", v1::OPERATION_SOFT_DELETE_WHERE, Operation::kSoftDeleteWhere},
    {"DeleteWhere", v1::OPERATION_DELETE_WHERE, Operation::kDeleteWhere},
    {"Purge", v1::OPERATION_PURGE, Operation::kPurge},
    {"Import", v1::OPERATION_IMPORT, Operation::kImport},
    {"Export", v1::OPERATION_EXPORT, Operation::kExport},
};

/// Whether `name` starts with the word `prefix`: GetById and Get do, Getaway does not.
bool StartsWithWord(absl::string_view name, absl::string_view prefix) {
  if (!absl::ConsumePrefix(&name, prefix)) return false;
  return name.empty() || !absl::ascii_islower(name.front());
}

std::optional<Operation> OperationOf(const pb::MethodDescriptor& method, Diagnostics* diagnostics) {
  const v1::Operation declared = ReadOptions(method).GetExtension(v1::method).operation();
  const OperationName* found = nullptr;
  for (const OperationName& operation : kOperations) {
    const bool means = declared == v1::OPERATION_UNSPECIFIED ? StartsWithWord(method.name(), operation.prefix)
                                                             : declared == operation.declared;
    if (means && (found == nullptr || operation.prefix.size() > found->prefix.size())) found = &operation;
  }
  if (found != nullptr) return found->operation;
  diagnostics->Error(
      method, "the name does not start with a standard operation",
      "start it with Create, Get, List, Update, SoftDelete, Restore, Delete or Upsert, with Batch before "
      "it for several rows (but List), or add, for example, "
      "`option (rowkeeper.v1.method).operation = OPERATION_LIST;`");
  return std::nullopt;
}

bool IsBatchWrite(Operation operation) {
  return IsBatch(operation) && operation != Operation::kBatchGet && operation != Operation::kUpsert;
}

/// Imports take a stream, and may answer one; exports answer one; nothing else streams.
void CheckStreams(const pb::MethodDescriptor& method, Operation operation, Diagnostics* diagnostics) {
  const std::string& request = method.input_type()->name();
  const std::string& response = method.output_type()->name();
  if (operation == Operation::kImport) {
    if (method.client_streaming()) return;
    diagnostics->Error(
        method, "an import takes a stream of requests",
        absl::StrCat("write `rpc ", method.name(), "(stream ", request, ") returns (stream ", response, ")`"));
  } else if (operation == Operation::kExport) {
    if (method.server_streaming() && !method.client_streaming()) return;
    diagnostics->Error(method, "an export takes one request and answers a stream",
                       absl::StrCat("write `rpc ", method.name(), "(", request, ") returns (stream ", response, ")`"));
  } else if (method.client_streaming() || method.server_streaming()) {
    diagnostics->Error(method, "only imports and exports are served as streams",
                       "remove `stream` (a List method gives pages), or make it an Import or Export");
  }
}

std::optional<Method> CompileMethod(const pb::MethodDescriptor& method, const Entity* entity,
                                    Diagnostics* diagnostics) {
  const v1::MethodOptions declared = ReadOptions(method).GetExtension(v1::method);
  const std::optional<Operation> operation = IsQuery(method, declared, diagnostics)
                                                 ? std::optional<Operation>(Operation::kQuery)
                                                 : OperationOf(method, diagnostics);
  if (!operation) return std::nullopt;
  CheckStreams(method, *operation, diagnostics);
  const bool soft = *operation == Operation::kSoftDelete || *operation == Operation::kRestore ||
                    *operation == Operation::kBatchSoftDelete || *operation == Operation::kBatchRestore ||
                    *operation == Operation::kSoftDeleteWhere || *operation == Operation::kPurge;
  if (soft && entity != nullptr && !entity->soft_deletable()) {
    diagnostics->Error(method, absl::StrCat("the entity ", entity->full_name, " is not soft-deletable"),
                       "give it a field with ROLE_DELETED_AT or ROLE_DELETED_FLAG, or remove the method");
  }
  const auto options = ReadOptions(method);
  const auto& conflict_fields = options.GetExtension(v1::method).conflict_fields();
  if (!conflict_fields.empty() && !IsUpsert(*operation) && *operation != Operation::kImport) {
    diagnostics->Error(method, "conflict_fields has no meaning for this operation",
                       "remove it, or make it an Upsert or Import");
  }
  const bool partial = options.GetExtension(v1::method).partial();
  if (partial && !IsBatchWrite(*operation)) {
    diagnostics->Error(method, "only batches that write can be partial",
                       "remove `partial`, or make it a BatchCreate, BatchUpdate, BatchSoftDelete, BatchRestore, "
                       "BatchDelete or BatchUpsert");
  }
  Method compiled;
  compiled.partial = partial;
  compiled.descriptor = &method;
  compiled.operation = *operation;
  compiled.sql = declared.sql();
  compiled.include_deleted = declared.include_deleted();
  compiled.conflict_fields = {conflict_fields.begin(), conflict_fields.end()};
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
  if (is_repository) {
    repository.entity = EntityOf(service, options.GetExtension(v1::repository).entity(), entities, diagnostics);
  }
  for (int i = 0; i < service.method_count(); ++i) {
    const pb::MethodDescriptor& method = *service.method(i);
    if (is_repository) {
      const std::optional<Method> compiled = CompileMethod(method, repository.entity, diagnostics);
      if (compiled) repository.methods.push_back(*compiled);
    } else if (ReadOptions(method).HasExtension(v1::method)) {
      diagnostics->Error(method, "(rowkeeper.v1.method) has no effect in a service that is not a repository",
                         "add `option (rowkeeper.v1.repository).entity = \"...\";` to the service");
    }
  }
  if (!is_repository) return std::nullopt;
  return repository;
}

}  // namespace rowkeeper::catalogue
