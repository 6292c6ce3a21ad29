#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/catalogue/diagnostics.h"
#include "server/catalogue/entity.h"
#include "server/catalogue/repository.h"
#include "server/catalogue/source.h"

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

  /// nullptr when there is no such entity. `full_name` is the protobuf name.
  const Entity* FindEntity(std::string_view full_name) const;

 private:
  Catalogue() = default;

  std::unique_ptr<Source> source_;
  std::vector<std::unique_ptr<const Entity>> entities_;
  std::vector<Repository> repositories_;
};

}  // namespace rowkeeper::catalogue
