#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_options.h"
#include "server/schema/script_runner.h"
#include "server/sql/unfinished_sql.h"

namespace rowkeeper::schema {

/// A block without a transaction that was begun and is not recorded: its runner was interrupted, or a statement failed.
struct UnfinishedBlock {
  std::string version;
  Direction direction = Direction::kUp;
  /// So many of its statements are in effect; the next one was begun.
  int in_effect = 0;
  /// That one was not interrupted: it failed.
  bool failed = false;
  /// Of the text of those statements.
  std::string checksum;
  /// PostgreSQL's process of the session that ran it, and whether it still does.
  int pid = 0;
  bool running = false;
};

/// Of the first `count` statements; comments and white space do not matter.
std::string ChecksumOfFirst(const SqlScript& script, int count);
/// Whether the statements that are in effect stand in the block as they did.
bool IsUnedited(const UnfinishedBlock& unfinished, const MigrationBlock& block);

/// The table of unfinished blocks. It is there while there are some. Holds no connection; immutable.
class UnfinishedBlocks {
 public:
  /// `history` has a schema.
  explicit UnfinishedBlocks(const sql::TableName& history) : table_(sql::UnfinishedTable(history)) {}

  /// Statements that make the table where it is missing, and say that a block is begun or gone on with.
  std::string Begin(const MigrationFile& file, Direction direction, int in_effect) const;
  /// The statement that says how far the block is, for the session that runs it.
  std::string Note(const MigrationFile& file, Direction direction, const ScriptProgress& progress) const;
  /// The statement that says that there is nothing to say any more.
  std::string Forget(std::string_view version) const { return sql::ForgetUnfinished(table_, version); }
  /// Drops the table when it is empty and nobody is in the way.
  void TidyUp(db::Connection& connection) const;
  /// Ordered by version; empty where there is no table. Changes nothing.
  absl::StatusOr<std::vector<UnfinishedBlock>> Read(db::Connection& connection) const;

 private:
  sql::TableName table_;
};

/// Read(), when the sessions that ran the blocks have ended: PostgreSQL goes on with a statement whose runner was
/// killed. Waits up to options.runner_timeout. Errors: also ABORTED when one has not ended by then.
absl::StatusOr<std::vector<UnfinishedBlock>> ReadEndedBlocks(const UnfinishedBlocks& blocks,
                                                             const MigratorOptions& options,
                                                             db::Connection& connection);

}  // namespace rowkeeper::schema
