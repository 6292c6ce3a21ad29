#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/catalogue/entity.h"
#include "server/plan/request.h"

namespace rowkeeper::sql {

/// What of a call decides the text of its SQL. Two calls of one method with equal variants share a statement.
struct Variant {
  /// Columns to return, ascending. Never empty except for Delete.
  std::vector<int> columns;
  /// Create: columns that get a value. Update: columns that are set. Ascending.
  std::vector<int> written;
  /// Indexes into MethodPlan::filters of the conditions that apply, ascending.
  std::vector<int> filters;
  plan::Deleted deleted = plan::Deleted::kExclude;
  /// List: complete order, ending in the key.
  std::vector<catalogue::OrderTerm> order;
  /// List: continue after a cursor, whose NULL cells are flagged here (one for each order term); empty on a first page.
  std::vector<bool> cursor_nulls;
  /// The row's version must equal the request's.
  bool version_guard = false;

  /// Equal variants have equal keys.
  std::string Key() const;
};

}  // namespace rowkeeper::sql
