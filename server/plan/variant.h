#pragma once

#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/plan/request.h"

namespace rowkeeper::plan {

struct FilterExpression;
struct JsonMask;
struct RelationSelection;

/// What of a call decides the text of its SQL. Two calls of one method with equal variants share a statement.
struct Variant {
  /// Columns to return, ascending; empty when the response carries no row.
  std::vector<int> columns;
  /// Create: indexes into MethodPlan::values that are written. Update: those that are set. Ascending.
  std::vector<int> written;
  /// Update: indexes into MethodPlan::values of immutable columns whose stored value must equal the request's.
  std::vector<int> unchanged;
  /// Indexes into MethodPlan::filters of the conditions that apply, ascending.
  std::vector<int> filters;
  /// Those of `filters` that ask whether a column is NULL and want it not to be, ascending.
  std::vector<int> not_null;
  Deleted deleted = Deleted::kExclude;
  /// List: the complete order, ending in the key.
  std::vector<catalogue::OrderTerm> order;
  /// List: continue after a cursor, whose NULL cells are flagged here (one for each order term); empty on a first page.
  std::vector<bool> cursor_nulls;
  /// The row's version must equal the request's. In a batch: some element has a version.
  bool version_guard = false;
  /// Batch: those of `written` that some elements leave to the column's default, ascending.
  std::vector<int> defaulted;
  /// Upsert: those of `written` that go to a row that is there, ascending.
  std::vector<int> updated;
  /// Batch: an element without a value is as good as one with the stored value where `unchanged` is looked at.
  bool unchanged_if_given = false;
  /// Batch: elements without a row are left out.
  bool allow_missing = false;
  /// The filter expression's shape, without its operands; nullptr: none. See filter_expression.h.
  std::shared_ptr<const FilterExpression> expression;
  /// Relations to load beside the rows; nullptr: none. See relation_selection.h.
  std::shared_ptr<const RelationSelection> relations;
  /// Parts of jsonb columns to read or to write; nullptr: columns are handled whole. See json_mask.h.
  std::shared_ptr<const JsonMask> json;
  /// List: the page before the cursor, whose rows come in the opposite order and are turned round.
  bool backward = false;
  /// List, bulk change: the request has a `skip`, or a `max_affected`.
  bool skip = false;
  bool max_affected = false;

  /// Equal variants of one plan, and only those, have equal keys.
  std::string Key() const;
};

}  // namespace rowkeeper::plan
