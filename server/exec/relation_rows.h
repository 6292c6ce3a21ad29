#pragma once

#include <memory>
#include <vector>

#include "server/db/rows.h"
#include "server/plan/relation/selection.h"
#include "server/sql/statement.h"

namespace rowkeeper::exec {

/// The rows of one relation for all its parents. A row that several parents share is in it once.
struct RelationRows {
  /// Rows of one parent: `count` of `rows` from `first` on.
  struct Range {
    int first = 0;
    int count = 0;
  };

  /// Points into RelatedRows::selection.
  const plan::SelectedRelation* relation = nullptr;
  db::Rows rows;
  /// Tells which column each cell is; nullptr when no parent had a value to look for.
  std::shared_ptr<const sql::Statement> statement;
  /// One for each parent, in their order.
  std::vector<Range> of_parent;
  /// The relations of these rows, whose parents are all of `rows`.
  std::vector<RelationRows> below;
};

/// The rows that a call's relations brought, for each row of the call's outcome.
struct RelatedRows {
  std::shared_ptr<const plan::RelationSelection> selection;
  /// One for each relation of the selection, in its order.
  std::vector<RelationRows> relations;
};

}  // namespace rowkeeper::exec
