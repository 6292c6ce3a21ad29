#pragma once

#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::sql {

/// The table of an entity: what has the declared name and a comment that names the entity's message. Otherwise, in the
/// declared schema or where the session's search_path finds it (partitions are never looked for):
///
///                          | one other table's comment names the message | several do | none does
/// no table has the name    | that one                                    | none       | none
/// its comment names        |                                             |            |
///   nothing                | none                                        | none       | what has the name
///   another message that   | that one, or none if that message shares    | none       | what has the name if that
///   is asked about         | what has the name                           |            | message shares it, or none
///   any other message      | none                                        | none       | what has the name
struct WantedTable {
  explicit WantedTable(const catalogue::Entity& entity);

  /// Unquoted, as is the schema, which may be empty.
  std::string table;
  std::string schema;
  /// Full name.
  std::string message;
};

/// Queries over PostgreSQL's catalogs. Each is about several tables at once, and every result row starts with the
/// table's position among them.
struct TableChoice {
  std::vector<WantedTable> tables;
  /// Positions in `tables` of those that are described; the others are only there to be referenced.
  std::vector<int> positions;
};

/// All of `tables`.
TableChoice AllTables(std::vector<WantedTable> tables);

/// table position, version: empty where nothing has the table's name or its message; otherwise a text that changes with
/// whatever the queries below say of the table, and when another table takes its name. Made of the versions of the rows
/// that the catalogs have of it: so it waits for no lock on the table and deparses nothing. May change for less, as
/// when a catalog is rewritten. Of all tables, in their order.
std::string TableVersionsQuery(const std::vector<WantedTable>& tables);

/// table position, name of the table, the identity in its comment, name of a column, the identity in the comment of
/// that, whether there is no such table though another one has its declared name; and of the snapshot that was read:
/// which start of the server it is of, xmax, and how many transactions below that were in progress. Names in hex, as
/// their bytes in UTF-8, or, where the database has no encoding, as they are. One row for each column, and one without
/// a column for a table that does not exist. Ordered by table, column. Waits for no lock on a table, and reads all from
/// one snapshot.
std::string LiveNamesQuery(const std::vector<WantedTable>& tables);
inline constexpr int kLiveNamesColumns = 9;

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
