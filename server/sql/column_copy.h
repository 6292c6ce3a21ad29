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
  /// As statements write it.
  std::string from_type;
  /// Of `to`. A cast makes its values.
  std::string type;
};

/// Fails where tables inherit from the table, for no trigger of it sees their rows, or the column is inherited itself.
std::string RefuseInheritance(const std::string& table, const std::string& column);

/// Fails where the column, or an index of it, has privileges or settings of its own, which others would not have.
std::string RefuseColumnSettings(const std::string& table, const std::string& column);

/// A column of another type in the place of one, on a temporary table.
struct ColumnTrial {
  /// Quoted.
  std::string table;
  std::string column;
  /// Its name and type there.
  std::string tried;
  std::string type;
};
/// Quoted.
inline constexpr char kTrialTable[] = "pg_temp.\"rowkeeper_trial\"";
/// Makes the temporary table, to be rolled back, on which indexes and checks can be tried.
std::vector<std::string> BeginTrial(const ColumnTrial& trial);

/// What becomes of a value that the type of `to` cannot hold.
enum class Uncopied {
  kRefused,  ///< the write fails, if a cast does; what a cast rounds or cuts is copied so
  kNull,     ///< `to` is NULL, also where a cast rounds or cuts
};
/// A trigger, the last one before each insert and update, also of sessions that replicate, that copies.
std::vector<std::string> BeginCopying(const ColumnCopy& copy, Uncopied uncopied);
std::vector<std::string> EndCopying(const ColumnCopy& copy);

/// Copies the values that are there, in batches; updated_at and version stay. To be run outside a transaction.
std::string CopyAll(const catalogue::Entity& entity, const ColumnCopy& copy);
/// Lets the trigger see every row, in one statement, and what looks at changed rows look at them.
std::vector<std::string> TouchAll(const ColumnCopy& copy);
/// Fails where a row's copy is another value. Reads the table.
std::string RefuseOtherValues(const ColumnCopy& copy);

}  // namespace rowkeeper::sql
