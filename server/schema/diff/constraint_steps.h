#pragma once

#include <optional>
#include <string>

#include "server/schema/diff/table_comparison.h"

namespace rowkeeper::schema {

/// The steps that checks and foreign keys of a table have in common. A definition is what ADD CONSTRAINT takes behind
/// the name. Points into what it is made of.
class ConstraintSteps {
 public:
  ConstraintSteps(const TableComparison& table, ConstraintFacts::Kind kind, SchemaDiff* diff);

  /// Binds new rows first, then those that exist, where that can be; notes that it is declared.
  void Add(const std::string& constraint, const std::string& definition);
  /// The same in the place of `live`, which it may share its name with.
  void Replace(const ConstraintFacts& live, const std::string& constraint, const std::string& definition);
  /// For one that is as it should be, but perhaps for its name, its comment, and the rows that it was not held against.
  void Keep(const ConstraintFacts& live, const std::string& constraint, const std::string& definition);
  /// Drops what a declaration made, or what needs a column that goes.
  void LeaveOrDrop(const ConstraintFacts& live);

 private:
  /// PostgreSQL knows no NOT VALID of a partitioned table's foreign keys.
  bool BindsNewRowsFirst() const;
  /// The statement that begins to bind rows, and what a summary says of it.
  std::string AddFirst(const std::string& constraint, const std::string& definition) const;
  const char* Bound() const;
  void Validate(const std::string& constraint, const std::string& definition,
                const std::optional<std::string>& comment);
  void Mark(const std::string& constraint);
  /// What makes it again, with its comment.
  void AppendAgain(const ConstraintFacts& live, std::vector<std::string>* statements) const;

  const TableComparison& table_;
  const std::string name_;
  const std::string identity_;
  const ConstraintFacts::Kind kind_;
  /// "check"
  const std::string word_;
  SchemaDiff& diff_;
};

}  // namespace rowkeeper::schema
