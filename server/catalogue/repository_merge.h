#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// A repository file that people have edited, with what it lacked.
struct MergedProto {
  /// What was there, to the byte, and the additions.
  std::string text;
  /// What was added: "rpc GetByEmail", "message GetProfileByEmailRequest", "field ListTodosRequest.status".
  std::vector<std::string> added;
  /// What stands in the file otherwise than it would be written, and was left as it is, with its line.
  std::vector<std::string> differences;
};

/// Adds to `existing`, the text of a .proto file with the repository of `entity`, what WriteRepository() would write
/// and the file has not: methods at the end of the service with their messages, fields of requests and responses under
/// the next free numbers, imports. Nothing that stands there is changed. What people took out on purpose stays out when
/// a comment of its own line says so: `// generate: without Count, ListTodosRequest.filter`; so does a field whose name
/// is reserved. INVALID_ARGUMENT when the text does not parse or holds no repository of the entity.
absl::StatusOr<MergedProto> MergeRepository(const Entity& entity, std::string_view existing);

}  // namespace rowkeeper::catalogue
