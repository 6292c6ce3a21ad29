#pragma once

#include <string>
#include <utility>
#include <vector>

#include "server/sql/ddl_change.h"

namespace rowkeeper::schema {

/// What a step of a migration does, in the order in which steps run. Until kRename all names are those that the
/// database has, so that down blocks, which run the other way round, find the names that they were written for.
enum class StepKind {
  kAdopt,        ///< comments alone: which message and field an object belongs to
  kEnumLabels,   ///< labels that enum types lack
  kChange,       ///< types, tables, columns; constraints are dropped
  kRewrite,      ///< types of columns whose rows have to be written again
  kExpand,       ///< columns that take the place of others of another type, kept by a trigger
  kFill,         ///< … and their values, in batches
  kIndexes,      ///< built and dropped while others write
  kConstraints,  ///< foreign keys and checks, for rows that are written from now on
  kValidate,     ///< constraints for rows that exist
  kNotNull,      ///< NOT NULL, which a validated constraint has proved
  kSwitch,       ///< a column takes the place of one of another type
  kDrop,         ///< columns of reserved fields
  kRename,       ///< tables, columns, constraints, indexes
  kMark,         ///< comments on new constraints and indexes; names are the declared ones
  kContract,     ///< the columns whose place others took
};

/// How a column gets another type where PostgreSQL would write all rows again.
enum class Retype {
  kRewrite,  ///< by that, while nobody reads or writes the table
  kExpand,   ///< by a column beside it, which takes its place when it has all values; by kRewrite where that cannot be
};

/// One change and what undoes it, as statements without semicolons.
struct Step {
  StepKind kind = StepKind::kChange;
  /// For people: `add column "notes" (text) to "todos"`.
  std::string summary;
  std::vector<std::string> up;
  std::vector<std::string> down;
};

/// What a declaration and a database do not tell, and what answers it.
struct Question {
  /// One sentence that ends in a question mark.
  std::string question;
  /// One for each reading, with what to write.
  std::vector<std::string> answers;
};

/// Adds the statement with a lock_timeout: for one that waits for others and lets them go on meanwhile, …
inline void AppendNotLocking(std::string statement, std::vector<std::string>* statements) {
  statements->push_back(sql::SetSessionLockTimeout("0"));
  statements->push_back(std::move(statement));
}
/// … and for one that they would wait for.
inline void AppendLocking(std::string statement, std::vector<std::string>* statements) {
  statements->push_back(sql::SetSessionLockTimeout(sql::kChangeLockTimeout));
  statements->push_back(std::move(statement));
}

/// What it takes to make a database what a catalogue declares.
struct SchemaDiff {
  /// In no order: the files bring them into the order of their kinds, and keep it within a kind.
  std::vector<Step> steps;
  std::vector<Question> questions;
  /// What nobody declared, and what no declaration can tell: it stays as it is.
  std::vector<std::string> left_alone;

  bool empty() const { return steps.empty() && questions.empty(); }
  void Add(StepKind kind, std::string summary, std::vector<std::string> up, std::vector<std::string> down) {
    steps.push_back({kind, std::move(summary), std::move(up), std::move(down)});
  }
};

}  // namespace rowkeeper::schema
