#include "server/sql/introspect.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/declared_by.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

std::string TextArray(const std::vector<std::string>& items) {
  auto append_literal = [](std::string* out, const std::string& item) { out->append(Literal(item)); };
  return absl::StrCat("ARRAY[", absl::StrJoin(items, ", ", append_literal), "]::text[]");
}

/// A common table expression with the columns `position` and `oid`.
std::string Wanted(const std::vector<std::string>& tables) {
  return absl::StrCat("WITH wanted AS MATERIALIZED (SELECT w.position - 1 AS position, to_regclass(w.name) AS oid ",
                      "FROM unnest(", TextArray(tables), ") WITH ORDINALITY AS w(name, position)) ");
}

/// The comment of the table that the expression `oid` names. PostgreSQL finds it by its index, however many there are.
std::string CommentOf(std::string_view oid) {
  return Cat("(SELECT d.description FROM pg_catalog.pg_description d WHERE d.objoid = ", oid,
             " AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = 0)");
}

/// A name's bytes, in the form of a session that speaks UTF-8: what is no text there would have the whole answer
/// refused.
std::string BytesOf(std::string_view name) {
  return Cat("pg_catalog.encode(pg_catalog.convert_to(", name,
             "::text, CASE pg_catalog.current_setting('server_encoding') WHEN 'SQL_ASCII' THEN 'SQL_ASCII' ELSE 'UTF8' "
             "END), 'hex')");
}

/// What the bare name that the expression `name` gives finds. Asked of the catalogs and not of to_regclass(), which
/// sees what other sessions have committed since the query began.
std::string FoundByPath(std::string_view name) {
  return Cat("(SELECT c.oid FROM path p JOIN pg_catalog.pg_class c ON c.relnamespace = p.oid WHERE c.relname = ", name,
             " ORDER BY p.position LIMIT 1)");
}

/// What is asked about, and what has the names: `by_name`, with the identity `own` in its comment.
std::string Asked(const std::vector<WantedTable>& tables) {
  std::vector<std::string> names, schemas, messages;
  for (const WantedTable& table : tables) {
    names.push_back(table.table);
    schemas.push_back(table.schema);
    messages.push_back(table.message);
  }
  return absl::StrCat(
      "WITH path AS MATERIALIZED (SELECT n.oid, p.position FROM pg_catalog.unnest(pg_catalog.current_schemas(true)) "
      "WITH ORDINALITY AS p(name, position) JOIN pg_catalog.pg_namespace n ON n.nspname = p.name), "
      "asked AS MATERIALIZED (SELECT w.position - 1 AS position, w.name::pg_catalog.name AS name, w.message, "
      "w.schema <> '' AS in_schema, n.oid AS schema FROM unnest(",
      TextArray(names), ", ", TextArray(schemas), ", ", TextArray(messages),
      ") WITH ORDINALITY AS w(name, schema, message, position) "
      "LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema::pg_catalog.name), "
      "named AS MATERIALIZED (SELECT f.*, ",
      IdentityIn(CommentOf("f.by_name")),
      " AS own FROM (SELECT a.*, CASE WHEN a.in_schema THEN (SELECT c.oid FROM pg_catalog.pg_class c "
      "WHERE c.relname = a.name AND c.relnamespace = a.schema) ELSE ",
      FoundByPath("a.name"), " END AS by_name FROM asked a) f)");
}

/// The tables whose comments name messages, if any of those asked about is not what has its name. What an array gives
/// the planner takes for a few rows: for thousands of tables it would think this dear enough to be compiled
/// (jit_above_cost), which takes many times longer than to look up their comments.
std::string Marked() {
  return absl::StrCat("marked AS MATERIALIZED (SELECT c.oid, c.relname, c.relnamespace, m.message FROM (SELECT o.oid, ",
                      IdentityIn(CommentOf("o.oid")),
                      " AS message FROM pg_catalog.unnest(ARRAY(SELECT c.oid FROM pg_catalog.pg_class c "
                      "WHERE c.relkind IN ('r', 'p', 'f') AND NOT c.relispartition "
                      "AND c.relnamespace IN (SELECT oid FROM path UNION SELECT schema FROM asked) "
                      "AND EXISTS (SELECT FROM named WHERE own IS DISTINCT FROM message))) AS o(oid)) m "
                      "JOIN pg_catalog.pg_class c ON c.oid = m.oid WHERE m.message IS NOT NULL)");
}

/// A common table expression with the columns `position`, `by_name` and `oid`, behind those that it needs; see
/// WantedTable.
std::string Named(const char* name, const std::vector<WantedTable>& tables) {
  return absl::StrCat(
      Asked(tables), ", ", Marked(),
      ", holders AS MATERIALIZED (SELECT a.position, min(m.oid) AS oid, count(*) AS number FROM named a "
      "JOIN marked m ON m.message = a.message WHERE a.own IS DISTINCT FROM a.message "
      "AND CASE WHEN a.in_schema THEN m.relnamespace = a.schema ELSE m.oid = ",
      FoundByPath("m.relname"), " END GROUP BY a.position), ", name,
      " AS MATERIALIZED (SELECT a.position, a.by_name, CASE WHEN a.own = a.message THEN a.by_name "
      "WHEN h.number = 1 AND (a.by_name IS NULL OR EXISTS (SELECT FROM named o WHERE o.message = a.own "
      "AND o.by_name IS DISTINCT FROM a.by_name)) THEN h.oid "
      "WHEN h.number >= 1 THEN NULL WHEN EXISTS (SELECT FROM named o WHERE o.message = a.own "
      "AND o.by_name IS DISTINCT FROM a.by_name) THEN NULL ELSE a.by_name END AS oid "
      "FROM named a LEFT JOIN holders h ON h.position = a.position)");
}

std::string Wanted(const std::vector<WantedTable>& tables) { return absl::StrCat(Named("wanted", tables), " "); }

/// Two of them: `known` has all tables, `wanted` those to be described.
std::string Wanted(const TableChoice& tables) {
  return absl::StrCat(Named("known", tables.tables), ", wanted AS (SELECT * FROM known WHERE position IN (",
                      absl::StrJoin(tables.positions, ", "), ")) ");
}

/// A number for the version of a catalog's row. Whatever changes the row gives it another place or another xmin.
std::string RowVersion(const char* row, int catalog) {
  return absl::StrCat("hashtextextended(", row, ".xmin::text || ", row, ".ctid::text, ", catalog, ")");
}

/// Rows (oid of a table, number) for the rows that a catalog, of the condition `from`, has of the wanted tables.
std::string Facts(const char* oid, const std::string& number, const char* from) {
  return absl::StrCat("SELECT ", oid, ", ", number, " FROM ", from, " AND ", oid, " IN (SELECT oid FROM wanted)");
}

constexpr char kColumnFacts[] =
    "pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
    "JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace WHERE a.attnum > 0";
constexpr char kLabelFacts[] =
    "pg_catalog.pg_enum e JOIN pg_catalog.pg_type t ON e.enumtypid IN (t.oid, t.typelem) "
    "JOIN pg_catalog.pg_attribute a ON a.atttypid = t.oid WHERE a.attnum > 0";
constexpr char kIndexFacts[] = "pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid WHERE true";
constexpr char kCommentFacts[] = "pg_catalog.pg_description d WHERE d.classoid = 'pg_catalog.pg_class'::regclass";
/// Not the row's version, which changes with every index and TRUNCATE.
constexpr char kRelationFacts[] =
    "hashtextextended(concat(c.relname, c.relacl, c.relrowsecurity, c.relispartition), 0)";

}  // namespace

WantedTable::WantedTable(const catalogue::Entity& entity)
    : table(entity.table), schema(entity.schema), message(entity.full_name) {}

TableChoice AllTables(std::vector<WantedTable> tables) {
  TableChoice choice{std::move(tables), {}};
  for (size_t i = 0; i < choice.tables.size(); ++i) choice.positions.push_back(static_cast<int>(i));
  return choice;
}

std::string LiveNamesQuery(const std::vector<WantedTable>& tables) {
  return absl::StrCat(
      Wanted(tables), "SELECT w.position, ", BytesOf("c.relname"), ", ", IdentityIn(CommentOf("c.oid")), ", ",
      BytesOf("a.attname"), ", ", IdentityIn("d.description"),
      ", w.oid IS NULL AND w.by_name IS NOT NULL, "
      // In microseconds, for sessions write times in different ways.
      "(extract(epoch FROM pg_catalog.pg_postmaster_start_time()) * 1000000)::bigint, "
      "pg_catalog.pg_snapshot_xmax(s.now), "
      // A snapshot leaves out the transaction that asks.
      "(SELECT count(*) FROM pg_catalog.pg_snapshot_xip(s.now)) + CASE WHEN "
      "pg_catalog.pg_current_xact_id_if_assigned() < pg_catalog.pg_snapshot_xmax(s.now) THEN 1 ELSE 0 END "
      "FROM wanted w CROSS JOIN pg_catalog.pg_current_snapshot() AS s(now) "
      "LEFT JOIN pg_catalog.pg_class c ON c.oid = w.oid "
      "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
      "LEFT JOIN pg_catalog.pg_description d ON d.objoid = c.oid "
      "AND d.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objsubid = a.attnum "
      "ORDER BY w.position, a.attnum");
}

std::string TableVersionsQuery(const std::vector<WantedTable>& tables) {
  const std::string of_columns = absl::StrCat(RowVersion("a", 1), " # ", RowVersion("t", 2), " # ", RowVersion("n", 3));
  const std::string of_indexes = absl::StrCat(RowVersion("i", 6), " # hashtextextended(concat(c.relname, c.relam), 7)");
  const std::vector<std::string> facts = {
      Facts("a.attrelid", of_columns, kColumnFacts),
      // The label's number alone would be the same for two columns of one type, and a sum could lose both.
      Facts("a.attrelid", absl::StrCat(RowVersion("e", 4), " # a.attnum"), kLabelFacts),
      Facts("d.adrelid", RowVersion("d", 5), "pg_catalog.pg_attrdef d WHERE true"),
      Facts("i.indrelid", of_indexes, kIndexFacts),
      Facts("k.conrelid", RowVersion("k", 8), "pg_catalog.pg_constraint k WHERE true"),
      // Another table may have got the name of the one that is referred to.
      Facts("k.conrelid", "hashtextextended(concat(k.oid, ' ', r.position), 12)",
            "pg_catalog.pg_constraint k JOIN wanted r ON r.oid = k.confrelid WHERE true"),
      Facts("g.tgrelid", RowVersion("g", 9), "pg_catalog.pg_trigger g WHERE NOT g.tgisinternal"),
      Facts("r.ev_class", RowVersion("r", 10), "pg_catalog.pg_rewrite r WHERE true"),
      Facts("d.objoid", RowVersion("d", 11), kCommentFacts),
      Facts("c.oid", kRelationFacts, "pg_catalog.pg_class c WHERE true"),
  };
  return absl::StrCat(Wanted(tables), ", facts(oid, number) AS (", absl::StrJoin(facts, " UNION ALL "),
                      "), versions AS (SELECT oid, sum(number) AS version FROM facts GROUP BY oid) "
                      "SELECT w.position, concat_ws(' ', c.oid, c.relkind, v.version, CASE WHEN w.oid IS NULL "
                      "THEN 'not ' || w.by_name END) FROM wanted w "
                      "LEFT JOIN pg_catalog.pg_class c ON c.oid = w.oid LEFT JOIN versions v ON v.oid = w.oid "
                      "ORDER BY w.position");
}

std::string LockedTablesQuery(const TableChoice& tables) {
  return absl::StrCat(
      Wanted(tables),
      ", locks AS (SELECT w.position, l.pid, l.granted, bool_or(l.granted) OVER (PARTITION BY w.position) AS held "
      "FROM wanted w JOIN pg_catalog.pg_locks l ON l.relation = w.oid "
      "AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database()) "
      "WHERE l.mode = 'AccessExclusiveLock') "
      "SELECT position, string_agg(DISTINCT pid::text, ', ') FROM locks WHERE granted OR NOT held "
      "GROUP BY position ORDER BY position");
}

std::string TablesQuery(const TableChoice& tables) {
  return absl::StrCat(Wanted(tables),
                      "SELECT w.position, c.relkind FROM wanted w LEFT JOIN pg_catalog.pg_class c ON c.oid = w.oid "
                      "ORDER BY w.position");
}

std::string AfterTriggersQuery(const std::vector<std::string>& tables) {
  // Bits of tgtype: 1 for each row, 2 BEFORE, 4 INSERT, 16 UPDATE, 64 INSTEAD OF.
  return absl::StrCat(Wanted(tables),
                      "SELECT w.position, string_agg(t.tgname, ', ' ORDER BY t.tgname) FROM wanted w "
                      "JOIN pg_catalog.pg_trigger t ON t.tgrelid = w.oid "
                      "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND (t.tgtype & 67) = 1 AND (t.tgtype & 20) > 0 "
                      "GROUP BY w.position ORDER BY w.position");
}

std::string KeptReferencesQuery(const std::vector<std::string>& tables) {
  // Bits of tgtype: as above, and 8 DELETE.
  return absl::StrCat(Wanted(tables),
                      "SELECT w.position, c.conrelid::regclass, string_agg(DISTINCT t.tgname, ', ' ORDER BY t.tgname) "
                      "FROM wanted w JOIN pg_catalog.pg_constraint c ON c.confrelid = w.oid AND c.contype = 'f' AND "
                      "c.confdeltype IN ('c', 'n', 'd') JOIN pg_catalog.pg_trigger t ON t.tgrelid = c.conrelid "
                      "WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND (t.tgtype & 67) = 3 AND "
                      "(t.tgtype & CASE c.confdeltype WHEN 'c' THEN 8 ELSE 16 END) > 0 "
                      "GROUP BY w.position, c.conrelid ORDER BY w.position, c.conrelid::regclass::text");
}

std::string ColumnsQuery(const TableChoice& tables) {
  return absl::StrCat(
      Wanted(tables),
      "SELECT w.position, a.attname, quote_ident(a.attname), "
      "CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) "
      "ELSE format_type(a.atttypid, a.atttypmod) END, "
      "a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, "
      "col_description(a.attrelid, a.attnum), n.nspname, element.typname, label.enumlabel, "
      "(SELECT NOT o.collisdeterministic FROM pg_catalog.pg_collation o WHERE o.oid = a.attcollation) "
      "FROM wanted w JOIN pg_catalog.pg_attribute a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped "
      "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
      "JOIN pg_catalog.pg_type element ON element.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 "
      "THEN t.typelem ELSE t.oid END "
      "JOIN pg_catalog.pg_namespace n ON n.oid = element.typnamespace "
      "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
      "LEFT JOIN pg_catalog.pg_enum label ON label.enumtypid = element.oid "
      "ORDER BY w.position, a.attnum, label.enumsortorder");
}

std::string IndexesQuery(const TableChoice& tables) {
  return absl::StrCat(
      Wanted(tables),
      "SELECT w.position, c.relname, i.indisunique, i.indisprimary, i.indisvalid, m.amname, "
      "pg_get_expr(i.indpred, i.indrelid), pg_get_indexdef(i.indexrelid), a.attname, (i.indoption[k.n - 1] & 1) = "
      "1, NOT i.indimmediate "
      "FROM wanted w JOIN pg_catalog.pg_index i ON i.indrelid = w.oid "
      "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
      "JOIN pg_catalog.pg_am m ON m.oid = c.relam "
      "CROSS JOIN LATERAL generate_series(1, i.indnkeyatts) AS k(n) "
      "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1] "
      "AND a.attnum <> 0 "
      "ORDER BY w.position, c.relname, k.n");
}

std::string ConstraintsQuery(const TableChoice& tables) {
  return absl::StrCat(
      Wanted(tables),
      "SELECT w.position, c.conname, c.contype, pg_get_constraintdef(c.oid), pg_get_expr(c.conbin, c.conrelid), "
      "r.position, COALESCE(a.attname, ''), f.attname, c.confdeltype "
      "FROM wanted w JOIN pg_catalog.pg_constraint c ON c.conrelid = w.oid AND c.contype IN ('c', 'f', 'x') "
      "CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(attnum, foreign_attnum, n) "
      "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum "
      "LEFT JOIN known r ON r.oid = c.confrelid "
      "LEFT JOIN pg_catalog.pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.foreign_attnum "
      "ORDER BY w.position, c.conname, k.n");
}

std::string HasVersionBelowOneQuery(const catalogue::Entity& entity) {
  return absl::StrCat("SELECT EXISTS (SELECT FROM ", TableRows(entity), " WHERE ",
                      ColumnName(entity.columns[*entity.version]), " < 1)");
}

std::string CheckProbesQuery(const std::vector<CheckProbe>& probes) {
  std::vector<std::string> parts;
  for (size_t i = 0; i < probes.size(); ++i) {
    const CheckProbe& probe = probes[i];
    std::string column = Identifier(probe.column);
    std::string value = probe.array ? "ARRAY[value]" : "value";
    // A CHECK is violated by false alone; NULL passes.
    parts.push_back(absl::StrCat("SELECT ", i, ", ", column, probe.array ? "[1]" : "", " FROM (SELECT ", value, " AS ",
                                 column, " FROM unnest(", TextArray(probe.values), ") AS source(value)) AS probe",
                                 " WHERE (", probe.expression, ") IS FALSE"));
  }
  return absl::StrJoin(parts, " UNION ALL ");
}

}  // namespace rowkeeper::sql
