#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/catalogue/entity.h"

namespace rowkeeper::plan {

/// SQL as it was written, and the parameter that follows it.
struct QueryPiece {
  std::string text;
  /// Index into MethodPlan::inputs, or their number for the caller's tenant; -1: none follows.
  int parameter = -1;
};

/// What an INSERT, UPDATE or DELETE stores in an entity's table.
struct QueryWrite {
  /// nullptr where it changes none.
  const catalogue::Entity* target = nullptr;
  /// What the statement calls the table there.
  std::string alias;
  /// The target's columns that it gives values for, ascending; those that only defaults and triggers write are not
  /// among them.
  std::vector<int> columns;
  /// It has a RETURNING, which ends its text.
  bool returns_rows = false;
  /// A common table expression of it changes rows too, so that it can stand in none itself.
  bool changes_below = false;
};

/// The same in a common table expression.
struct QueryWriteBelow {
  QueryWrite write;
  /// Where its text ends: a piece, and how many bytes of the piece's text are before that.
  size_t piece = 0;
  size_t offset = 0;
};

/// What a custom query is, as immutable data. MethodPlan::inputs are its parameters, each in the request once.
struct QueryPlan {
  /// The statement, without the comments around it and without a semicolon.
  std::vector<QueryPiece> pieces;
  /// For each of MethodPlan::inputs the request field as a column: its name, its type, and whether it may be absent,
  /// which is NULL.
  std::vector<catalogue::Column> parameters;
  /// The query asks for the caller's tenant, which has this type.
  std::optional<catalogue::ValueType> tenant;
  /// The fields that the result's columns go into, by SQL name; none when the statement returns no rows.
  std::vector<catalogue::Column> columns;
  /// A statement around it limits its rows: it is a SELECT, or VALUES, changes nothing, and is called for its rows.
  bool can_be_limited = false;
  /// What it inserts into, updates or deletes from at its top level, if that is an entity; else nullptr.
  const catalogue::Entity* target = nullptr;
  /// What its top level stores.
  QueryWrite write;
  /// What its common table expressions store, in the order of the text.
  std::vector<QueryWriteBelow> writes_below;
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
