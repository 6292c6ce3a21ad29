#pragma once

#include <string>
#include <string_view>

/// The SQL of the migration runner and of the embedded database. Pure text.
namespace rowkeeper::sql {

/// A table by schema and name, both unquoted.
struct TableName {
  std::string schema;
  std::string name;
};

/// Splits "schema.name" at the first dot; without a dot the schema is empty.
TableName ParseTableName(std::string_view text);

/// CREATE DATABASE `name`, without a semicolon.
std::string CreateDatabase(std::string_view name);

/// One row, one cell: the schema that unqualified new tables go to, NULL when there is none.
std::string SelectCurrentSchema();
/// A row when the table exists. $1 schema, $2 name.
std::string SelectTableExists();
/// The history table as dbmate makes it, if it is missing.
std::string CreateHistory(const TableName& table);
/// Rows of attribute names that the table has. $1 schema, $2 name.
std::string SelectColumns();
/// Adds the columns that dbmate's table does not have: name, checksum, applied_at, duration_ms (all nullable).
std::string ExtendHistory(const TableName& table);
/// Every row: version, name, checksum, applied_at (UTC, seconds), each but version NULL when the column is missing;
/// ordered by version, byte by byte.
std::string SelectHistory(const TableName& table);
/// One row of the history table, as text.
struct HistoryRow {
  std::string version;
  std::string name;
  std::string checksum;
  /// Empty: NULL.
  std::string duration_ms;
};
/// Values are in the text as literals: it is run as a script, whose errors are in PostgreSQL's words.
std::string InsertHistory(const TableName& table, const HistoryRow& row);
/// Like InsertHistory, but a row that exists keeps applied_at and takes the new name and checksum.
std::string StampHistory(const TableName& table, const HistoryRow& row);
std::string DeleteHistory(const TableName& table, std::string_view version);

/// One row, one cell: 't' when the session now holds the runner's lock of this database.
std::string TryMigrationLock();
/// Lets the session be idle for as long as it likes; does nothing where there is no such limit (before version 14).
std::string UnlimitIdleSession();
/// Who holds the runner's lock: process id, application_name, client address; no row when nobody does.
std::string SelectMigrationLockHolder();

/// SET lock_timeout for the session; 0 is no limit.
std::string SetLockTimeout(int milliseconds);

}  // namespace rowkeeper::sql
