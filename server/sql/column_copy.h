#pragma once

#include <string>
#include <vector>

#include "server/sql/backfill_sql.h"

/// The statements that keep a copy of a column in another one of another type, so that it can take its place without
/// a rewrite of the table. None ends in a semicolon.
namespace rowkeeper::sql {

struct ColumnCopy {
  /// Quoted.
  std::string table;
  /// Of the trigger that copies, quoted, with the schema of the table.
  std::string function;
  /// Unquoted. Triggers fire in the order of their names: it is to be the last.
  std::string trigger;
  std::string from;
  std::string to;
  /// Of `to`, as statements write it. A cast makes its values.
  std::string type;
};

/// Fails where tables inherit from the table: no trigger of it sees their rows.
std::string RefuseChildTables(const std::string& table);

/// Fails where the column has privileges or settings of its own, which another column would not have.
std::string RefuseColumnSettings(const std::string& table, const std::string& column);

/// What becomes of a value that cannot be of the new type.
enum class Uncopied {
  kRefused,  ///< the write fails
  kNull,     ///< `to` is NULL
};
/// A trigger, the last one before each insert and update, also of sessions that replicate, that copies.
std::vector<std::string> BeginCopying(const ColumnCopy& copy, Uncopied uncopied);
std::vector<std::string> EndCopying(const ColumnCopy& copy);

/// Copies the values that are there, in batches; updated_at and version stay. To be run outside a transaction.
std::string CopyAll(const catalogue::Entity& entity, const ColumnCopy& copy);
/// Lets the trigger see every row, in one statement.
std::string TouchAll(const ColumnCopy& copy);
/// Fails where a row's copy is another value. Reads the table.
std::string RefuseOtherValues(const ColumnCopy& copy);

}  // namespace rowkeeper::sql
