#pragma once

#include <map>
#include <string>

#include "server/schema/diff/pairing.h"
#include "server/schema/diff/schema_model.h"
#include "server/schema/diff/steps.h"
#include "server/schema/index_need.h"

namespace rowkeeper::schema {

/// A table that exists, with all that is needed to compare it with its declaration. A view.
struct TableComparison {
  /// With the declared names, …
  const catalogue::Entity& entity;
  /// … and with those of the database.
  const catalogue::Entity& aligned;
  const TablePair& pair;
  const TableFacts& live;
  /// What PostgreSQL made of the declaration, with the names of `aligned`.
  const TableFacts& declared;
  /// The entities of the tables that exist, as in the database, by oid.
  const std::map<std::string, const catalogue::Entity*>& by_oid;
  /// Names that are held, in this and other schemas.
  const NameHolders& names;
  Retype retype;
  /// Looks at rows.
  db::Connection& connection;

  /// The quoted name of the table in the database.
  std::string table() const;
  /// An index of the table's schema, quoted; with that schema where the name alone may find something else.
  std::string index(const std::string& name) const;
  /// A column of a field that is reserved now.
  bool is_dropped(const std::string& column) const;
};

// Each adds to `diff` what it takes to make one kind of object what is declared, and what it leaves alone. Errors:
// those of db::Connection::Execute.

/// Column, internal id and primary key, their types, NOT NULL, defaults, identity and numbers.
absl::Status CompareColumns(const TableComparison& table, SchemaDiff* diff);
/// CHECK constraints.
absl::Status CompareChecks(const TableComparison& table, SchemaDiff* diff);
/// Foreign keys.
absl::Status CompareForeignKeys(const TableComparison& table, SchemaDiff* diff);
/// Indexes, unique keys and the primary key.
absl::Status CompareIndexes(const TableComparison& table, SchemaDiff* diff);
/// The table's name and comment, the names of its columns; lists triggers.
absl::Status CompareTable(const TableComparison& table, SchemaDiff* diff);

/// The foreign key that the column declares, as the database has it, perhaps under another name; nullptr: it is none,
/// or is to be made.
const ConstraintFacts* KeptForeignKey(const TableComparison& table, const catalogue::Column& column);

/// Whether the column that exists has the type that is declared.
bool IsOfDeclaredType(const catalogue::Column& column, const ColumnFacts& live);
/// Gives `aligned.columns[column]` the type that it is declared with, and its default with it: false when it has that
/// type already.
bool CompareColumnType(const TableComparison& table, int column, SchemaDiff* diff);

/// The enum types that the entities need.
void CompareEnumTypes(const std::vector<TablePair>& pairs, const std::vector<EnumFacts>& live, SchemaDiff* diff);

/// Tables of entities that are marked as dropped.
void DropMarkedTables(const std::vector<TableFacts*>& tables, SchemaDiff* diff);

/// Tables that do not exist yet, with the indexes that methods need, and their foreign keys.
void CreateMissingTables(const std::vector<TablePair>& pairs, const AlignedEntities& aligned,
                         const MethodIndexes& method_indexes, SchemaDiff* diff);

/// Whether a row of the table violates the condition. Reads the table until it finds one.
absl::StatusOr<bool> HasViolation(const TableComparison& table, const std::string& condition);
/// The type of a column of the table, as statements write it.
std::string ExistingType(const TableComparison& table, const ColumnFacts& column);
/// Whether the object that has this comment says that it belongs to no declaration.
bool IsOfNobody(const std::optional<std::string>& comment);
/// Whether a declaration made the object that has this comment.
bool WasDeclared(const std::optional<std::string>& comment);
/// `identity` and, behind it, what people wrote in `comment`.
std::string WithIdentity(const std::string& identity, const std::optional<std::string>& comment);

}  // namespace rowkeeper::schema
