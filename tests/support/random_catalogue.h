#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "server/catalogue/catalogue.h"

namespace rowkeeper::testing {

struct RandomCatalogueOptions {
  /// Equal options give equal text, on every platform.
  uint32_t seed = 1;
  /// Range 1 to 30.
  int entities = 6;
};

/// A .proto file of package `shop.v1` with entities and their repositories of every shape that the annotations allow:
/// all types, names that are SQL keywords, mixed case or 60 characters long, references to other entities and to
/// themselves, all sorts of keys and of soft delete. A required reference always points to an entity that stands
/// earlier in the file (or to none), so rows of each can be created in the file's order.
std::string RandomCatalogueProto(const RandomCatalogueOptions& options);

/// Compiles the text of one .proto file. A mistake in it fails the running test, with the diagnostics, and gives
/// nullptr.
std::unique_ptr<const catalogue::Catalogue> CompileProtoText(const std::string& text);

/// Compiles all .proto files below `directory`; as CompileProtoText otherwise.
std::unique_ptr<const catalogue::Catalogue> CompileDirectory(const std::string& directory);

/// Compiles the .proto files below `folder`, a path relative to the proto directory of the project ("planner/v1"); as
/// CompileProtoText otherwise. The tests run in the project's root.
std::unique_ptr<const catalogue::Catalogue> CompileExample(const std::string& folder);

}  // namespace rowkeeper::testing
