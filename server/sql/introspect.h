#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// Queries over PostgreSQL's catalogs. Each describes all the `tables` at once: they are names as Table() writes them,
/// resolved by the session's search_path, and every result row starts with the table's position in that list.

/// table position, relkind; NULL for a table that does not exist.
std::string TablesQuery(const std::vector<std::string>& tables);

/// table position, name, name as PostgreSQL quotes it, format_type (a domain's base type), is NOT NULL, default
/// expression, identity ('', 'a' or 'd'), generated ('' or 's'), comment, schema and name of the (element) type, enum
/// label. A column of an enum type has a row for each label, in sort order; any other has one row with a NULL label.
/// Ordered by table, column.
std::string ColumnsQuery(const std::vector<std::string>& tables);

/// table position, index name, is unique, is primary, is valid, access method, predicate or NULL, pg_get_indexdef,
/// column name (NULL for an expression), is descending, is deferrable: one row for each key column, in order.
std::string IndexesQuery(const std::vector<std::string>& tables);

/// table position, constraint name, contype ('c' or 'f'), pg_get_constraintdef, expression of a CHECK, referenced
/// table's position in the list or NULL, column name, referenced column name, confdeltype: one row for each column, in
/// order. A CHECK without columns is left out.
std::string ConstraintsQuery(const std::vector<std::string>& tables);

/// table position, names of the triggers that run for each row after INSERT or UPDATE, separated by ", ": one row for
/// each table that has some. Internal ones, of references, are left out.
std::string AfterTriggersQuery(const std::vector<std::string>& tables);

/// Whether a table has a row whose version is below 1: one cell. Reads every row.
std::string HasVersionBelowOneQuery(const catalogue::Entity& entity);

/// A CHECK's expression and the values of its one column to try it on.
struct CheckProbe {
  /// A text column, or with `array` a text array that holds one value at a time.
  std::string column;
  bool array = false;
  std::string expression;
  std::vector<std::string> values;
};

/// probe position, value: the values that PostgreSQL says violate their CHECK, which for text columns of any spelling
/// (IN, a pattern, a function) says more than reading the expression could. `probes` must not be empty.
std::string CheckProbesQuery(const std::vector<CheckProbe>& probes);

}  // namespace rowkeeper::sql
