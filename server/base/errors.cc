#include "server/base/errors.h"

#include <chrono>

#include "google/rpc/error_details.pb.h"
#include "server/base/error_builder.h"
#include "server/base/error_details.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper {
namespace {

using std::chrono::milliseconds;

constexpr size_t kShownViolations = 5;
constexpr size_t kDescriptionBytes = 600;

}  // namespace

void FieldViolations::Add(std::string_view field, std::string_view description) {
  if (full()) {
    ++left_out_;
    return;
  }
  items_.emplace_back(ShownInError(field), ShortenUtf8(description, kDescriptionBytes));
}

void FieldViolations::Add(std::string_view field, std::string_view description, Limit limit) {
  Add(field, description);
  if (!limit_.has_value()) limit_ = limit;
}

void FieldViolations::AddUnder(std::string_view prefix, const absl::Status& error) {
  if (error.ok()) return;
  if (!limit_.has_value()) limit_ = LimitFromName(ErrorMetadataValue(error, "limit"));
  const auto details = FindDetail<google::rpc::BadRequest>(WithFieldsUnder(error, prefix));
  if (!details.has_value() || details->field_violations().empty()) return Add(prefix, MessageOf(error));
  for (const auto& violation : details->field_violations()) Add(violation.field(), violation.description());
}

absl::Status FieldViolations::ToStatus() const {
  if (!denied_.ok()) return denied_;
  if (items_.empty()) return absl::OkStatus();
  std::string message;
  size_t shown = 0;
  for (const auto& [field, description] : items_) {
    if (shown++ < kShownViolations) message += Cat(shown > 1 ? "; " : "", field, ": ", description);
  }
  shown += left_out_;
  if (shown > kShownViolations) message += Cat("; and ", shown - kShownViolations, " more");
  ErrorBuilder error(Reason::kInvalidField, message);
  for (const auto& [field, description] : items_) error.WithField(field, description);
  if (limit_.has_value()) error.With("limit", LimitName(*limit_));
  return error.Build();
}

absl::Status InvalidField(std::string_view field, std::string_view description) {
  FieldViolations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

absl::Status MalformedRequest(std::string_view message_name, std::string_view problem) {
  return ErrorBuilder(Reason::kMalformedRequest,
                      Cat("the request is not a ", message_name, ": ", RepairUtf8(problem),
                          "; check that the client's stubs were generated from the server's proto files"))
      .With("message", message_name)
      .Build();
}

absl::Status InvalidHeader(std::string_view header, std::string_view description) {
  return ErrorBuilder(Reason::kInvalidHeader, Cat("header ", ShownInError(header), ": ", RepairUtf8(description)))
      .With("header", header)
      .Build();
}

absl::Status DeadlineExceeded(std::string_view where) {
  return ErrorBuilder(Reason::kDeadlineExceeded,
                      Cat("the call's deadline passed while ", where, "; allow more time or ask for less"))
      .With("where", where)
      .Build();
}

absl::Status Cancelled() { return ErrorBuilder(Reason::kCancelled, "the caller cancelled the call").Build(); }

absl::Status EndedByOperator() {
  return ErrorBuilder(Reason::kEndedByOperator,
                      "an operator of the server ended the call; ask why before you send it again")
      .Build();
}

absl::Status LimitReached(Reason reason, std::string_view what, Limit limit, std::string_view value) {
  return ErrorBuilder(reason, Cat(what, " (", LimitName(limit), " is ", value, "); try again later",
                                  IsFixed(limit) ? "" : ", or raise the limit on the server"))
      .WithLimit(limit, value)
      .WithRetry(milliseconds(1000))
      .Build();
}

absl::Status ResponseTooLarge(size_t bytes, size_t limit_bytes, std::string_view consequence) {
  return ErrorBuilder(Reason::kResponseTooLarge, Cat("the response has ", bytes, " bytes and the server sends at most ",
                                                     limit_bytes, "; ", consequence))
      .WithLimit(Limit::kMaxResponseSize, Cat(limit_bytes, " bytes"))
      .Build();
}

absl::Status ResultTooLarge(size_t most_bytes) {
  return ErrorBuilder(Reason::kResponseTooLarge, Cat("the rows of a statement have more than ", most_bytes,
                                                     " bytes, and were not read to their end"))
      .Build();
}

absl::Status RowsTooLarge(size_t limit_bytes) {
  return ErrorBuilder(Reason::kResponseTooLarge,
                      Cat("the rows have more than ", kRowsPerResponse * limit_bytes, " bytes in the database's text, ",
                          kRowsPerResponse, " times what the server sends (", LimitName(Limit::kMaxResponseSize),
                          "), and reading them was stopped; ask for fewer rows or "
                          "fields"))
      .WithLimit(Limit::kMaxResponseSize, Cat(limit_bytes, " bytes"))
      .Build();
}

absl::Status Internal(std::string_view what) {
  const std::string id = RandomHex(8);
  return ErrorBuilder(Reason::kInternal,
                      Cat("internal error: ", RepairUtf8(what), " (log id ", id, "); please report it with the id"))
      .With("log_id", id)
      .Build();
}

absl::Status CannotListen(std::string_view address, std::string_view problem) {
  return ErrorBuilder(Reason::kCannotListen, Cat("cannot listen on ", address, ": ", problem))
      .With("address", address)
      .Build();
}

absl::Status ServerStarting() {
  return ErrorBuilder(Reason::kServerStarting, "the server is starting and did nothing with this call; try again")
      .Build();
}

absl::Status ShuttingDown() {
  return ErrorBuilder(Reason::kShuttingDown, "the server is shutting down and did nothing; try another or wait")
      .WithRetry(milliseconds(1000))
      .Build();
}

}  // namespace rowkeeper
