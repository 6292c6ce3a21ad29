#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/db/connection.h"
#include "server/schema/migration_file.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {

/// One row of the history table. A row without checksum was written by dbmate.
struct AppliedMigration {
  std::string version;
  std::string name;
  std::string checksum;
  /// "YYYY-MM-DD HH:MM:SS", UTC; empty when not recorded.
  std::string applied_at;
};

/// The table that says which migrations are applied: dbmate's, with columns of ours beside its one. All statements name
/// it with its schema, so that a migration may change search_path. Holds no connection; immutable.
class History {
 public:
  /// `table` is "name" (in the session's current schema) or "schema.name". Does not touch the table.
  static absl::StatusOr<History> Find(db::Connection& connection, std::string_view table);

  /// Makes the table, or adds our columns to dbmate's, where needed.
  absl::Status Prepare(db::Connection& connection) const;
  /// Ordered by version; empty when there is no table. Changes nothing.
  absl::StatusOr<std::vector<AppliedMigration>> Read(db::Connection& connection) const;
  /// The statement that records the file as applied.
  std::string InsertText(const MigrationFile& file, int64_t duration_ms) const;
  /// The statement that removes the row.
  std::string DeleteText(const std::string& version) const { return sql::DeleteHistory(table_, version); }
  /// Inserts the row or gives it the file's present name and checksum.
  absl::Status Stamp(db::Connection& connection, const MigrationFile& file) const;
  /// The statement that does it.
  std::string StampText(const MigrationFile& file) const;
  absl::Status Delete(db::Connection& connection, const std::string& version) const;
  /// Schema and name.
  const sql::TableName& table() const { return table_; }

 private:
  explicit History(sql::TableName table) : table_(std::move(table)) {}
  absl::StatusOr<bool> Exists(db::Connection& connection) const;

  sql::TableName table_;
};

}  // namespace rowkeeper::schema
