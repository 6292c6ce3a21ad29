#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::schema {

/// A migration whose down block does not undo what its up block did, or whose second up does something else.
struct IrreversibleMigration {
  std::string path;
  enum class When { kDown, kSecondUp } when = When::kDown;
  /// Facts that should be there and are not, and facts that should not be there and are, as ReadFingerprint tells them.
  std::vector<std::string> missing;
  std::vector<std::string> unexpected;
};

struct VerifiedMigrations {
  /// Files that were run up, down and up again.
  int files = 0;
  std::vector<IrreversibleMigration> irreversible;
};

/// Runs every migration of the directory up, down and up again, in a database of its own that is made on the server of
/// `options` and dropped afterwards, and compares the schemas each time. `verified` hears the path of each file that
/// was run. Needs the right to create databases. Errors: those of Migrator, of the first file that cannot be run; after
/// a crash a database `rowkeeper_verify_...` may be left, which a call drops that begins an hour later.
absl::StatusOr<VerifiedMigrations> VerifyMigrations(const MigratorOptions& options,
                                                    const std::function<void(const std::string&)>& verified);

/// Applies every migration of the directory in a database of its own, as VerifyMigrations does, and lets `use` look at
/// it: it is given the options that lead there. Errors: those of Migrator; what `use` returns.
absl::Status ReplayMigrations(const MigratorOptions& options,
                              const std::function<absl::Status(const MigratorOptions& there)>& use);

}  // namespace rowkeeper::schema
