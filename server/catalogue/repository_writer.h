#pragma once

#include <string>

#include "server/catalogue/entity.h"

namespace rowkeeper::catalogue {

/// A .proto file that was written, not yet on disk.
struct WrittenProto {
  /// As imports spell it: beside the entity's file, "planner/v1/todo_repository.proto".
  std::string name;
  std::string text;
};

/// The complete repository of `entity` with its request and response messages: create, get by key and by each unique
/// key, lists (all, by each reference, by a window of time), update, delete, and soft delete with restore where the
/// entity has it; batches and upserts; changes of all rows that match, and a purge. The file compiles beside the
/// entity's own and is for users to edit.
WrittenProto WriteRepository(const Entity& entity);

}  // namespace rowkeeper::catalogue
