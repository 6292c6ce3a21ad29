#pragma once

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>
#include <vector>

namespace google::protobuf {
class FileDescriptor;
}

namespace rowkeeper::catalogue {
class Catalogue;
}

namespace rowkeeper::policy {
class Policies;
}

namespace rowkeeper::wire {

class Callers;

/// What reflection tells of.
struct ReflectedCatalogue {
  /// The catalogue's files; what they import comes along. Their pool is complete.
  std::vector<const google::protobuf::FileDescriptor*> files;
  /// Full names of the services that are served, besides health and reflection itself.
  std::vector<std::string> services;
  /// Who may ask, and which fields of `catalogue` are shown to whom. Null: everybody, everything.
  const policy::Policies* policies = nullptr;
  const catalogue::Catalogue* catalogue = nullptr;
  /// Keeps the files and policies as long as reflection has them; null where they outlive it.
  std::shared_ptr<const void> owner = nullptr;
};

struct ReflectionOptions {
  ReflectedCatalogue catalogue;
  /// Who may ask; null: everybody. Outlives the reflection.
  const Callers* callers = nullptr;
};

/// grpc.reflection.v1 and v1alpha, answering alike. Beside the catalogue it knows health, reflection, the error details
/// and Rowkeeper's own files, of which the catalogue's win when both have one of the same name. Thread-safe; outlives
/// the server its services are added to.
class Reflection {
 public:
  explicit Reflection(const ReflectionOptions& options);
  ~Reflection();

  /// To be added to the server.
  std::vector<grpc::Service*> services();
  /// Tells of this one from now on, on open streams, too.
  void Replace(const ReflectedCatalogue& catalogue);
  /// Ends the open streams, so that they do not hold up the server's shutdown, and refuses new ones.
  void Stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowkeeper::wire
