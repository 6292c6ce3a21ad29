#pragma once

#include <memory>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"

namespace rowkeeper::exec {

/// For every entity, the proto names of its columns and constraints, so that a database error can be told in the
/// caller's words. Immutable; thread-safe.
class ErrorContexts {
 public:
  explicit ErrorContexts(const catalogue::Catalogue& catalogue);

  /// `entity` must be of the catalogue.
  const db::ErrorContext& For(const catalogue::Entity& entity) const { return *contexts_.at(&entity); }
  /// Those of all entities, for connections. It may outlive this.
  db::ErrorWords Words() const;

 private:
  absl::flat_hash_map<const catalogue::Entity*, std::shared_ptr<const db::ErrorContext>> contexts_;
};

}  // namespace rowkeeper::exec
