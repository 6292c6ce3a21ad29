#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// Queries over PostgreSQL's catalogs. Each is about several tables at once: they are names as Table() writes them,
/// resolved by the session's search_path, and every result row starts with the table's position among the names.
struct TableChoice {
  std::vector<std::string> names;
  /// Positions in `names` of the tables that are described; the others are only there to be referenced.
  std::vector<int> positions;
};

/// All of `names`.
TableChoice AllTables(std::vector<std::string> names);

/// table position, version: empty for a table that does not exist; otherwise a text that changes with whatever the
/// queries below say of the table, and when another table takes its name. Made of the versions of the rows that the
/// catalogs have of it: so it waits for no lock on the table and deparses nothing. May change for less, as when a
/// catalog is rewritten. Of all names, in their order.
std::string TableVersionsQuery(const std::vector<std::string>& tables);

/// table position, processes that hold ACCESS EXCLUSIVE on it or, if none does, wait for it, separated by ", ": one row
/// for each such table. The queries below would wait behind them.
std::string LockedTablesQuery(const TableChoice& tables);

/// table position, relkind; NULL for a table that does not exist.
std::string TablesQuery(const TableChoice& tables);

/// Waits for who has the table locked, as the two below do: expressions are deparsed.
/// table position, name, name as PostgreSQL quotes it, format_type (a domain's base type), is NOT NULL, default
/// expression, identity ('', 'a' or 'd'), generated ('' or 's'), comment, schema and name of the (element) type, enum
/// label. A column of an enum type has a row for each label, in sort order; any other has one row with a NULL label.
/// Ordered by table, column.
std::string ColumnsQuery(const TableChoice& tables);

/// table position, index name, is unique, is primary, is valid, access method, predicate or NULL, pg_get_indexdef,
/// column name (NULL for an expression), is descending, is deferrable: one row for each key column, in order.
std::string IndexesQuery(const TableChoice& tables);

/// table position, constraint name, contype ('c' or 'f'), pg_get_constraintdef, expression of a CHECK, referenced
/// table's position in the list or NULL, column name, referenced column name, confdeltype: one row for each column, in
/// order. A CHECK without columns is left out.
std::string ConstraintsQuery(const TableChoice& tables);

/// table position, names of the triggers that run for each row after INSERT or UPDATE, separated by ", ": one row for
/// each table that has some. Internal ones, of references, are left out.
std::string AfterTriggersQuery(const std::vector<std::string>& tables);

/// table position, the table whose reference to it PostgreSQL follows when a row is deleted (ON DELETE CASCADE, SET
/// NULL, SET DEFAULT), names of the referencing table's triggers that run for each row before that and may keep it from
/// happening, separated by ", ".
std::string KeptReferencesQuery(const std::vector<std::string>& tables);

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
