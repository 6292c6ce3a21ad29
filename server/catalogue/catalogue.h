#pragma once

// The map of this folder:
//   proto_files.cc          .proto files and descriptor sets become descriptors; source.h: where in its file an element
//                           stands
//   options.h               the annotations of rowkeeper/v1, read from descriptors of any pool
//   entity_compiler.cc      a message becomes an Entity; column_compiler.cc its fields, keys.cc and references.cc what
//                           binds rows
//   entity.h                Entity::dependents: rows that go and come with another
//   operation.h             every operation: its name, its family, what it changes
//   repository_compiler.cc  a service becomes a Repository: which operation a method is, by its name or its option
//   access.cc               who may call and use what: (rowkeeper.v1.access) and `allow`
//   field_lists.cc          which fields can have lists of readers and writers
//   relations.cc            fields of another entity's type: relations, found by the references between the two
//   repository_writer.cc    what `rowkeeper generate` writes, with repository_batches.cc and repository_streams.cc
//   diagnostics.h           mistakes, gathered: file, line, element, what is wrong, what to write

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/access.h"
#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"
#include "server/catalogue/repository.h"
#include "server/catalogue/source.h"
#include "server/policy/policies.h"

namespace rowkeeper::catalogue {

/// All entities and repositories that a server serves. Immutable after Compile, so any thread may read it.
/// Owns the descriptor pool that every descriptor in it belongs to.
class Catalogue {
 public:
  /// Checks every annotated message and service of `source` and compiles them. All mistakes are added to
  /// `diagnostics`; the catalogue is returned only when there are none.
  static std::unique_ptr<const Catalogue> Compile(std::unique_ptr<Source> source, Diagnostics* diagnostics);

  const std::vector<std::unique_ptr<const Entity>>& entities() const { return entities_; }
  const std::vector<Repository>& repositories() const { return repositories_; }
  const Source& source() const { return *source_; }
  /// Who may call and use what.
  policy::CataloguePolicy policy() const;

  /// nullptr when there is no such entity. `full_name` is the protobuf name.
  const Entity* FindEntity(std::string_view full_name) const;

 private:
  Catalogue() = default;

  std::unique_ptr<Source> source_;
  std::vector<std::unique_ptr<const Entity>> entities_;
  std::vector<Repository> repositories_;
  FeatureRules features_;
};

}  // namespace rowkeeper::catalogue
