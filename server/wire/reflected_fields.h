#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "server/catalogue/catalogue.h"
#include "server/policy/field_rules.h"

namespace rowkeeper::wire {

/// Leaves out of files, as reflection tells them, the fields of entities that a caller may not read. Immutable;
/// thread-safe. The catalogue outlives it.
class ReflectedFields {
 public:
  ReflectedFields() = default;
  explicit ReflectedFields(const catalogue::Catalogue& catalogue);

  /// Whether the caller is told of the symbol, which may be of anything.
  bool Tells(std::string_view symbol, const policy::FieldAccess& access) const;
  /// `file` as a serialized FileDescriptorProto, for this caller.
  std::string Serialize(const google::protobuf::FileDescriptor& file, const policy::FieldAccess& access) const;

 private:
  void RemoveFrom(const google::protobuf::Descriptor& message, const policy::FieldAccess& access,
                  google::protobuf::DescriptorProto* proto) const;

  absl::flat_hash_map<const google::protobuf::Descriptor*, const catalogue::Entity*> entities_;
};

}  // namespace rowkeeper::wire
