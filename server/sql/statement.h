#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/base/result_shape.h"
#include "server/base/statement_name.h"
#include "server/observe/statement_use.h"

namespace rowkeeper::plan {
struct JsonMask;
}  // namespace rowkeeper::plan

namespace rowkeeper::observe {
class OperationDurations;
}  // namespace rowkeeper::observe

namespace rowkeeper::sql {

/// Where the value of one `$n` comes from when a statement is executed.
struct Parameter {
  enum class Source {
    kArgument,         ///< plan::Request::arguments[index]
    kCursor,           ///< cell `index` of the page token
    kLimit,            ///< rows to fetch
    kVersion,          ///< plan::WriteRequest::version
    kElements,         ///< Element::arguments[index] of all elements, as one array
    kElementVersions,  ///< Element::version of all elements, as one array
    kElementKeys,      ///< cell `index` of Element::stored_key of all elements, as one array
    kElementCount,     ///< how many elements there are
    kComputed,         ///< plan::Call::computed[index]
    kSkip,             ///< plan::ListRequest::skip
    kMaxAffected,      ///< plan::BulkBounds::max_affected, and one more, which tells whether there are too many
    kOlderThan,        ///< plan::BulkRequest::older_than
    kParentKeys,       ///< relation: the keys to load for, as one array
    kRoom,             ///< bytes that the response may have; NULL in a transaction, see judgement.h
    kTenant,           ///< plan::Request::tenant; NULL, which no row has, where there is none
    kLargeRow,         ///< export: bytes beyond which a row is read by itself
  };
  Source source = Source::kArgument;
  int index = 0;

  /// Where many calls are executed at once: each has a value of its own. They share a limit, that of the call which
  /// asks for the most rows, for PostgreSQL plans by its value.
  bool IsOfEachCall() const { return source != Source::kRoom && source != Source::kLimit; }
};

/// SQL text with `$1..$n` and the meaning of its parameters and result cells. Immutable; shared by all calls of the
/// same variant of a plan.
struct Statement {
  /// In `cells`: one that the caller may not read, of a custom query.
  static constexpr int kHiddenCell = -1;

  /// Unique in the process, for what is kept beside the statement; 0: it is not kept. Two statements may have one text
  /// and different meanings of its cells.
  uint64_t id = 0;
  std::string text;
  /// That of `text`, which is prepared under it; none: not to be prepared.
  std::optional<StatementName> name;
  std::vector<Parameter> parameters;
  /// What became of it; none: nobody counts it.
  std::shared_ptr<observe::StatementUse> use;
  /// What the text returns; every statement whose rows are read has it, and nothing else is ever read.
  std::vector<CellType> result;
  /// Its columns are told by their names, which exec/query_run.cc does.
  bool result_is_named = false;
  /// The entity's column of each result cell: first the visible ones in field order, then those that only the page
  /// token, relations and errors need.
  std::vector<int> cells;
  /// How many of `cells` go into the response.
  int visible_cells = 0;
  /// Result cells whose values make the cursor of the next page, in order.
  std::vector<int> cursor_cells;
  /// Batch: the result cell with the element's place, counted from 1; rows come in its order. -1: rows come in the
  /// order of the elements, one each.
  int element_cell = -1;
  /// Relations: result cells with the values that rows of relations are found by, one for each of the columns that
  /// plan::LinkColumns names, in that order.
  std::vector<int> link_cells;
  /// Upsert: the result cell with INSERTED, UPDATED or UNCHANGED; -1: there is none.
  int outcome_cell = -1;
  /// Soft delete and restore: the result cell with the number of the reference that forbids it, see cascade.h; then the
  /// last row has it and nothing was changed. -1: there is none.
  int blocker_cell = -1;
  /// Export: the result cell with the bytes of a large row, whose values are withheld; NULL for others. -1: there are
  /// no large rows.
  int large_cell = -1;
  /// Parts of jsonb columns that the response has; nullptr: all of them.
  std::shared_ptr<const plan::JsonMask> json;
  /// Where its executions are timed; the statement cache says. nullptr: with all that belong nowhere else.
  observe::OperationDurations* durations = nullptr;

  /// Renders it once more, with the names of the NamesScope that is open. Null: nothing renders its text.
  std::shared_ptr<const std::function<Statement()>> render;
  /// Of the names that it was rendered with, see db::CurrentNames.
  uint64_t names_revision = 0;

  ResultShape Shape() const { return result_is_named ? ResultShape::Any() : ResultShape(result); }
};

}  // namespace rowkeeper::sql
