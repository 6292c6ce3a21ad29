#include "server/sql/introspect_query.h"

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/sql/identifier.h"

namespace rowkeeper::sql {

std::string ResultColumnsQuery(const std::vector<ResultColumn>& columns) {
  std::vector<std::string> rows;
  for (size_t i = 0; i < columns.size(); ++i) {
    const ResultColumn& column = columns[i];
    rows.push_back(Cat("(", i, ", ", column.type, "::oid, ", column.table, "::oid, ", column.number, ")"));
  }
  return Cat("SELECT w.position, format_type(CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END, NULL), ",
             "element.typname, element.typtype = 'e', a.attnotnull, c.relname FROM (VALUES ", absl::StrJoin(rows, ", "),
             ") AS w(position, type, relation, number) JOIN pg_catalog.pg_type t ON t.oid = w.type "
             "JOIN pg_catalog.pg_type element ON element.oid = CASE WHEN t.typcategory = 'A' AND t.typelem <> 0 "
             "THEN t.typelem ELSE t.oid END "
             "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = w.relation AND a.attnum = w.number "
             "LEFT JOIN pg_catalog.pg_class c ON c.oid = w.relation ORDER BY w.position");
}

std::string VolatileFunctionsQuery(const std::vector<std::string>& names) {
  std::vector<std::string> rows;
  for (size_t i = 0; i < names.size(); ++i) {
    const size_t dot = names[i].rfind('.');
    const bool qualified = dot != std::string::npos;
    rows.push_back(Cat("(", i, ", ", qualified ? Literal(names[i].substr(0, dot)) : "NULL", "::text, ",
                       Literal(names[i].substr(qualified ? dot + 1 : 0)), "::text)"));
  }
  return Cat(
      "SELECT w.position, p.oid::regprocedure FROM (VALUES ", absl::StrJoin(rows, ", "),
      ") AS w(position, schema, name) JOIN pg_catalog.pg_proc p ON p.proname = w.name "
      "JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace "
      "WHERE p.provolatile = 'v' AND n.nspname <> 'pg_catalog' AND (w.schema = n.nspname OR w.schema IS NULL AND "
      "pg_catalog.pg_function_is_visible(p.oid)) AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d "
      "WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e') "
      "ORDER BY w.position, p.oid");
}

}  // namespace rowkeeper::sql
