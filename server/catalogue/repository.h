#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::catalogue {

enum class Operation {
  kCreate,
  kGet,
  kList,
  kUpdate,
  kSoftDelete,
  kRestore,
  kDelete,
  kBatchGet,
  kBatchCreate,
  kBatchUpdate,
  kBatchSoftDelete,
  kBatchRestore,
  kBatchDelete,
  kUpsert,
  kBatchUpsert,
  kCount,
  kUpdateWhere,
  kSoftDeleteWhere,
  kDeleteWhere,
  kPurge,
  kImport,
  kExport,
  kQuery,
};

/// Whether several rows, or one of an upsert, go into one statement. An import is one for each of its messages.
inline bool IsBatch(Operation operation) {
  return operation >= Operation::kBatchGet && operation <= Operation::kBatchUpsert;
}
/// Whether all rows that match a filter are changed at once.
inline bool IsBulkChange(Operation operation) {
  return operation >= Operation::kUpdateWhere && operation <= Operation::kPurge;
}
inline bool IsStream(Operation operation) { return operation == Operation::kImport || operation == Operation::kExport; }
inline bool IsUpsert(Operation operation) {
  return operation == Operation::kUpsert || operation == Operation::kBatchUpsert;
}

/// One RPC of a repository and the operation that it stands for. Its fields are bound when its plan is compiled.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  Operation operation = Operation::kGet;
  /// Upserts: the proto names of the fields that decide whether a row is there; empty: the key.
  std::vector<std::string> conflict_fields;
  /// Batch writes: each row on its own.
  bool partial = false;
  /// kQuery: the statement, with `:name` parameters.
  std::string sql;
  /// kQuery: it is meant to see deleted rows.
  bool include_deleted = false;
};

/// An annotated service over one entity.
struct Repository {
  const google::protobuf::ServiceDescriptor* service = nullptr;
  const Entity* entity = nullptr;
  std::vector<Method> methods;
};

}  // namespace rowkeeper::catalogue
