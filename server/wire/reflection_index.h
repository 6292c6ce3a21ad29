#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace google::protobuf {
class Descriptor;
class DescriptorPool;
class EnumDescriptor;
class FieldDescriptor;
class FileDescriptor;
class ServiceDescriptor;
}  // namespace google::protobuf

namespace rowkeeper::wire {

/// What reflection answers from: files, and where each symbol is defined. The files outlive it. Built by one thread;
/// then immutable, and any thread may read it.
///
/// Symbols of the catalogue, which may be hundreds of thousands, are looked up in its pool, which is complete and takes
/// no locks. The pool of generated code is not asked: it loads files when it is, and remembers every name that it does
/// not know.
class ReflectionIndex {
 public:
  using File = google::protobuf::FileDescriptor;

  /// Adds a file and all that it imports. A file whose name is there already is left out: add the catalogue's first.
  void AddFile(const File& file);

  /// nullptr when there is none.
  const File* FindFile(std::string_view name) const;
  /// The file that defines a message, field, oneof, enum, enum value, extension, service or method, by its full name.
  const File* FindSymbol(std::string_view full_name) const;
  const File* FindExtension(std::string_view containing_type, int32_t number) const;
  bool HasMessage(std::string_view full_name) const;
  /// Ascending; empty when the message has none.
  std::vector<int32_t> ExtensionNumbers(std::string_view containing_type) const;

  /// A serialized FileDescriptorProto.
  static std::string Serialize(const File& file);

 private:
  void AddExtensions(const google::protobuf::Descriptor& message);
  void AddExtension(const google::protobuf::FieldDescriptor& extension);
  void AddSymbols(const File& file);
  void AddMessage(const google::protobuf::Descriptor& message);
  void AddEnum(const google::protobuf::EnumDescriptor& type);
  void AddService(const google::protobuf::ServiceDescriptor& service);
  bool Holds(const File* file) const;

  absl::flat_hash_map<std::string, const File*> by_name_;
  /// In the order in which files of them were added.
  std::vector<const google::protobuf::DescriptorPool*> complete_pools_;
  /// Of the files of generated code.
  absl::flat_hash_map<std::string, const File*> symbols_;
  /// Of all files.
  absl::flat_hash_map<std::string, std::map<int32_t, const File*>> extensions_;
};

}  // namespace rowkeeper::wire
