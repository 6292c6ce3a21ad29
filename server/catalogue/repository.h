#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace google::protobuf {
class MethodDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::catalogue {

enum class Operation { kCreate, kGet, kList, kUpdate, kSoftDelete, kRestore, kDelete };

/// One RPC of a repository and the operation that it stands for. Its fields are bound when its plan is compiled.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  Operation operation = Operation::kGet;
};

/// An annotated service over one entity.
struct Repository {
  const google::protobuf::ServiceDescriptor* service = nullptr;
  const Entity* entity = nullptr;
  std::vector<Method> methods;
};

}  // namespace rowkeeper::catalogue
