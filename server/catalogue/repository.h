#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/catalogue/operation.h"
#include "server/policy/allow_list.h"

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::catalogue {

/// Family::kBatch: what is declared of a method.
struct BatchOptions {
  /// Upserts: the proto names of the fields that decide whether a row is there; empty: the key.
  std::vector<std::string> conflict_fields;
  /// Writes: each row on its own.
  bool partial = false;
};

/// Family::kQuery: the same.
struct QueryOptions {
  /// The statement, with `:name` parameters.
  std::string sql;
  /// It is meant to see deleted rows.
  bool include_deleted = false;
};

/// One RPC of a repository and the operation that it stands for. Its fields are bound when its plan is compiled.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  Operation operation = {};
  /// What the method's options say about it beside that; of the operation's family.
  std::variant<std::monostate, BatchOptions, QueryOptions> options;
  /// Who may call it: its own list, else that of its repository; nullopt when neither has one.
  std::optional<policy::Rule> allow;
};

/// An annotated service over one entity.
struct Repository {
  const google::protobuf::ServiceDescriptor* service = nullptr;
  const Entity* entity = nullptr;
  std::vector<Method> methods;
};

}  // namespace rowkeeper::catalogue
