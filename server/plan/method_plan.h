#pragma once

// The map of this folder:
//   compile.cc           methods become plans, by family; row_method.cc: what several families share; field_binding.cc:
//                        what a request field means (standard names and options)
//   bind.cc              a decoded request becomes a Call; variant.h: what of a call changes the text of its statement
//   get/, list/, write/  the families of one row or of pages: what each asks of a method and of a call
//   batch/, bulk/        batches and upserts; changes of all rows that match, and purges
//   query/               custom queries: text finds :name parameters, tree and scope read PostgreSQL's parse tree
//                        (tables and their deleted rows, reads and writes), response binds columns to fields by name
//   filter/              binding: which columns and request fields an operator fits; expression: parses a filter
//                        expression into a tree (scanner takes the text apart, condition says what a condition asks of
//                        a column, operand reads values). Operands travel in Call::computed, so that no text of a
//                        caller reaches SQL
//   page/                order, skips and page tokens of both directions
//   field_guard.cc       what the lists for fields leave of a call: the one place for them
//   mask/                read masks and update masks; json_path, json_mask: masks into jsonb columns
//   relation/            paths of a read mask become a tree of relations, with limits
//   response_facts.cc    what a response says beside its rows

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"

namespace rowkeeper::plan {

struct QueryPlan;

/// What a request field is used for.
enum class InputRole {
  kFilter,               ///< compared with a column
  kValue,                ///< written to a column
  kPageSize,             ///< int32
  kPageToken,            ///< string
  kOrderBy,              ///< string
  kReadMask,             ///< google.protobuf.FieldMask
  kUpdateMask,           ///< google.protobuf.FieldMask
  kDeleted,              ///< rowkeeper.v1.Deleted
  kVersion,              ///< int32 or int64
  kAllowMissing,         ///< bool
  kExpression,           ///< string, an AIP-160 filter
  kSkip,                 ///< int32
  kCount,                ///< rowkeeper.v1.CountMode
  kMaxAffected,          ///< int32 or int64
  kOlderThan,            ///< google.protobuf.Duration
  kSkipUnrepresentable,  ///< bool
  kIgnored,              ///< read by nobody: another field of the request stands above it
};

/// One request field that the plan reads. A field may have two inputs (the key of an update is value and filter).
struct Input {
  InputRole role = InputRole::kFilter;
  /// From the request message down to the field; two entries when the entity is nested in the request.
  std::vector<const google::protobuf::FieldDescriptor*> path;
  /// kFilter and kValue: index into Entity::columns, whose ValueType says how to read the field.
  int column = -1;
  /// The field as callers know it, "todo.owner_id"; used in field violations. An element's field is named without what
  /// comes before it: "owner_id", or nothing where the elements are values.
  std::string name;
  /// A field of every element of a batch.
  bool element = false;
  /// kFilter: the type of the value, or of one of several, where it is not the column's.
  std::optional<catalogue::ValueType> type = std::nullopt;
};

/// Those before kIn compare with one value, those from kLess to kGreaterOrEqual by order, those from kContains on want
/// an index of another method than btree.
enum class FilterOperator {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kIn,
  kNotIn,
  kPrefix,
  kLike,
  kIsNull,
  kContains,
  kOverlaps,
  kSearch,
};

/// A condition on a column.
struct FilterTerm {
  int input = 0;
  int column = 0;
  FilterOperator op = FilterOperator::kEqual;
  /// A call without it is refused; otherwise the condition is left out.
  bool required = true;
  /// kSearch: all columns that are searched, `column` first, and the text search configuration.
  std::vector<int> searched = {};
  std::string text_search = {};
};

/// A column that the request gives a value for.
struct ValueTerm {
  int input = 0;
  int column = 0;
};

/// What the elements of a batch are. MethodPlan::filters are then the columns that name a row, with their inputs.
struct BatchPlan {
  /// The request's field that holds them: repeated, but for a single upsert.
  const google::protobuf::FieldDescriptor* field = nullptr;
  /// They are values of the key's only column, and no messages.
  bool values_only = false;
  /// The columns that name a row bind only rows that are not deleted.
  bool live_only = false;
};

enum class ResponseShape {
  kEmpty,   ///< google.protobuf.Empty
  kEntity,  ///< the entity itself
  kFacts,   ///< a message without rows: counts and such
  kHolder,  ///< a message with one field of the entity
  kList,    ///< a message with a repeated field of the entity and next_page_token
};

struct ResponsePlan {
  ResponseShape shape = ResponseShape::kEntity;
  /// kHolder, kList: the field that holds the entity.
  const google::protobuf::FieldDescriptor* rows = nullptr;
  /// kList: the string field, or nullptr when the response has none.
  const google::protobuf::FieldDescriptor* next_page_token = nullptr;
  /// List, where the response has them, or nullptr.
  const google::protobuf::FieldDescriptor* previous_page_token = nullptr;
  /// List, count.
  const google::protobuf::FieldDescriptor* total_size = nullptr;
  /// Bulk changes, writing queries.
  const google::protobuf::FieldDescriptor* affected = nullptr;
  /// Purge: the bool that says whether there is more to do.
  const google::protobuf::FieldDescriptor* more = nullptr;
  /// Partial batch: the repeated rowkeeper.v1.RowResult.
  const google::protobuf::FieldDescriptor* results = nullptr;
  /// List, export, batch get: the repeated rowkeeper.v1.UnrepresentableRow, and the number of rows that were left out.
  const google::protobuf::FieldDescriptor* unrepresentable = nullptr;
  const google::protobuf::FieldDescriptor* unrepresentable_count = nullptr;
  /// Batch: the repeated field for keys without a row, or nullptr; and for each of MethodPlan::filters the field for
  /// its value, which is the same one where keys are values.
  const google::protobuf::FieldDescriptor* missing = nullptr;
  std::vector<const google::protobuf::FieldDescriptor*> missing_keys = {};
  /// Upsert: the field of type rowkeeper.v1.WriteOutcome, repeated in a batch; or nullptr.
  const google::protobuf::FieldDescriptor* outcomes = nullptr;
  /// False when the response message has no place for rows, which is an error.
  bool rows_known = true;
};

/// What one method does, as immutable data: nothing here depends on a particular call.
struct MethodPlan {
  /// "planner.v1.TodoRepository.GetById"
  std::string full_name;
  /// "/planner.v1.TodoRepository/GetById"
  std::string path;
  const google::protobuf::MethodDescriptor* method = nullptr;
  const catalogue::Entity* entity = nullptr;
  /// Never an import: the plan of its messages is that of a batch.
  catalogue::Operation operation = {};
  std::vector<Input> inputs;
  std::vector<FilterTerm> filters;
  std::vector<ValueTerm> values;
  /// Set for batches, upserts and imports.
  std::optional<BatchPlan> batch;
  /// A batch write that is not atomic.
  bool partial = false;
  /// Set for custom queries; see query_plan.h.
  std::shared_ptr<const QueryPlan> query;
  ResponsePlan response;

  /// A custom query that writes nothing.
  bool query_reads = false;

  catalogue::Family family() const { return catalogue::FamilyOf(operation); }
  catalogue::Change change() const { return catalogue::ChangeOf(operation); }

  bool reads_only() const {
    return family() == catalogue::Family::kQuery ? query_reads : change() == catalogue::Change::kNone;
  }
};

/// A plan without what is yet to be compiled.
MethodPlan BeginPlan(const catalogue::Entity& entity, const catalogue::Method& method);

/// The plans of all methods of `catalogue`, in its order. Mistakes go to `diagnostics`; the result is complete only
/// when it has no errors. The plans point into the catalogue, which must outlive them.
std::vector<std::unique_ptr<const MethodPlan>> CompilePlans(const catalogue::Catalogue& catalogue,
                                                            catalogue::Diagnostics* diagnostics);

}  // namespace rowkeeper::plan
