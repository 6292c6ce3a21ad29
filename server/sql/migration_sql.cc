#include "server/sql/migration_sql.h"

#include "server/base/text.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

/// The runner's advisory lock: "rowkeepr" in ASCII. Advisory locks are per database.
constexpr char kLockKey[] = "8245940745885020274";
/// Halves of kLockKey as pg_locks shows them.
constexpr char kLockClass[] = "1919907691";
constexpr char kLockObject[] = "1701146738";

constexpr std::string_view kTrialDatabase = "rowkeeper_verify_";

/// A time of the server to the second, in UTC, as 14 digits.
std::string DigitsOf(const char* time) { return Cat("to_char((", time, ") AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISS')"); }

std::string Quoted(const TableName& table) {
  return table.schema.empty() ? Identifier(table.name) : Cat(Identifier(table.schema), ".", Identifier(table.name));
}

std::string InsertRow(const TableName& table, const HistoryRow& row) {
  return Cat("INSERT INTO ", Quoted(table), " AS h (version, name, checksum, applied_at, duration_ms) VALUES (",
             Literal(row.version), ", ", Literal(row.name), ", ", Literal(row.checksum), ", clock_timestamp(), ",
             row.duration_ms.empty() ? "NULL" : Literal(row.duration_ms), "::bigint)");
}

}  // namespace

TableName ParseTableName(std::string_view text) {
  const size_t dot = text.find('.');
  if (dot == std::string_view::npos) return {"", std::string(text)};
  return {std::string(text.substr(0, dot)), std::string(text.substr(dot + 1))};
}

std::string CreateDatabase(std::string_view name) { return Cat("CREATE DATABASE ", Identifier(name)); }

std::string CreateEmptyDatabase(std::string_view name) { return Cat(CreateDatabase(name), " TEMPLATE template0"); }

std::string DropDatabaseIfExists(std::string_view name) { return Cat("DROP DATABASE IF EXISTS ", Identifier(name)); }

std::string SelectTrialDatabaseName(std::string_view unique) {
  return Cat("SELECT ", Literal(kTrialDatabase), " || ", DigitsOf("now()"), " || ", Literal(Cat("_", unique)));
}

std::string SelectStaleTrialDatabases() {
  return Cat("SELECT d.datname FROM pg_catalog.pg_database d WHERE d.datname ~ ",
             Literal(Cat("^", kTrialDatabase, "[0-9]{14}_[0-9a-f]+$")), " AND substr(d.datname, ",
             kTrialDatabase.size() + 1, ", 14) COLLATE \"C\" < ", DigitsOf("now() - interval '1 hour'"),
             " AND pg_has_role(d.datdba, 'USAGE') AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_activity a "
             "WHERE a.datid = d.oid) ORDER BY d.datname");
}

std::string ReplaceDatabase(std::string_view name, std::string_view replacement, std::string_view former) {
  const auto oid = [](std::string_view database) {
    return Cat("(SELECT oid FROM pg_catalog.pg_database WHERE datname = ", Literal(database), ")");
  };
  // Statements to set them again would have to know which settings are lists, and could not for those of extensions.
  return Cat("BEGIN; UPDATE pg_catalog.pg_db_role_setting SET setdatabase = ", oid(replacement),
             " WHERE setdatabase = ", oid(name), "; ALTER DATABASE ", Identifier(name), " RENAME TO ",
             Identifier(former), "; ALTER DATABASE ", Identifier(replacement), " RENAME TO ", Identifier(name),
             "; COMMIT");
}

std::string AnalyzeAll() { return "ANALYZE"; }

std::string DropDatabaseAndSessions(std::string_view name) {
  return Cat("DROP DATABASE IF EXISTS ", Identifier(name), " WITH (FORCE)");
}

std::string SelectCurrentSchema() { return "SELECT current_schema()"; }

std::string SelectTableExists() {
  return "SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
         "WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p')";
}

std::string CreateHistory(const TableName& table) {
  return Cat("CREATE TABLE IF NOT EXISTS ", Quoted(table), " (version varchar(255) PRIMARY KEY)");
}

std::string SelectColumns() {
  return "SELECT a.attname FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
         "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
         "WHERE n.nspname = $1 AND c.relname = $2 AND a.attnum > 0 AND NOT a.attisdropped";
}

std::string ExtendHistory(const TableName& table) {
  return Cat("ALTER TABLE ", Quoted(table),
             " ADD COLUMN IF NOT EXISTS name text, ADD COLUMN IF NOT EXISTS checksum text, "
             "ADD COLUMN IF NOT EXISTS applied_at timestamptz, ADD COLUMN IF NOT EXISTS duration_ms bigint");
}

std::string SelectHistory(const TableName& table) {
  return Cat(
      "SELECT h.version, to_jsonb(h) ->> 'name', to_jsonb(h) ->> 'checksum', "
      "to_char((to_jsonb(h) ->> 'applied_at')::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') FROM ",
      Quoted(table), " h ORDER BY h.version COLLATE \"C\"");
}

std::string InsertHistory(const TableName& table, const HistoryRow& row) { return InsertRow(table, row); }

std::string StampHistory(const TableName& table, const HistoryRow& row) {
  return Cat(InsertRow(table, row),
             " ON CONFLICT (version) DO UPDATE SET name = excluded.name, checksum = excluded.checksum, "
             "applied_at = coalesce(h.applied_at, excluded.applied_at)");
}

std::string DeleteHistory(const TableName& table, std::string_view version) {
  return Cat("DELETE FROM ", Quoted(table), " WHERE version = ", Literal(version));
}

std::string TryMigrationLock() { return Cat("SELECT pg_try_advisory_lock(", kLockKey, ")"); }

std::string UnlimitIdleSession() {
  return "SELECT pg_catalog.set_config(s.name, '0', false) FROM pg_catalog.pg_settings s "
         "WHERE s.name = 'idle_session_timeout'";
}

std::string SelectMigrationLockHolder() {
  return Cat(
      "SELECT l.pid, coalesce(a.application_name, ''), coalesce(host(a.client_addr), 'local') "
      "FROM pg_catalog.pg_locks l LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid "
      "WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.classid = ",
      kLockClass, " AND l.objid = ", kLockObject,
      " AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())");
}

std::string SelectBlockers(int pid) {
  return Cat(
      "SELECT p.pid, coalesce(b.application_name, ''), coalesce(b.state, ''), coalesce(extract(epoch FROM "
      "clock_timestamp() - coalesce(b.xact_start, b.query_start)), 0)::bigint, coalesce(b.query, '') "
      "FROM pg_catalog.pg_stat_activity a CROSS JOIN LATERAL (SELECT DISTINCT unnest(pg_catalog.pg_blocking_pids("
      "a.pid))) AS p(pid) LEFT JOIN pg_catalog.pg_stat_activity b ON b.pid = p.pid WHERE a.pid = ",
      pid, " AND a.wait_event_type = 'Lock' ORDER BY b.xact_start NULLS LAST, p.pid LIMIT 5");
}

std::string SelectIndexProgress(int pid) {
  return Cat(
      "SELECT phase, coalesce(100 * CASE WHEN blocks_total > 0 THEN blocks_done ELSE tuples_done END / nullif(CASE "
      "WHEN "
      "blocks_total > 0 THEN blocks_total ELSE tuples_total END, 0), 0) FROM "
      "pg_catalog.pg_stat_progress_create_index WHERE pid = ",
      pid);
}

std::string SetLockTimeout(int milliseconds) { return Cat("SET lock_timeout = ", milliseconds); }

}  // namespace rowkeeper::sql
