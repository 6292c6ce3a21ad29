#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/diagnostics.h"

namespace google::protobuf {
class DescriptorPool;
class FileDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::catalogue {

/// Where the catalogue's protobuf definitions come from. Both kinds may be given together.
struct SourceOptions {
  /// Directories searched for imports, as `protoc -I`. Every .proto file below them is compiled unless `files` is set.
  std::vector<std::string> proto_paths;
  /// Files to compile, relative to a proto path. Empty: all.
  std::vector<std::string> files;
  /// FileDescriptorSet files as written by `protoc --include_imports -o` or `buf build -o`.
  std::vector<std::string> descriptor_sets;
};

/// Compiled protobuf files. Rowkeeper's own files, google/protobuf/* and google/type/date.proto need not be on any
/// path: they are held in the binary. A google/type/date.proto that is in a descriptor set or below a proto path is
/// used in place of that, so that users have all of their googleapis. Immutable once loaded; owns its descriptors.
class Source {
 public:
  /// Reads and compiles; syntax errors and unreadable files go to `diagnostics`, and nullptr is returned.
  static std::unique_ptr<Source> Load(const SourceOptions& options, Diagnostics* diagnostics);
  ~Source();

  const google::protobuf::DescriptorPool& pool() const;
  /// The user's files (not what they import from the binary), in the order they were found.
  const std::vector<const google::protobuf::FileDescriptor*>& files() const;

 private:
  struct Impl;
  explicit Source(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowkeeper::catalogue
