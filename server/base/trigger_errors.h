#pragma once

#include <string_view>

#include "absl/status/status.h"

/// What code of the database says: triggers, functions and rules that people wrote; see errors.h.
namespace rowkeeper {

/// What is known of such an error. Anything may be empty.
struct DatabaseRefusal {
  /// The call's entity.
  std::string_view entity;
  std::string_view sqlstate;
  /// "check_stock()": where it came from.
  std::string_view function;
  /// The constraint, table and field that the error names.
  std::string_view constraint;
  std::string_view table;
  std::string_view field;
  /// The error's own words, where the operator lets callers see them. The first 200 bytes are shown.
  std::string_view message;
};

/// FAILED_PRECONDITION, reason TRIGGER_REFUSED: the code raised an error of its own.
absl::Status RefusedByTrigger(const DatabaseRefusal& refusal);
/// The same reason: a statement of the code failed, which says nothing about the caller's own statement.
absl::Status TriggerFailed(const DatabaseRefusal& refusal);
/// The same reason: the change also writes rows of another table, `table`, which refused them.
absl::Status RefusedByOtherTable(const DatabaseRefusal& refusal);

}  // namespace rowkeeper
