#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/schema/history.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_options.h"
#include "server/schema/unfinished.h"

namespace rowkeeper::schema {

/// How far `up` goes.
struct UpLimit {
  /// At most so many migrations; 0: all.
  int count = 0;
  /// Up to and including this version (or file name); empty: the newest.
  std::string to;
};

/// Where one migration stands.
struct MigrationState {
  enum class Kind {
    kApplied,
    kPending,
    kEdited,      ///< applied, but the file's up block has changed since
    kOutOfOrder,  ///< pending, but a newer one is applied
    kMissing,     ///< applied, but there is no file
  };
  Kind kind = Kind::kPending;
  std::string version;
  std::string name;
  /// Empty for kMissing.
  std::string path;
  /// "YYYY-MM-DD HH:MM:SS", UTC; empty when pending or not recorded.
  std::string applied_at;
  /// Applied, and recorded by dbmate: without checksum, so edits cannot be seen.
  bool by_dbmate = false;
  /// One of its blocks was begun and is not finished.
  std::optional<UnfinishedBlock> unfinished;
};

/// Every file of `directory` and every version that the database's history has, ordered by version. Changes nothing and
/// waits for nobody but for a lock on the history, as long as the connection may; works behind poolers.
absl::StatusOr<std::vector<MigrationState>> ReadMigrationStates(db::Connection& connection,
                                                                const std::string& directory,
                                                                const std::string& history_table);

/// Brings a database through the migrations of a directory, one after another, each in a transaction of its own unless
/// it says otherwise. Never resets or drops anything by itself. Runners on one database wait for each other. Errors
/// are for the operator: each names the file and says what to do; what was done before an error stays done and was
/// told to the observer. Thread-safe (it holds no connection between calls).
class Migrator {
 public:
  explicit Migrator(MigratorOptions options) : options_(std::move(options)) {}

  /// Applies what is pending. Refuses, before it does anything, when a file was edited after it was applied, when one
  /// is pending though a newer one is applied, when an applied one has no file, or when a file without a transaction
  /// was interrupted that cannot be run from its beginning again (see migration_repair.h).
  absl::StatusOr<std::vector<MigrationStep>> Up(const UpLimit& limit = {}) const;
  /// Takes the `count` newest applied ones down, newest first. `count` must be at least 1.
  absl::StatusOr<std::vector<MigrationStep>> Down(int count = 1) const;
  /// The steps of Up(), Down() and Stamp() if they were called now, each with the errors that come before the first
  /// step. Change nothing, and wait for no other runner. The observer is told the plan, as by those.
  absl::StatusOr<std::vector<MigrationStep>> PlanUp(const UpLimit& limit = {}) const;
  absl::StatusOr<std::vector<MigrationStep>> PlanDown(int count = 1) const;
  absl::StatusOr<std::vector<MigrationStep>> PlanStamp(std::string_view version) const;
  /// ReadMigrationStates over a session of its own.
  absl::StatusOr<std::vector<MigrationState>> Status() const;
  /// Writes a new migration file and returns its path. Does not need the database.
  absl::StatusOr<std::string> New(std::string_view name, const MigrationBody& body = {}) const;
  /// Makes the history say that exactly the files up to `version` are applied as they are now, without running any, and
  /// that none was interrupted.
  /// `version` is one, or a file name, "head" (all) or "base" (none).
  absl::StatusOr<std::vector<MigrationStep>> Stamp(std::string_view version) const;

 private:
  const MigratorOptions options_;
};

}  // namespace rowkeeper::schema
