#include "server/sql/schema_facts.h"

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {
namespace {

std::string LiteralArray(const std::vector<std::string>& items, const char* type) {
  const std::string list =
      absl::StrJoin(items, ", ", [](std::string* out, const std::string& item) { out->append(Literal(item)); });
  return Cat("ARRAY[", list, "]::", type, "[]");
}

/// The names of the attributes whose numbers `numbers` lists.
std::string AttributeNames(const char* numbers, const char* table) {
  return Cat("(SELECT json_agg(a.attname ORDER BY k.n) FROM unnest(", numbers,
             ") WITH ORDINALITY AS k(attnum, n) JOIN pg_catalog.pg_attribute a ON a.attrelid = ", table,
             " AND a.attnum = k.attnum)");
}

std::string InSchemas(const std::vector<std::string>& schemas) {
  return Cat("(n.nspname = ANY (", LiteralArray(schemas, "text"),
             ") OR n.nspname = ANY (current_schemas(false)::text[]))");
}

std::string NotOfAnExtension(const char* catalog, const char* oid) {
  return Cat("NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = 'pg_catalog.", catalog,
             "'::regclass AND e.objid = ", oid, " AND e.deptype = 'e')");
}

/// What a line of a fingerprint is about.
constexpr char kOfPeople[] = "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'";

constexpr char kColumnType[] =
    "CASE WHEN t.typtype = 'd' THEN format_type(t.typbasetype, t.typtypmod) ELSE format_type(a.atttypid, a.atttypmod) "
    "END";

}  // namespace

std::string PutFirstInSearchPath(const std::string& schema) {
  if (schema.empty()) return "SELECT current_setting('search_path')";
  return Cat("SELECT pg_catalog.set_config('search_path', concat_ws(', ', ", Literal(Identifier(schema)),
             ", nullif(current_setting('search_path'), '')), true)");
}

std::string RelationsQuery(const std::vector<std::string>& schemas) {
  return Cat(
      "SELECT c.oid, n.nspname, c.relname, c.relkind, obj_description(c.oid, 'pg_class'), "
      "pg_catalog.pg_table_is_visible(c.oid) FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm') "
      "AND NOT c.relispartition AND ",
      "(n.oid = pg_catalog.pg_my_temp_schema() OR ", InSchemas(schemas), ") AND ",
      NotOfAnExtension("pg_class", "c.oid"), " ORDER BY n.nspname, c.relname");
}

std::string RelationNamesQuery(const std::vector<std::string>& schemas) {
  return Cat(
      "SELECT n.nspname, c.relname, coalesce(i.indrelid::text, ''), CASE WHEN i.indrelid IS NOT NULL THEN 'an index of "
      "' || i.indrelid::regclass WHEN c.relkind = 'S' THEN 'a sequence' WHEN c.relkind IN ('v', 'm') THEN 'a view' "
      "WHEN c.relkind = 'c' THEN 'a composite type' ELSE 'a table' END FROM pg_catalog.pg_class c "
      "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = "
      "c.oid WHERE ",
      InSchemas(schemas), " ORDER BY n.nspname, c.relname");
}

std::string EnumTypesQuery(const std::vector<std::string>& schemas) {
  return Cat(
      "SELECT n.nspname, t.typname, (SELECT json_agg(e.enumlabel ORDER BY e.enumsortorder) "
      "FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid), pg_catalog.pg_type_is_visible(t.oid) "
      "FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace "
      "WHERE t.typtype = 'e' AND ",
      InSchemas(schemas), " AND ", NotOfAnExtension("pg_type", "t.oid"), " ORDER BY n.nspname, t.typname");
}

std::string ColumnFactsQuery(const std::vector<std::string>& tables) {
  return Cat("SELECT a.attrelid, a.attname, ", kColumnType,
             ", a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated, "
             "col_description(a.attrelid, a.attnum), CASE WHEN element.typtype = 'e' THEN element.typname END, "
             "CASE WHEN t.typtype = 'd' THEN format_type(a.atttypid, a.atttypmod) END, t.typdefault IS NOT NULL, "
             "CASE WHEN a.attcollation <> t.typcollation THEN a.attcollation::regcollation END, "
             "CASE WHEN a.attidentity = '' THEN pg_get_serial_sequence(a.attrelid::regclass::text, a.attname) END "
             "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
             "JOIN pg_catalog.pg_type element ON element.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 "
             "THEN t.typelem ELSE t.oid END "
             "LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
             "WHERE a.attrelid = ANY (",
             LiteralArray(tables, "oid"), ") AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attrelid, a.attnum");
}

std::string ConstraintFactsQuery(const std::vector<std::string>& tables) {
  return Cat(
      "SELECT c.conrelid, c.conname, c.contype, pg_get_constraintdef(c.oid), pg_get_expr(c.conbin, c.conrelid), ",
      AttributeNames("c.conkey", "c.conrelid"), ", c.confrelid, ", AttributeNames("c.confkey", "c.confrelid"),
      ", c.confdeltype, c.convalidated, obj_description(c.oid, 'pg_constraint') "
      "FROM pg_catalog.pg_constraint c WHERE c.contype IN ('p', 'u', 'c', 'f', 'x') AND c.conparentid = 0 AND "
      "c.conrelid = ANY (",
      LiteralArray(tables, "oid"), ") ORDER BY c.conrelid, c.conname");
}

std::string IndexFactsQuery(const std::vector<std::string>& tables) {
  return Cat(
      "SELECT i.indrelid, c.relname, d.text, substr(d.text, strpos(d.text, ' USING ')), i.indisunique, i.indisvalid, "
      "coalesce(k.contype::text, ''), "
      "(SELECT json_agg(DISTINCT a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = i.indrelid AND "
      "(a.attnum = ANY (i.indkey) OR EXISTS (SELECT FROM pg_catalog.pg_depend p WHERE p.objid = i.indexrelid "
      "AND p.classid = 'pg_catalog.pg_class'::regclass AND p.refobjid = i.indrelid AND p.refobjsubid = a.attnum)) "
      "AND a.attnum > 0), CASE WHEN k.oid IS NULL THEN obj_description(i.indexrelid, 'pg_class') "
      "ELSE obj_description(k.oid, 'pg_constraint') END, pg_get_expr(i.indpred, i.indrelid), "
      "pg_get_constraintdef(k.oid) FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid "
      "CROSS JOIN LATERAL pg_get_indexdef(i.indexrelid) AS d(text) LEFT JOIN pg_catalog.pg_constraint k "
      "ON k.conrelid = i.indrelid AND k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x') WHERE i.indrelid = "
      "ANY (",
      LiteralArray(tables, "oid"), ") ORDER BY i.indrelid, c.relname");
}

std::string ColumnReadersQuery(const std::vector<std::string>& tables) {
  const auto is_in = [](const char* catalog) { return Cat("d.classid = 'pg_catalog.", catalog, "'::regclass"); };
  const std::string only_drop =
      Cat("k.oid IS NOT NULL OR ", is_in("pg_statistic_ext"), " OR ", is_in("pg_publication_rel"));
  // Indexes, owned sequences, the column's own default, and the constraints of the table are told elsewhere.
  const std::string known = Cat(is_in("pg_class"), " AND (d.objsubid = 0 OR (d.objid, d.objsubid) = (d.refobjid, ",
                                "d.refobjsubid)) OR (g.adrelid, g.adnum) = (d.refobjid, d.refobjsubid) OR k.contype ",
                                "IN ('p', 'u', 'c', 'n') OR k.contype = 'f' AND k.conrelid = d.refobjid AND "
                                "d.refobjsubid = ANY (k.conkey)");
  return Cat(
      "SELECT DISTINCT d.refobjid, a.attname, pg_describe_object(d.classid, d.objid, d.objsubid), ", only_drop,
      ", d.refobjid IN (k.conrelid, g.adrelid, p.polrelid, t.tgrelid), obj_description(k.oid, 'pg_constraint') "
      "FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_attribute a ON "
      "a.attrelid = d.refobjid AND a.attnum = d.refobjsubid LEFT JOIN pg_catalog.pg_attrdef g ON g.oid = d.objid AND ",
      is_in("pg_attrdef"), " LEFT JOIN pg_catalog.pg_policy p ON p.oid = d.objid AND ", is_in("pg_policy"),
      " LEFT JOIN pg_catalog.pg_trigger t ON t.oid = d.objid AND ", is_in("pg_trigger"),
      " LEFT JOIN pg_catalog.pg_constraint k ON k.oid = d.objid AND ", is_in("pg_constraint"),
      " WHERE d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjsubid > 0 AND (", known,
      ") IS NOT TRUE AND d.refobjid = ANY (", LiteralArray(tables, "oid"), ") ORDER BY 1, 2, 3");
}

std::string TriggerNamesQuery(const std::vector<std::string>& tables) {
  return Cat("SELECT t.tgrelid, t.tgname FROM pg_catalog.pg_trigger t WHERE NOT t.tgisinternal AND t.tgrelid = ANY (",
             LiteralArray(tables, "oid"), ") ORDER BY t.tgrelid, t.tgname");
}

std::string FingerprintQuery(const std::string& history) {
  const std::string table = "format('%I.%I', n.nspname, c.relname)";
  const std::string tables = Cat("pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace AND ",
                                 kOfPeople, " AND c.oid IS DISTINCT FROM to_regclass(", Literal(history), ") AND ",
                                 NotOfAnExtension("pg_class", "c.oid"));
  const std::vector<std::string> facts = {
      Cat("SELECT format('schema %I', n.nspname) FROM pg_catalog.pg_namespace n WHERE ", kOfPeople),
      Cat("SELECT concat_ws(' ', 'relation', ", table, ", c.relkind, c.relpersistence, c.reloptions::text, ",
          "c.relrowsecurity, 'comment ' || quote_literal(obj_description(c.oid, 'pg_class'))) FROM ", tables,
          " WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')"),
      Cat("SELECT concat_ws(' ', 'column', ", table, ", quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), ",
          "CASE WHEN a.attnotnull THEN 'NOT NULL' END, 'default ' || pg_get_expr(d.adbin, d.adrelid), ",
          "'identity ' || nullif(a.attidentity::text, ''), 'generated ' || nullif(a.attgenerated::text, ''), ",
          "'collation ' || nullif(a.attcollation, t.typcollation)::text, ",
          "'comment ' || quote_literal(col_description(c.oid, a.attnum))) FROM ", tables,
          " JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
          "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_attrdef d "
          "ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')"),
      Cat("SELECT concat_ws(' ', 'constraint', ", table, ", quote_ident(k.conname), pg_get_constraintdef(k.oid), ",
          "'comment ' || quote_literal(obj_description(k.oid, 'pg_constraint'))) FROM ", tables,
          " JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'c', 'f', 'x')"),
      Cat("SELECT concat_ws(' ', 'index', pg_get_indexdef(i.indexrelid), CASE WHEN NOT i.indisvalid THEN 'INVALID' "
          "END, 'comment ' || quote_literal(obj_description(i.indexrelid, 'pg_class'))) FROM ",
          tables, " JOIN pg_catalog.pg_index i ON i.indrelid = c.oid WHERE c.relkind IN ('r', 'p', 'm')"),
      Cat("SELECT concat_ws(' ', 'trigger', pg_get_triggerdef(g.oid)) FROM ", tables,
          " JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal"),
      Cat("SELECT concat_ws(' ', 'view', ", table, ", pg_get_viewdef(c.oid)) FROM ", tables,
          " WHERE c.relkind IN ('v', 'm')"),
      Cat("SELECT concat_ws(' ', 'sequence', ", table, ", format_type(s.seqtypid, NULL), s.seqincrement) FROM ", tables,
          " JOIN pg_catalog.pg_sequence s ON s.seqrelid = c.oid"),
      Cat("SELECT concat_ws(' ', 'type', format('%I.%I', n.nspname, t.typname), t.typtype, (SELECT string_agg("
          "quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e "
          "WHERE e.enumtypid = t.oid)) FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n "
          "ON n.oid = t.typnamespace WHERE t.typtype IN ('e', 'd', 'r') AND ",
          kOfPeople, " AND ", NotOfAnExtension("pg_type", "t.oid")),
      Cat("SELECT concat_ws(' ', 'function', p.oid::regprocedure, md5(CASE WHEN p.prokind IN ('f', 'p') "
          "THEN pg_get_functiondef(p.oid) END)) FROM pg_catalog.pg_proc p "
          "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace WHERE ",
          kOfPeople, " AND ", NotOfAnExtension("pg_proc", "p.oid")),
  };
  return Cat("SELECT line FROM (", absl::StrJoin(facts, " UNION ALL "), ") AS facts(line) ORDER BY line COLLATE \"C\"");
}

}  // namespace rowkeeper::sql
