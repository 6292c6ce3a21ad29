#pragma once

#include <string>
#include <string_view>

#include "server/sql/migration_sql.h"

/// The SQL about the table that tells which blocks of migration files, of those that run without a transaction, were
/// begun and are not recorded. It stands beside the history table while there is one, or a little
/// longer. Pure text.
namespace rowkeeper::sql {

/// The table that belongs to this history table.
TableName UnfinishedTable(const TableName& history);

/// Makes the table where it is missing.
std::string CreateUnfinished(const TableName& table);

/// One row, as text.
struct UnfinishedRow {
  std::string version;
  /// "up" or "down".
  std::string direction;
  /// How many of the block's statements are in effect.
  int in_effect = 0;
  /// The next one failed.
  bool failed = false;
  /// Of their text.
  std::string checksum;
};
/// Inserts the row, or replaces that of the version; the session that runs this is noted with it. May be sent with
/// other statements.
std::string NoteUnfinished(const TableName& table, const UnfinishedRow& row);
/// Removes the row of `version`, where there is one. One statement.
std::string ForgetUnfinished(const TableName& table, std::string_view version);
/// Drops the table when it has no row. Fails, and does nothing, when somebody reads it, as pg_dump does for long.
std::string DropEmptyUnfinished(const TableName& table);
/// Every row: version, direction, in_effect, checksum, PostgreSQL process of the session that wrote it, 't' while that
/// session lives, failed; ordered by version.
std::string SelectUnfinished(const TableName& table);

/// A row for an index `index` of `table` (a name as statements write it): its schema and name as statements write
/// them, 't' when it is valid, its definition.
std::string SelectIndexState(std::string_view table, std::string_view index);
/// A row when the index is there; its name may have its schema, and is without quotes.
std::string SelectIndexExists(std::string_view index);
/// Schemas and names, as statements write them, of what an interrupted REINDEX CONCURRENTLY of a table or index has
/// left.
std::string SelectReindexLeftovers(std::string_view relation);

}  // namespace rowkeeper::sql
