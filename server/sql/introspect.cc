#include "server/sql/introspect.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

std::string TextArray(const std::vector<std::string>& items) {
  auto append_literal = [](std::string* out, const std::string& item) { out->append(Literal(item)); };
  return absl::StrCat("ARRAY[", absl::StrJoin(items, ", ", append_literal), "]::text[]");
}

/// A common table expression with the columns `position` and `oid`.
std::string Named(const char* name, const std::vector<std::string>& tables) {
  return absl::StrCat("WITH ", name, " AS MATERIALIZED (SELECT w.position - 1 AS position, to_regclass(w.name) AS oid ",
                      "FROM unnest(", TextArray(tables), ") WITH ORDINALITY AS w(name, position))");
}

std::string Wanted(const std::vector<std::string>& tables) { return absl::StrCat(Named("wanted", tables), " "); }

/// Two of them: `known` has all names, `wanted` those to be described.
std::string Wanted(const TableChoice& tables) {
  return absl::StrCat(Named("known", tables.names), ", wanted AS (SELECT * FROM known WHERE position IN (",
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
constexpr char kRelationFacts[] = "hashtextextended(concat(c.relacl, c.relrowsecurity, c.relispartition), 0)";

}  // namespace

TableChoice AllTables(std::vector<std::string> names) {
  TableChoice tables{std::move(names), {}};
  for (size_t i = 0; i < tables.names.size(); ++i) tables.positions.push_back(static_cast<int>(i));
  return tables;
}

std::string TableVersionsQuery(const std::vector<std::string>& tables) {
  const std::string of_columns = absl::StrCat(RowVersion("a", 1), " # ", RowVersion("t", 2), " # ", RowVersion("n", 3));
  const std::string of_indexes = absl::StrCat(RowVersion("i", 6), " # hashtextextended(concat(c.relname, c.relam), 7)");
  const std::vector<std::string> facts = {
      Facts("a.attrelid", of_columns, kColumnFacts),
      // The label's number alone would be the same for two columns of one type, and a sum could lose both.
      Facts("a.attrelid", absl::StrCat(RowVersion("e", 4), " # a.attnum"), kLabelFacts),
      Facts("d.adrelid", RowVersion("d", 5), "pg_catalog.pg_attrdef d WHERE true"),
      Facts("i.indrelid", of_indexes, kIndexFacts),
      Facts("k.conrelid", RowVersion("k", 8), "pg_catalog.pg_constraint k WHERE true"),
      Facts("g.tgrelid", RowVersion("g", 9), "pg_catalog.pg_trigger g WHERE NOT g.tgisinternal"),
      Facts("r.ev_class", RowVersion("r", 10), "pg_catalog.pg_rewrite r WHERE true"),
      Facts("d.objoid", RowVersion("d", 11), kCommentFacts),
      Facts("c.oid", kRelationFacts, "pg_catalog.pg_class c WHERE true"),
  };
  return absl::StrCat(Wanted(tables), ", facts(oid, number) AS (", absl::StrJoin(facts, " UNION ALL "),
                      "), versions AS (SELECT oid, sum(number) AS version FROM facts GROUP BY oid) "
                      "SELECT w.position, concat_ws(' ', c.oid, c.relkind, v.version) FROM wanted w "
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
      "col_description(a.attrelid, a.attnum), n.nspname, element.typname, label.enumlabel "
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
      "r.position, a.attname, f.attname, c.confdeltype "
      "FROM wanted w JOIN pg_catalog.pg_constraint c ON c.conrelid = w.oid AND c.contype IN ('c', 'f') "
      "CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(attnum, foreign_attnum, n) "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum "
      "LEFT JOIN known r ON r.oid = c.confrelid "
      "LEFT JOIN pg_catalog.pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.foreign_attnum "
      "ORDER BY w.position, c.conname, k.n");
}

std::string HasVersionBelowOneQuery(const catalogue::Entity& entity) {
  return absl::StrCat("SELECT EXISTS (SELECT FROM ", TableRows(entity), " WHERE ",
                      Identifier(entity.columns[*entity.version].name), " < 1)");
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
