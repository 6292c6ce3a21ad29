#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/reason.h"

/// Every error that a caller can meet, one constructor each. An error is an absl::Status whose message tells a person
/// what to do and whose payloads are the google.rpc details (ErrorInfo always) for programs, keyed by type URL
/// ("type.googleapis.com/google.rpc.ErrorInfo"). wire/ turns it into a gRPC status, unchanged.
namespace rowkeeper {

/// Problems of single request fields, gathered so that a caller sees all of them at once. Not thread-safe.
class FieldViolations {
 public:
  /// More are counted, not kept. Descriptions longer than 600 bytes are cut.
  static constexpr size_t kKept = 1000;

  /// `field` is the path in the request ("todo.title"); `description` says what is wrong and what to send.
  void Add(std::string_view field, std::string_view description);
  bool empty() const { return items_.empty(); }
  bool full() const { return items_.size() >= kKept; }
  /// OK when empty, else INVALID_ARGUMENT, reason INVALID_FIELD, with BadRequest details.
  absl::Status ToStatus() const;

 private:
  std::vector<std::pair<std::string, std::string>> items_;
  size_t left_out_ = 0;
};

/// INVALID_ARGUMENT, reason INVALID_FIELD: one field.
absl::Status InvalidField(std::string_view field, std::string_view description);
/// INVALID_ARGUMENT, reason MALFORMED_REQUEST: bytes that are not the request message.
absl::Status MalformedRequest(std::string_view message_name, std::string_view problem);
/// INVALID_ARGUMENT, reason INVALID_HEADER.
absl::Status InvalidHeader(std::string_view header, std::string_view description);

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
/// ABORTED, reason VERSION_MISMATCH.
absl::Status VersionMismatch(std::string_view entity, int64_t expected);
/// INVALID_ARGUMENT, reason BATCH_TOO_LARGE, with BadRequest. `limit` is the option's name, `value` its value with
/// unit.
absl::Status BatchTooLarge(std::string_view field, std::string_view problem, std::string_view limit,
                           std::string_view value);
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
/// ABORTED with RetryInfo, reason SERIALIZATION_FAILURE.
absl::Status SerializationFailure();
/// ABORTED with RetryInfo, reason DEADLOCK.
absl::Status Deadlock();
/// ABORTED with RetryInfo, reason LOCK_TIMEOUT.
absl::Status LockTimeout();
/// DEADLINE_EXCEEDED, reason DEADLINE_EXCEEDED: the caller's deadline passed; `where` is what it was waiting for.
absl::Status DeadlineExceeded(std::string_view where);
/// DEADLINE_EXCEEDED, reason STATEMENT_TIMEOUT: the server's own limit.
absl::Status StatementTimeout();
/// CANCELLED, reason CANCELLED: the caller went away or cancelled.
absl::Status Cancelled();
/// RESOURCE_EXHAUSTED with RetryInfo: `limit` is the option's name, `value` its value with unit ("30 s").
absl::Status LimitReached(Reason reason, std::string_view what, std::string_view limit, std::string_view value);
/// RESOURCE_EXHAUSTED, reason RESPONSE_TOO_LARGE, without RetryInfo: the same call would end the same. `consequence`
/// says what became of the call ("nothing was changed").
absl::Status ResponseTooLarge(size_t bytes, size_t limit_bytes, std::string_view consequence);
/// RESOURCE_EXHAUSTED, reason DATABASE_RESOURCES: SQLSTATE class 53.
absl::Status DatabaseExhausted();
/// UNAVAILABLE with RetryInfo, reason DATABASE_UNAVAILABLE: nothing was executed.
absl::Status DatabaseUnavailable();
/// UNKNOWN, reason COMMIT_OUTCOME_UNKNOWN: the connection was lost while a write was under way.
absl::Status CommitOutcomeUnknown();
/// FAILED_PRECONDITION, reason SCHEMA_MISMATCH: `remedy` is the command to run.
absl::Status SchemaMismatch(std::string_view problem, std::string_view remedy);
/// FAILED_PRECONDITION, reason TRIGGER_REFUSED: a trigger or function of the database raised an error of its own. Its
/// words are not shown, for they may hold values. `entity` may be empty.
absl::Status RefusedByTrigger(std::string_view entity);
/// PERMISSION_DENIED, reason DATABASE_PERMISSION.
absl::Status DatabasePermission();
/// INTERNAL, reason UNREPRESENTABLE_VALUE: a stored value that the field's type cannot carry.
absl::Status UnrepresentableValue(std::string_view field, std::string_view problem);
/// INTERNAL, reason INTERNAL, for what should not happen. `what` is shown to the caller, so it holds no driver text or
/// row value. A fresh id is in the message and in the metadata as "log_id": whoever logs more about it uses
/// ErrorLogId().
absl::Status Internal(std::string_view what);
/// FAILED_PRECONDITION, reason CANNOT_LISTEN: `problem` says why, and what to do.
absl::Status CannotListen(std::string_view address, std::string_view problem);
/// UNAVAILABLE, reason SHUTTING_DOWN.
absl::Status ShuttingDown();

/// NOT_FOUND, reason UNIT_OF_WORK_NOT_FOUND: never was, is another caller's, or ended long ago; one answer for all.
absl::Status UnitOfWorkNotFound();
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_ELSEWHERE: `address` is the server that holds it.
absl::Status UnitOfWorkElsewhere(std::string_view address);
/// FAILED_PRECONDITION, reason UNITS_OF_WORK_OFF: the server has no place for any, so trying again does not help.
absl::Status UnitsOfWorkOff();
/// ABORTED, reason UNIT_OF_WORK_EXPIRED: the server ended it. `cause` is for programs ("IDLE_LIMIT"), `what` for people
/// ("no call came for 10 s"), `time` is RFC 3339, empty when it is not known.
absl::Status UnitOfWorkExpired(std::string_view cause, std::string_view what, std::string_view time);
/// The same reason, cause SERVER_RESTARTED: nobody knows any more whether the unit was committed before.
absl::Status UnitOfWorkLostInRestart();
/// The same reason, cause OTHER_RELEASE: the server's handle has the format of another release, which this one
/// replaced.
absl::Status UnitOfWorkOfAnotherRelease();
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_ENDED: its caller ended it. `outcome` is COMMITTED, ROLLED_BACK or UNKNOWN.
absl::Status UnitOfWorkEnded(std::string_view outcome, std::string_view time);
/// ABORTED with RetryInfo, reason UNIT_OF_WORK_BUSY: another call of the unit was running for longer than `limit`.
absl::Status UnitOfWorkBusy(std::string_view limit, std::string_view value);
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_FAILED: an earlier statement failed with `failure`, whose reason and
/// message are repeated. `consequence` says what became of the unit.
absl::Status UnitOfWorkFailed(const absl::Status& failure, std::string_view consequence);
/// FAILED_PRECONDITION, reason UNIT_OF_WORK_READ_ONLY: `method` writes.
absl::Status UnitOfWorkReadOnly(std::string_view method);
/// ABORTED, reason UNIT_OF_WORK_SEQUENCE: a number below `last` whose result is no longer kept.
absl::Status UnitOfWorkSequence(uint64_t sequence, uint64_t last);
/// NOT_FOUND, reason SAVEPOINT_NOT_FOUND.
absl::Status SavepointNotFound(std::string_view name);
/// FAILED_PRECONDITION, reason VALUE_MISSING: `value` of a run takes `from` of what `call` returned, which has none.
absl::Status ValueMissing(std::string_view value, std::string_view call, std::string_view from);
/// `error` as it is, with metadata `key` = `value`, and `prefix` before the message.
absl::Status WithMetadata(const absl::Status& error, std::string_view key, std::string_view value,
                          std::string_view prefix);

/// `error` as it is, but that its field violations are about fields below `prefix` ("calls[1].request").
absl::Status WithFieldsUnder(const absl::Status& error, std::string_view prefix);

/// The ErrorInfo reason of `status` as text, for messages and logs; empty when it carries none. Code compares
/// ReasonOf().
std::string ErrorReason(const absl::Status& status);
/// The value of `key` in the ErrorInfo metadata of `status`, or empty.
std::string ErrorMetadataValue(const absl::Status& status, std::string_view key);
/// The "log_id" of an Internal() status, or empty.
std::string ErrorLogId(const absl::Status& status);

}  // namespace rowkeeper
