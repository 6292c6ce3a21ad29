#include "server/sql/unfinished_sql.h"

#include "server/base/text.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

std::string QuotedName(const TableName& table) {
  return table.schema.empty() ? Identifier(table.name) : Cat(Identifier(table.schema), ".", Identifier(table.name));
}

/// Of "name" or "schema.name"; NULL where there is none.
std::string RelationId(std::string_view name) {
  return Cat("to_regclass(", Literal(QuotedName(ParseTableName(name))), ")");
}

}  // namespace

TableName UnfinishedTable(const TableName& history) { return {history.schema, Cat(history.name, "_unfinished")}; }

std::string CreateUnfinished(const TableName& table) {
  return Cat("CREATE TABLE IF NOT EXISTS ", QuotedName(table),
             " (version varchar(255) PRIMARY KEY, direction text NOT NULL, in_effect integer NOT NULL, "
             "failed boolean NOT NULL, checksum text NOT NULL, pid integer NOT NULL, session_began timestamptz)");
}

std::string NoteUnfinished(const TableName& table, const UnfinishedRow& row) {
  return Cat("INSERT INTO ", QuotedName(table),
             " (version, direction, in_effect, failed, checksum, pid, session_began) VALUES (", Literal(row.version),
             ", ", Literal(row.direction), ", ", row.in_effect, row.failed ? ", true, " : ", false, ",
             Literal(row.checksum),
             ", pg_catalog.pg_backend_pid(), (SELECT a.backend_start FROM pg_catalog.pg_stat_activity a "
             "WHERE a.pid = pg_catalog.pg_backend_pid())) ON CONFLICT (version) DO UPDATE SET "
             "direction = excluded.direction, in_effect = excluded.in_effect, failed = excluded.failed, checksum = "
             "excluded.checksum, "
             "pid = excluded.pid, session_began = excluded.session_began");
}

std::string ForgetUnfinished(const TableName& table, std::string_view version) {
  const std::string name = QuotedName(table);
  return Cat("DO ", Literal(Cat("BEGIN IF to_regclass(", Literal(name), ") IS NOT NULL THEN DELETE FROM ", name,
                                " WHERE version = ", Literal(version), "; END IF; END")));
}

std::string DropEmptyUnfinished(const TableName& table) {
  const std::string name = QuotedName(table);
  return Cat("DO ", Literal(Cat("BEGIN IF to_regclass(", Literal(name),
                                ") IS NULL THEN RETURN; END IF; PERFORM set_config('lock_timeout', '100', true); "
                                "IF NOT EXISTS (SELECT FROM ",
                                name, ") THEN DROP TABLE ", name, "; END IF; END")));
}

std::string SelectUnfinished(const TableName& table) {
  return Cat(
      "SELECT u.version, u.direction, u.in_effect, u.checksum, u.pid, EXISTS (SELECT FROM pg_catalog.pg_stat_activity "
      "a WHERE a.pid = u.pid AND a.backend_start = u.session_began), u.failed FROM ",
      QuotedName(table), " u ORDER BY u.version COLLATE \"C\"");
}

std::string SelectIndexState(std::string_view table, std::string_view index) {
  return Cat(
      "SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid, pg_get_indexdef(c.oid) FROM pg_catalog.pg_index i "
      "JOIN pg_catalog.pg_class "
      "c ON c.oid = i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE i.indrelid = ",
      RelationId(table), " AND c.relname = ", Literal(index));
}

std::string SelectIndexExists(std::string_view index) {
  return Cat("SELECT 1 FROM pg_catalog.pg_index i WHERE i.indexrelid = ", RelationId(index));
}

std::string SelectReindexLeftovers(std::string_view relation) {
  const std::string id = RelationId(relation);
  return Cat(
      "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = "
      "i.indexrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid AND c.relname ~ "
      "'_cc(new|old)[0-9]*$' AND (i.indrelid = ",
      id, " OR i.indrelid = (SELECT t.indrelid FROM pg_catalog.pg_index t WHERE t.indexrelid = ", id,
      ")) ORDER BY c.relname");
}

}  // namespace rowkeeper::sql
