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
/// With the sessions that are in it; nothing where there is none.
std::string DropDatabaseAndSessions(std::string_view name);

/// CREATE DATABASE `name` without what an administrator has put into template1.
std::string CreateEmptyDatabase(std::string_view name);
std::string DropDatabaseIfExists(std::string_view name);
/// One cell: a name for a database that migrations are tried in, which tells when it was made. `unique` is a few
/// hexadecimal digits.
std::string SelectTrialDatabaseName(std::string_view unique);
/// Names of such databases of this role that are older than an hour and that nobody is connected to.
std::string SelectStaleTrialDatabases();
/// In one transaction: `name` becomes `former`, `replacement` becomes `name` and has its settings (ALTER DATABASE …
/// SET, ALTER ROLE … IN DATABASE … SET). A script, for a superuser's session of another database; `replacement` has no
/// settings yet.
std::string ReplaceDatabase(std::string_view name, std::string_view replacement, std::string_view former);
/// ANALYZE of all tables of the session's database.
std::string AnalyzeAll();

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

/// Who keeps the server's process `pid` from a lock that it waits for, five at most, the oldest transaction first:
/// process id (0: a prepared transaction), application_name, state, seconds since its transaction began, query.
std::string SelectBlockers(int pid);
/// Of the index that the server's process `pid` builds, if it does: the phase, and how many percent of it are done.
std::string SelectIndexProgress(int pid);

/// SET lock_timeout for the session; 0 is no limit.
std::string SetLockTimeout(int milliseconds);

}  // namespace rowkeeper::sql
