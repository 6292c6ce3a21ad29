#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"

/// Errors about rows that a call names; see errors.h.
namespace rowkeeper {

/// NOT_FOUND, reason ROW_NOT_FOUND, with ResourceInfo. `key` is "id 0b52…", as the caller gave it.
absl::Status RowNotFound(std::string_view entity, std::string_view key);
/// ALREADY_EXISTS, reason ROW_NOT_DELETED: a restore of a row that is not deleted (AIP-164).
absl::Status RowNotDeleted(std::string_view entity, std::string_view key);
/// ALREADY_EXISTS, reason UNIQUE_VIOLATION: `fields` are the proto fields of the constraint.
absl::Status AlreadyExists(std::string_view entity, std::string_view constraint,
                           const std::vector<std::string>& fields);
/// FAILED_PRECONDITION, reason REFERENCE_VIOLATION with PreconditionFailure. `field` may be empty when the violation is
/// a row of another entity that still points here.
absl::Status ReferenceViolation(std::string_view entity, std::string_view constraint, std::string_view field,
                                std::string_view referenced);
/// FAILED_PRECONDITION, reason REFERENCE_VIOLATION with PreconditionFailure: a row cannot be restored, for `field`
/// refers to a row of `parent` that is deleted. `entity` is the row's own.
absl::Status ParentIsDeleted(std::string_view entity, std::string_view constraint, std::string_view field,
                             std::string_view parent);
/// INVALID_ARGUMENT, reason INVALID_FIELD: the values of a row do not go together, or nobody can say which of them is
/// wrong. Its violation names no field, or in a batch the element. `entity` stands before `description` in the message.
absl::Status InvalidRow(std::string_view entity, std::string_view description);
/// ABORTED, reason VERSION_MISMATCH.
absl::Status VersionMismatch(std::string_view entity, int64_t expected);

/// INVALID_ARGUMENT, reason INVALID_FIELD: two rows that are to be written are the same row to the database. `field`
/// stands for the second one, and `first`, where it is known, for the first.
absl::Status SameRowTwice(std::string_view field, std::string_view first = "");
/// The same for several: {field, first} of each.
absl::Status SameRowsTwice(const std::vector<std::pair<std::string, std::string>>& rows);

/// FAILED_PRECONDITION, reason TRIGGER_REFUSED: an upsert cannot tell which row it is to update.
absl::Status KeyChangesEachTime(std::string_view entity);

/// The same reason: a trigger leaves a field of the key of a row that it writes empty, and by that no row can be found.
absl::Status KeyIsEmptied(std::string_view entity, std::string_view field);

/// One element of a batch, and what is told of it: {"ids[2]", "0b52…"}.
using BatchItem = std::pair<std::string, std::string>;
/// NOT_FOUND, reason ROW_NOT_FOUND: `items` are the elements without a row, with their keys. The metadata "elements"
/// names as many of them as fit.
absl::Status RowsNotFound(std::string_view entity, const std::vector<BatchItem>& items);
/// ALREADY_EXISTS, reason ROW_NOT_DELETED, with the elements as in RowsNotFound.
absl::Status RowsNotDeleted(std::string_view entity, const std::vector<BatchItem>& items);
/// ALREADY_EXISTS, reason UNIQUE_VIOLATION: deleted rows have the keys of these elements.
absl::Status DeletedRowsExist(std::string_view entity, std::string_view constraint,
                              const std::vector<BatchItem>& items);
/// ABORTED, reason VERSION_MISMATCH: the elements, with the versions that they gave.
absl::Status VersionMismatches(std::string_view entity, const std::vector<BatchItem>& items);

/// Where a stored value is.
struct StoredValue {
  /// Full name of the row's entity; empty for a row of no entity, as that of a custom query.
  std::string_view entity;
  /// "id 0b52…"; "row 3 of the result" where rows have no key.
  std::string_view key;
  /// The proto field; what is inside of it as a path: "due_at", "tags[2]", "settings.labels[\"color\"].shade".
  std::string_view field;
};
/// FAILED_PRECONDITION, reason UNREPRESENTABLE_VALUE: a stored value that its field cannot carry. `problem` says why
/// ("is infinite, …") and never holds the value itself. Metadata entity, key and field.
absl::Status UnrepresentableValue(const StoredValue& where, std::string_view problem);

}  // namespace rowkeeper
