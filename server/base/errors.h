#pragma once

// The map of this folder:
//   errors.h               errors of every call; those of a topic in the other *errors.h, one constructor each
//   reason.h               ErrorInfo.reason: its text and its code; limits.h: the names of limits
//   error_builder.h        makes errors, for these files only; error_details.h reads them
//   clock.h                what time it is, given to everything that keeps time; timers.h: what is due rings on one
//                          thread
//   completion.h           callbacks that never run on the stack of one another
//   statement_name.h       what a statement is prepared under; statement_text.h: the comment before it
//   listen_address.h       where servers listen; file_descriptor.h
//   memory_budget.h        how much memory calls may hold; machine_memory.h: how much there is
//   ids.h, text.h, utf8.h  random ids; joining text; UTF-8

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "server/base/limits.h"
#include "server/base/reason.h"

/// Every error that a caller can meet has one constructor, here or in another `*errors.h` of this folder. An error is
/// an absl::Status whose message tells a person what to do and whose payloads are the google.rpc details (ErrorInfo
/// always) for programs, keyed by type URL ("type.googleapis.com/google.rpc.ErrorInfo"). wire/ turns it into a gRPC
/// status, unchanged. Reasons are in reason.h, limits in limits.h; error_details.h reads errors.
namespace rowkeeper {

/// Problems of single request fields, gathered so that a caller sees all of them at once. Not thread-safe.
class FieldViolations {
 public:
  /// More are counted, not kept. Descriptions longer than 600 bytes are cut.
  static constexpr size_t kKept = 1000;

  /// `field` is the path in the request ("todo.title"); `description` says what is wrong and what to send.
  void Add(std::string_view field, std::string_view description);
  /// The same for a value that is beyond `limit`, which the description names too.
  void Add(std::string_view field, std::string_view description, Limit limit);
  /// What is wrong by `error`, with its fields below `prefix` ("calls[1].request"); an error about no field is one of
  /// `prefix` itself. OK adds nothing.
  void AddUnder(std::string_view prefix, const absl::Status& error);
  /// The caller may not touch a field, as `refusal` (FIELD_NOT_ALLOWED) says; it stands above all that is wrong, and
  /// the first one above others.
  void Deny(absl::Status refusal) { denied_.Update(std::move(refusal)); }
  bool empty() const { return items_.empty() && denied_.ok(); }
  bool full() const { return items_.size() >= kKept; }
  /// OK when empty, what was denied, else INVALID_ARGUMENT, reason INVALID_FIELD, with BadRequest details, and with the
  /// first of the limits as metadata "limit".
  absl::Status ToStatus() const;

 private:
  std::vector<std::pair<std::string, std::string>> items_;
  size_t left_out_ = 0;
  std::optional<Limit> limit_;
  absl::Status denied_;
};

/// INVALID_ARGUMENT, reason INVALID_FIELD: one field.
absl::Status InvalidField(std::string_view field, std::string_view description);
/// INVALID_ARGUMENT, reason MALFORMED_REQUEST: bytes that are not the request message.
absl::Status MalformedRequest(std::string_view message_name, std::string_view problem);
/// INVALID_ARGUMENT, reason INVALID_HEADER.
absl::Status InvalidHeader(std::string_view header, std::string_view description);

/// DEADLINE_EXCEEDED, reason DEADLINE_EXCEEDED: the caller's deadline passed; `where` is what it was waiting for.
absl::Status DeadlineExceeded(std::string_view where);
/// CANCELLED, reason CANCELLED: the caller went away or cancelled.
absl::Status Cancelled();
/// CANCELLED, reason ENDED_BY_OPERATOR: an operator of the server cancelled the call.
absl::Status EndedByOperator();
/// RESOURCE_EXHAUSTED with RetryInfo: what `limit` allows is taken; `value` is its value with unit ("30 s").
absl::Status LimitReached(Reason reason, std::string_view what, Limit limit, std::string_view value);
/// RESOURCE_EXHAUSTED, reason RESPONSE_TOO_LARGE, without RetryInfo: the same call would end the same. `consequence`
/// says what became of the call ("nothing was changed").
absl::Status ResponseTooLarge(size_t bytes, size_t limit_bytes, std::string_view consequence);
/// The same for rows of which more than `most_bytes` would have to be read, and reading was stopped. For those who run
/// statements: RowsTooLarge() is what a caller is told.
absl::Status ResultTooLarge(size_t most_bytes);
/// RESOURCE_EXHAUSTED, reason RESPONSE_TOO_LARGE, without RetryInfo: the rows of one statement are so many or so large
/// that the server stopped reading them, `most_bytes` being kRowsPerResponse times `limit_bytes`, what a response may
/// have.
absl::Status RowsTooLarge(size_t limit_bytes);
/// How many times as many bytes as a response may have are read of one statement. PostgreSQL's text takes more than a
/// message: twice as much for bytes, three times for times, more for small numbers and jsonb.
inline constexpr size_t kRowsPerResponse = 4;
/// INTERNAL, reason INTERNAL, for what should not happen. `what` is shown to the caller, so it holds no driver text or
/// row value. A fresh id is in the message and in the metadata as "log_id": whoever logs more about it uses
/// ErrorLogId().
absl::Status Internal(std::string_view what);
/// FAILED_PRECONDITION, reason CANNOT_LISTEN: `problem` says why, and what to do.
absl::Status CannotListen(std::string_view address, std::string_view problem);
/// UNAVAILABLE, reason SERVER_STARTING: this server answers soon. Says nothing of what an earlier process of it did, so
/// it must not be taken for the end of a unit of work.
absl::Status ServerStarting();
/// UNAVAILABLE, reason SHUTTING_DOWN.
absl::Status ShuttingDown();

}  // namespace rowkeeper
