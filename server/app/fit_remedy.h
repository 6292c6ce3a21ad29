#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/db/connection.h"
#include "server/schema/fit.h"

namespace rowkeeper::app {

/// What the words of a remedy repeat, so that they can be pasted.
struct RemedyFlags {
  /// Of the migrations; empty: not given.
  std::string directory;
  /// Those that name the database and the catalogue, each with a space before it; no password.
  std::string database = {};
  std::string catalogue = {};
};

/// A migration that has not been applied.
struct PendingMigration {
  std::string path;
  std::string text;
};

/// What to do about differences between the catalogue and the database. Immutable.
class Remedies {
 public:
  /// `pending`: nullopt when nobody knows which migrations are pending.
  Remedies(RemedyFlags flags, std::optional<std::vector<PendingMigration>> pending);

  /// "run `rowkeeper migrate up --migrations migrations`" when a pending migration is about the table; else what a
  /// migration would have to say, or what to change in the catalogue. Empty when the mismatch says it itself.
  std::string For(const schema::Mismatch& mismatch) const;
  /// Whether For would say to run the pending migrations.
  bool IsPending(const schema::Mismatch& mismatch) const;
  const RemedyFlags& flags() const { return flags_; }

 private:
  const RemedyFlags flags_;
  const std::optional<std::vector<PendingMigration>> pending_;
};

/// The migrations in `directory` that the database lacks; nullopt when that cannot be told. Opens a session of its own
/// and waits for no lock.
std::optional<std::vector<PendingMigration>> FindPending(const std::string& directory,
                                                         const db::ConnectionOptions& connection);

}  // namespace rowkeeper::app
