#pragma once

#include <string>
#include <vector>

#include "server/schema/lint/effect.h"
#include "server/schema/migration_file.h"

namespace rowkeeper::schema {

/// What a statement does to one table that is there before the files run.
struct PlannedEffect {
  /// "name" or "schema.name", without quotes; "all tables" where none is named.
  std::string table;
  TableLock lock = TableLock::kNone;
  /// Reads, or writes anew, all rows.
  bool scans = false;
  bool rewrites = false;
};

struct PlannedStatement {
  /// 1-based, in the file.
  int line = 1;
  /// Its first words, as one line.
  std::string text;
  /// One for each table, in the order of the statement.
  std::vector<PlannedEffect> effects;
  /// What goes with it, as `column "todos"."title"`.
  std::vector<std::string> loses;
  /// Why nothing is known of it; empty for most.
  std::string unknown;
};

/// What the opposite block of a file gives back.
enum class WayBack {
  kNone,  ///< it does nothing
  kWhole,
  kLosesData,
};

/// What the block of a file does to what others use while it runs.
struct PlannedBlock {
  std::string path;
  bool transaction = true;
  /// Those that touch what is there, or of which nothing is known.
  std::vector<PlannedStatement> statements;
  /// How many there are beside those.
  int others = 0;
  WayBack way_back = WayBack::kWhole;
  /// With WayBack::kLosesData.
  std::vector<std::string> lost_on_the_way_back;
};

/// The blocks of `chosen`, some of `files`, in the order in which they run. `files` are in the order of their versions;
/// what the others' up blocks make is taken to be there. Judged by the text alone: triggers, the code of functions and
/// of DO, and statements longer than 64 KiB are not looked into. Pure.
std::vector<PlannedBlock> PlanBlocks(const std::vector<MigrationFile>& files,
                                     const std::vector<const MigrationFile*>& chosen, Direction direction);

}  // namespace rowkeeper::schema
