#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace rowkeeper {

/// What a write found wrong with itself when it made itself fail, see sql/judgement.h. Nothing of it was stored.
struct Verdict {
  /// Rows that the write gave. Below 0: what an upsert met, see sql/upsert_marks.h.
  int64_t rows = 0;
  /// The place of the element of a row that was to be written and was not, or that has the value in `column`, from 1;
  /// 0: none is known.
  int64_t element = 0;
  /// The first column with a value that its field cannot carry, by its place among the entity's; -1: none is.
  int column = -1;
  /// The rows are those that were to be written and every value fits, as far as SQL can tell: only the encoded response
  /// can tell whether it is too large, or whether jsonb has the shape of its message.
  bool undecided = false;

  /// In the key, the place of the element with a value that does not fit stands before its column: times this.
  static constexpr int64_t kElementUnit = 10000;
};

/// Begins the key of the JSON error that a write fails with: "rk:<rows>:<element>:<column>:<undecided>".
inline constexpr std::string_view kVerdictMark = "rk:";
/// The SQLSTATE of that error (SQL/JSON member not found).
inline constexpr std::string_view kVerdictSqlstate = "2203A";

/// That key, quoted, as it stands in a jsonpath and in the message: `"rk:1:0:5:0"`.
std::string VerdictKey(const Verdict& verdict);
/// The verdict in the message of such an error; none when it is another error. Only the key counts: the words round it
/// may be translated.
std::optional<Verdict> ParseVerdict(std::string_view message);

/// `error` with a verdict that VerdictOf() finds. It stays within the process: no caller is told.
absl::Status WithVerdict(absl::Status error, const Verdict& verdict);
std::optional<Verdict> VerdictOf(const absl::Status& error);

/// INTERNAL, for exec and wire alone: Verdict::undecided. The same call in a transaction is decided before its COMMIT.
absl::Status Undecided();
bool IsUndecided(const absl::Status& error);

/// FAILED_PRECONDITION, reason TRIGGER_REFUSED: the database kept rows from being written without an error of its own.
/// `what` names them: "the row with id 0b52…". `element` is the one of a batch that is known to be among them, if any.
absl::Status KeptByDatabase(std::string_view entity, std::string_view what, std::string_view element = "");
/// FAILED_PRECONDITION, reason UNREPRESENTABLE_VALUE: a row that a write was to return has a value in `field` that the
/// field's type cannot carry. Nothing was changed. `what` and `element` are those of KeptByDatabase().
absl::Status UnrepresentableResult(std::string_view entity, std::string_view field, std::string_view what,
                                   std::string_view element = "");

/// FAILED_PRECONDITION, reason UNREPRESENTABLE_VALUE: a row that a write was to return has a text that is not UTF-8, as
/// databases with the encoding SQL_ASCII store them. `what` names the row. Nothing was changed. `field` may be empty.
absl::Status UnreadableTextInResult(std::string_view entity, std::string_view field, std::string_view what);

/// `error` came after a write that is durable: metadata "executed" is "true", and the message says so first. So it is
/// for a purge or an import that was stopped after its first rows (bulk_errors.h, stream_errors.h). Every other error
/// of a write means that nothing of it was stored, or may not be known (COMMIT_OUTCOME_UNKNOWN).
absl::Status ChangeWasMade(const absl::Status& error);
/// Whether `error` says so.
bool IsChangeMade(const absl::Status& error);
/// The same for a partial batch of which `written` of `asked` elements were written.
absl::Status PartlyMade(const absl::Status& error, size_t written, size_t asked);
/// `error` came after a write that is undone for it.
absl::Status ChangeIsUndone(const absl::Status& error);

}  // namespace rowkeeper
