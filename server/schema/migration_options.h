#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "server/base/clock.h"
#include "server/db/connection.h"
#include "server/schema/migration_file.h"

namespace rowkeeper::schema {

/// One thing that a runner did.
struct MigrationStep {
  enum class Action {
    kApplied,    ///< an up block ran
    kTakenDown,  ///< a down block ran
    kStamped,    ///< a history row was written, nothing ran
    kUnstamped,  ///< a history row was removed, nothing ran
    kForgotten,  ///< that the file was interrupted counts no longer, nothing ran
    kInitData,   ///< an init data file ran
  };
  Action action = Action::kApplied;
  /// Empty for init data.
  std::string version;
  /// Empty when a row without a file was unstamped or forgotten.
  std::string path;
  int64_t duration_ms = 0;
};

/// What a runner is about to run.
struct ChosenBlocks {
  /// All files, in the order of their versions.
  const std::vector<MigrationFile>& files;
  /// Some of them, in the order in which their blocks run.
  const std::vector<const MigrationFile*>& chosen;
  Direction direction;
};

/// Whom to tell, as it happens. Each may be empty. `plan` and `step` are called on the calling thread, `notice` also on
/// another one while the calling thread waits; never two at once.
struct MigrationObserver {
  /// Before the first block runs; what it is given lives as long as the call.
  std::function<void(const ChosenBlocks&)> plan;
  std::function<void(const MigrationStep&)> step;
  /// One line: a wait for another runner or for a lock, and who is in the way, a retry, a statement that still runs.
  std::function<void(const std::string&)> notice;
};

struct MigratorOptions {
  /// libpq connection string or URI; empty uses the PG* environment.
  std::string database_url;
  /// What is before it; a pooler in transaction mode is refused.
  db::Pooler pooler = db::Pooler::kAuto;
  /// Holds the migration files, and init_data/ below it.
  std::string directory = "migrations";
  /// "name" or "schema.name".
  std::string history_table = "schema_migrations";
  /// Longest wait of a statement for a lock; of those that may lock tables, a second at most, so that traffic does not
  /// pile up behind them. A script that sets lock_timeout decides by itself. 0: no limit. Range 0 to 86400000 ms.
  int lock_timeout_ms = 5000;
  /// How often a migration that ran into lock_timeout or a deadlock is tried in all. Range 1 to 100.
  int attempts = 10;
  /// Pause before the second attempt, times 0.5 to 1.5 by chance; it doubles three times.
  std::chrono::milliseconds retry_pause{1000};
  /// Longest wait for another runner on the same database.
  std::chrono::seconds runner_timeout{600};
  /// Whether a file that takes something away is run while servers are up that count on it, see AwaitServers.
  enum class Servers : uint8_t { kAwait, kIgnore } servers = Servers::kAwait;
  /// Longest wait for those servers; then it is refused. Range 0 to 86400 s.
  std::chrono::seconds servers_timeout{60};
  MigrationObserver observer;
  /// Of the limits and pauses above. Outlives the migrator.
  Clock* clock = &Clock::System();
};

}  // namespace rowkeeper::schema
