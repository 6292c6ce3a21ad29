#pragma once

#include <optional>
#include <string>
#include <vector>

#include "server/schema/diff/table_comparison.h"

namespace rowkeeper::schema {

/// The column that is made beside another one, under its number, and the other one after they have changed places.
struct ColumnNames {
  std::string built;
  std::string gone;
};

/// An index or a constraint that has a column, and the one that takes its place.
struct SwitchedPart {
  /// Its name until then.
  std::string name;
  /// What it is made of, IndexFacts::shape or ConstraintFacts::definition, over the column built.
  std::string built;
  /// That it has in the end.
  std::optional<std::string> comment;
};
struct SwitchedIndex : SwitchedPart {
  const IndexFacts* live = nullptr;
  /// The old one, over the column gone, if it is kept until that is dropped: where it refuses nothing.
  std::string name_gone;
  std::string gone;

  bool is_key() const { return live->constraint == std::optional(ConstraintFacts::Kind::kUnique); }
  bool is_primary_key() const { return live->constraint == std::optional(ConstraintFacts::Kind::kPrimaryKey); }
  bool is_kept() const { return !live->unique; }
};
/// A check or a foreign key.
struct SwitchedConstraint : SwitchedPart {
  const ConstraintFacts* live = nullptr;
};

/// All of a column's.
struct SwitchedParts {
  std::vector<SwitchedIndex> indexes;
  std::vector<SwitchedConstraint> constraints;
};

/// Why the indexes and constraints of `aligned.columns[column]` cannot be made once more, as a part of a sentence: "a
/// check of it changes, too"; empty when they can. Tries them on a temporary table, in the transaction that there is.
std::string WhyNotMadeOnceMore(const TableComparison& table, int column);
/// WhyNotMadeOnceMore() must have found nothing.
SwitchedParts MadeOnceMore(const TableComparison& table, int column, const ColumnNames& names);

}  // namespace rowkeeper::schema
