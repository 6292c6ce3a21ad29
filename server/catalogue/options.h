#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/descriptor.pb.h"
#include "rowkeeper/v1/annotations.pb.h"

namespace rowkeeper::catalogue {

/// The generated form of a descriptor's options. In a pool that was built at run time Rowkeeper's extensions are
/// unknown fields; reading the same bytes with the generated type makes them known.
template <typename Descriptor>
auto ReadOptions(const Descriptor& descriptor) {
  std::decay_t<decltype(descriptor.options())> options;
  options.ParseFromString(descriptor.options().SerializeAsString());
  return options;
}

inline v1::Conventions ConventionsOf(const google::protobuf::FileDescriptor& file) {
  return ReadOptions(file).GetExtension(v1::conventions);
}
inline v1::ColumnOptions ColumnOptionsOf(const google::protobuf::FieldDescriptor& field) {
  return ReadOptions(field).GetExtension(v1::column);
}
inline v1::EntityOptions EntityOptionsOf(const google::protobuf::Descriptor& message) {
  return ReadOptions(message).GetExtension(v1::entity);
}
bool IsEntity(const google::protobuf::Descriptor& message);

/// The text in quotes that follows `prefix` in `message`; empty when there is none.
std::string QuotedAfter(absl::string_view message, absl::string_view prefix);

/// The value of an annotation's enum whose name ends in `_<suffix>`: people write UUID for COLUMN_TYPE_UUID. Empty when
/// there is none or more than one.
std::string AnnotationEnumValueEndingIn(absl::string_view suffix);

}  // namespace rowkeeper::catalogue
