#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace google::protobuf {
class Descriptor;
class EnumDescriptor;
class FieldDescriptor;
class FileDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::wire {

/// What reflection answers from: files in serialized form, and where each symbol is defined. It copies what it needs
/// while it is built, so it depends on no pool afterwards (a pool may read files or take locks when asked). Built by
/// one thread; then immutable, and any thread may read it.
class ReflectionIndex {
 public:
  struct File {
    std::string name;
    /// A serialized FileDescriptorProto.
    std::string bytes;
    std::vector<std::string> dependencies;
  };

  /// Adds a file and all that it imports. A file whose name is there already is left out: add the catalogue's first.
  void AddFile(const google::protobuf::FileDescriptor& file);

  /// nullptr when there is none.
  const File* FindFile(std::string_view name) const;
  /// The file that defines a message, field, oneof, enum, enum value, extension, service or method, by its full name.
  const File* FindSymbol(std::string_view full_name) const;
  const File* FindExtension(std::string_view containing_type, int32_t number) const;
  bool HasMessage(std::string_view full_name) const;
  /// Ascending; empty when the message has none.
  std::vector<int32_t> ExtensionNumbers(std::string_view containing_type) const;

 private:
  using FileIndex = size_t;

  void AddMessage(const google::protobuf::Descriptor& message, FileIndex file);
  void AddEnum(const google::protobuf::EnumDescriptor& type, FileIndex file);
  void AddExtension(const google::protobuf::FieldDescriptor& extension, FileIndex file);
  void AddService(const google::protobuf::ServiceDescriptor& service, FileIndex file);
  void AddSymbol(const std::string& full_name, FileIndex file) { symbols_.emplace(full_name, file); }

  std::vector<File> files_;
  absl::flat_hash_map<std::string, FileIndex> by_name_;
  absl::flat_hash_map<std::string, FileIndex> symbols_;
  absl::flat_hash_map<std::string, std::map<int32_t, FileIndex>> extensions_;  // every message has an entry
};

}  // namespace rowkeeper::wire
