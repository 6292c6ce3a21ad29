#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/status/view.h"

namespace rowkeeper::status {

/// One migration, of the directory or of the database's history.
struct MigrationRow {
  enum class State {
    kApplied,
    kPending,
    kEdited,      ///< applied, and its file has changed since
    kOutOfOrder,  ///< pending, though a newer one is applied
    kMissing,     ///< applied, and there is no file
  };
  std::string version;
  /// Empty when it is not known.
  std::string name;
  State state = State::kPending;
  /// One of its blocks was begun and is not finished.
  bool unfinished = false;
  /// "YYYY-MM-DD HH:MM:SS", UTC; empty when pending or not recorded.
  std::string applied_at;
};

struct MigrationsData {
  Clock::wall_time_point now;
  /// Empty: the server was given none.
  std::string directory;
  /// By version, the oldest first. None: not known, for the database has not been asked yet or did not answer.
  std::optional<std::vector<MigrationRow>> migrations;
};

/// Which migrations the database has and which it lacks, the newest first.
View MakeMigrationsView(const MigrationsData& data);

}  // namespace rowkeeper::status
