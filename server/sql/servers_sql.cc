#include "server/sql/servers_sql.h"

#include "server/base/text.h"
#include "server/sql/declared_by.h"

namespace rowkeeper::sql {

std::vector<std::string> CreateServers() {
  return {
      "CREATE TABLE rowkeeper_servers (\n"
      "  id text NOT NULL,\n"
      "  address text NOT NULL,\n"
      "  release text NOT NULL,\n"
      "  digest text NOT NULL,\n"
      "  declares jsonb NOT NULL,\n"
      "  since timestamptz NOT NULL DEFAULT clock_timestamp(),\n"
      "  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),\n"
      "  PRIMARY KEY (id)\n"
      ")",
      "COMMENT ON TABLE rowkeeper_servers IS\n"
      "  'Rowkeeper: the servers that are up, and the tables and columns that they use'",
      // In the place of the servers that are up and have not noticed the table yet, for as long as a server counts.
      "INSERT INTO rowkeeper_servers (id, address, release, digest, declares) VALUES ('', '', '', '', "
      "'\"everything\"')"};
}

std::vector<std::string> DropServers() { return {"DROP TABLE rowkeeper_servers"}; }

std::string SelectHasServers() { return "SELECT to_regclass('rowkeeper_servers') IS NOT NULL"; }

std::string SelectMayRegister() {
  return "SELECT bool_and(has_table_privilege(servers, privilege)) FROM to_regclass('rowkeeper_servers') AS servers, "
         "unnest('{SELECT,INSERT,UPDATE,DELETE}'::text[]) AS privilege";
}

std::string BeginServerBeat(std::chrono::milliseconds limit) {
  return Cat("BEGIN; SET LOCAL statement_timeout = ", limit.count(), "; SET LOCAL synchronous_commit = off");
}

std::string TouchServer() {
  return "UPDATE rowkeeper_servers SET seen_at = clock_timestamp() WHERE id = $1 AND digest = $2 RETURNING true";
}

std::string RegisterServer() {
  return "WITH forgotten AS (DELETE FROM rowkeeper_servers WHERE id IN (SELECT id FROM rowkeeper_servers "
         "WHERE id <> $1 AND seen_at < clock_timestamp() - make_interval(secs => $6) "
         "ORDER BY seen_at LIMIT 100 FOR UPDATE SKIP LOCKED)) "
         "INSERT INTO rowkeeper_servers (id, address, release, digest, declares) VALUES ($1, $2, $3, $4, $5::jsonb) "
         "ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, declares = excluded.declares, "
         "since = clock_timestamp(), seen_at = clock_timestamp() RETURNING true";
}

std::string SelectServers() {
  return "SELECT id, left(address, 200), left(release, 100), to_char(since AT TIME ZONE 'UTC', 'YYYY-MM-DD "
         "HH24:MI:SS'), "
         "CASE WHEN octet_length(declares::text) > $2 THEN '\"everything\"' ELSE declares::text END, others FROM "
         "(SELECT DISTINCT ON (digest) id, address, release, since, declares, "
         "count(*) OVER (PARTITION BY digest) - 1 AS others FROM rowkeeper_servers "
         "WHERE abs(extract(epoch FROM clock_timestamp() - seen_at)) < $1 ORDER BY digest, address, id) AS servers "
         "ORDER BY id = '', address, id";
}

std::string SelectMarkedTables() {
  return Cat(
      "SELECT n.nspname || '.' || c.relname, coalesce(m.message, ''), a.name, a.identity FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "LEFT JOIN (SELECT objoid, ",
      IdentityIn("description"),
      " AS message FROM pg_catalog.pg_description "
      "WHERE classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND objsubid = 0) m "
      "ON m.objoid = c.oid AND c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition "
      "CROSS JOIN LATERAL (SELECT c.relname::text IN (SELECT jsonb_array_elements_text($1::jsonb)) AS asked) i "
      "LEFT JOIN LATERAL (SELECT attname AS name, coalesce(",
      IdentityIn("d.description"),
      ", '') AS identity FROM pg_catalog.pg_attribute LEFT JOIN pg_catalog.pg_description d ON d.objoid = attrelid "
      "AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = attnum "
      "WHERE i.asked AND attrelid = c.oid AND attnum > 0 AND NOT attisdropped) a ON true "
      "WHERE (m.message IS NOT NULL OR i.asked) AND (n.nspname = ANY (current_schemas(true)) "
      "OR n.nspname::text IN (SELECT jsonb_array_elements_text($2::jsonb))) ORDER BY 1");
}

}  // namespace rowkeeper::sql
