#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "server/catalogue/entity.h"
#include "server/catalogue/proto_text.h"

namespace rowkeeper::catalogue {

/// A .proto file that was written, not yet on disk.
struct WrittenProto {
  /// As imports spell it: beside the entity's file, "planner/v1/todo_repository.proto".
  std::string name;
  std::string text;
};

/// Options of the file that the entity's own file has not, or has with other values: `go_package`, "example.com/a;a".
/// Names and types are those of google.protobuf.FileOptions.
using FileOptionValues = std::map<std::string, std::string>;

/// The complete repository of `entity` with its request and response messages: create, get by key and by each unique
/// key, lists (all, by each reference, by a window of time), update, delete, and soft delete with restore where the
/// entity has it; batches and upserts; changes of all rows that match, and a purge. The file compiles beside the
/// entity's own and is for users to edit.
WrittenProto WriteRepository(const Entity& entity, const FileOptionValues& options = {});
/// The same, as data.
FileText ComposeRepository(const Entity& entity);
/// INVALID_ARGUMENT for what is no option of a file, or is neither a text nor true or false as its type demands.
absl::Status CheckFileOption(const std::string& name, const std::string& value);

}  // namespace rowkeeper::catalogue
