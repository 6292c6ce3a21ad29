#pragma once

#include <optional>
#include <string_view>

namespace rowkeeper::catalogue {

/// What a method of a repository does. OperationTraits says what each is.
enum class Operation {
  kCreate,
  kGet,
  kList,
  kUpdate,
  kSoftDelete,
  kRestore,
  kDelete,
  kBatchGet,
  kBatchCreate,
  kBatchUpdate,
  kBatchSoftDelete,
  kBatchRestore,
  kBatchDelete,
  kUpsert,
  kBatchUpsert,
  kCount,
  kUpdateWhere,
  kSoftDeleteWhere,
  kDeleteWhere,
  kPurge,
  kImport,
  kExport,
  kQuery,
};

/// Operations with the same kind of request, statement and answer. Every stage from the request to the response has
/// files, and types, for each family.
enum class Family {
  kGet,    ///< reads one row by its key
  kList,   ///< reads all rows that match filters: pages, counts, exports
  kWrite,  ///< writes one row
  kBatch,  ///< reads or writes several rows that the request holds or names; upserts; the messages of an import
  kBulk,   ///< changes all rows that match a filter
  kQuery,  ///< runs SQL that somebody wrote
};

/// What is done to rows.
enum class Change {
  kNone,
  kCreate,
  kUpdate,
  kUpsert,
  kSoftDelete,
  kRestore,
  kDelete,
  kPurge,  ///< deletes what was soft-deleted long ago
};

enum class Stream {
  kNone,
  kOfRequests,   ///< the answers may be one, too
  kOfResponses,  ///< for one request
};

struct OperationTraits {
  Operation operation;
  /// What its methods' names begin with; empty: it has to be declared.
  std::string_view name;
  /// Its number in rowkeeper.v1.Operation.
  int number;
  Family family;
  /// kQuery: kNone, though its SQL may change rows.
  Change change;
  /// Answers with numbers, and never with rows.
  bool facts_only = false;
  Stream stream = Stream::kNone;
  /// May be declared as `partial`.
  bool can_be_partial = false;
};

const OperationTraits& TraitsOf(Operation operation);
/// The operation with this number in rowkeeper.v1.Operation, if there is one.
std::optional<Operation> OperationOfNumber(int number);
/// The operation with the longest name that `method` begins with, as a word: GetById and Get are kGet, Getaway is none.
std::optional<Operation> OperationOfName(std::string_view method);

inline Family FamilyOf(Operation operation) { return TraitsOf(operation).family; }
inline Change ChangeOf(Operation operation) { return TraitsOf(operation).change; }

/// Whether the operation is about rows that are soft-deleted, or become so.
inline bool NeedsSoftDelete(Change change) {
  return change == Change::kSoftDelete || change == Change::kRestore || change == Change::kPurge;
}

/// Whether rows are gone afterwards.
inline bool DeletesForGood(Change change) { return change == Change::kDelete || change == Change::kPurge; }

}  // namespace rowkeeper::catalogue
