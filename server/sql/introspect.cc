#include "server/sql/introspect.h"

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
std::string Wanted(const std::vector<std::string>& tables) {
  return absl::StrCat("WITH wanted AS (SELECT w.position - 1 AS position, to_regclass(w.name) AS oid FROM unnest(",
                      TextArray(tables), ") WITH ORDINALITY AS w(name, position)) ");
}

}  // namespace

std::string TablesQuery(const std::vector<std::string>& tables) {
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

std::string ColumnsQuery(const std::vector<std::string>& tables) {
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

std::string IndexesQuery(const std::vector<std::string>& tables) {
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

std::string ConstraintsQuery(const std::vector<std::string>& tables) {
  return absl::StrCat(
      Wanted(tables),
      "SELECT w.position, c.conname, c.contype, pg_get_constraintdef(c.oid), pg_get_expr(c.conbin, c.conrelid), "
      "r.position, a.attname, f.attname, c.confdeltype "
      "FROM wanted w JOIN pg_catalog.pg_constraint c ON c.conrelid = w.oid AND c.contype IN ('c', 'f') "
      "CROSS JOIN LATERAL unnest(c.conkey, c.confkey) WITH ORDINALITY AS k(attnum, foreign_attnum, n) "
      "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.attnum "
      "LEFT JOIN wanted r ON r.oid = c.confrelid "
      "LEFT JOIN pg_catalog.pg_attribute f ON f.attrelid = c.confrelid AND f.attnum = k.foreign_attnum "
      "ORDER BY w.position, c.conname, k.n");
}

std::string HasVersionBelowOneQuery(const catalogue::Entity& entity) {
  return absl::StrCat("SELECT EXISTS (SELECT FROM ", Table(entity), " WHERE ",
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
