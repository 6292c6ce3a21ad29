#pragma once

#include <set>
#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::plan {

/// SQL as it was written, and the parameter that follows it.
struct QueryPiece {
  std::string text;
  /// Index into MethodPlan::inputs; -1: none follows.
  int parameter = -1;
};

/// What a custom query is, as immutable data. MethodPlan::inputs are its parameters, each in the request once.
struct QueryPlan {
  /// The statement, without the comments around it and without a semicolon.
  std::vector<QueryPiece> pieces;
  /// For each of MethodPlan::inputs the request field as a column: its name, its type, and whether it may be absent,
  /// which is NULL.
  std::vector<catalogue::Column> parameters;
  /// The fields that the result's columns go into, by SQL name; none when the statement returns no rows.
  std::vector<catalogue::Column> columns;
  /// A statement around it limits its rows: it is a SELECT, or VALUES, changes nothing, and is called for its rows.
  bool can_be_limited = false;
  /// What it inserts into, updates or deletes from at its top level, if that is an entity; else nullptr.
  const catalogue::Entity* target = nullptr;
  /// The functions that it calls, as it names them: "lower", "billing.tax".
  std::set<std::string> functions;
  /// Result columns, by name, that cannot be NULL as far as the text, the catalogue and the request tell.
  std::set<std::string> not_null;
  /// Tables (without schema) that an outer join can leave without a row: their columns may be NULL.
  std::set<std::string> outer_joined;
  /// Groups or unions make any column of a table NULL where `not_null` does not say otherwise.
  bool origins_mean_nothing = false;
};

}  // namespace rowkeeper::plan
