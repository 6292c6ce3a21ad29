#include "server/base/errors.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_join.h"
#include "google/rpc/error_details.pb.h"
#include "server/base/error_parts.h"
#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/base/utf8.h"

namespace rowkeeper {
namespace {

using std::chrono::milliseconds;

constexpr size_t kShownViolations = 5;
constexpr size_t kDescriptionBytes = 600;

using error_parts::Attach;
using error_parts::Error;
using error_parts::Shown;
using error_parts::TypeUrl;
using error_parts::WithPrecondition;
using error_parts::WithRetry;

/// "ids[2] (0b52…), ids[5] (77aa…); and 3 more".
std::string ListItems(const std::vector<BatchItem>& items, std::string_view before_detail) {
  constexpr size_t kShownItems = 20;
  std::string list;
  for (size_t i = 0; i < items.size() && i < kShownItems; ++i) {
    list += Cat(i == 0 ? "" : ", ", items[i].first, " (", before_detail, ShortenUtf8(items[i].second, 60), ")");
  }
  if (items.size() > kShownItems) list += Cat(" and ", items.size() - kShownItems, " more");
  return list;
}

/// An error about elements of a batch, all of which are in the metadata, as far as a trailer can hold them.
absl::Status ErrorOfItems(Reason reason, std::string_view message, std::string_view entity,
                          const std::vector<BatchItem>& items) {
  constexpr size_t kListedBytes = 2000;
  std::string names;
  for (const BatchItem& item : items) {
    if (names.size() + item.first.size() > kListedBytes) {
      names += ",…";
      break;
    }
    names += Cat(names.empty() ? "" : ",", item.first);
  }
  absl::Status status(CodeOf(reason), ToAbsl(message));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(ReasonName(reason)));
  info.set_domain(std::string(kErrorDomain));
  (*info.mutable_metadata())["entity"] = std::string(entity);
  (*info.mutable_metadata())["elements"] = names;
  Attach(info, &status);
  return status;
}

bool ReadErrorInfo(const absl::Status& status, google::rpc::ErrorInfo* info) {
  const auto payload = status.GetPayload(TypeUrl<google::rpc::ErrorInfo>());
  return payload && info->ParseFromString(std::string(*payload));
}

}  // namespace

void FieldViolations::Add(std::string_view field, std::string_view description) {
  if (full()) {
    ++left_out_;
    return;
  }
  items_.emplace_back(Shown(field), ShortenUtf8(description, kDescriptionBytes));
}

absl::Status FieldViolations::ToStatus() const {
  if (items_.empty()) return absl::OkStatus();
  google::rpc::BadRequest bad_request;
  std::string message;
  size_t shown = 0;
  for (const auto& [field, description] : items_) {
    auto* violation = bad_request.add_field_violations();
    violation->set_field(field);
    violation->set_description(description);
    if (shown++ < kShownViolations) message += Cat(shown > 1 ? "; " : "", field, ": ", description);
  }
  shown += left_out_;
  if (shown > kShownViolations) message += Cat("; and ", shown - kShownViolations, " more");
  absl::Status status = Error(Reason::kInvalidField, message, {{"field", items_.front().first}});
  Attach(bad_request, &status);
  return status;
}

absl::Status InvalidField(std::string_view field, std::string_view description) {
  FieldViolations violations;
  violations.Add(field, description);
  return violations.ToStatus();
}

absl::Status MalformedRequest(std::string_view message_name, std::string_view problem) {
  return Error(Reason::kMalformedRequest,
               Cat("the request is not a ", message_name, ": ", RepairUtf8(problem),
                   "; check that the client's stubs were generated from the server's proto files"),
               {{"message", message_name}});
}

absl::Status InvalidHeader(std::string_view header, std::string_view description) {
  return Error(Reason::kInvalidHeader, Cat("header ", Shown(header), ": ", RepairUtf8(description)),
               {{"header", header}});
}

absl::Status RowNotFound(std::string_view entity, std::string_view key) {
  absl::Status status =
      Error(Reason::kRowNotFound, Cat("there is no ", entity, " with ", Shown(key)), {{"entity", entity}});
  google::rpc::ResourceInfo resource;
  resource.set_resource_type(std::string(entity));
  resource.set_resource_name(Shown(key));
  Attach(resource, &status);
  return status;
}

absl::Status RowNotDeleted(std::string_view entity, std::string_view key) {
  return Error(Reason::kRowNotDeleted, Cat("the ", entity, " with ", Shown(key), " is not deleted"),
               {{"entity", entity}});
}

absl::Status AlreadyExists(std::string_view entity, std::string_view constraint,
                           const std::vector<std::string>& fields) {
  const std::string names = absl::StrJoin(fields, ", ");
  const std::string message = fields.empty()
                                  ? Cat("there is already a ", entity, " with this value (constraint ", constraint,
                                        "); change the value, or read and update the row that has it")
                                  : Cat("there is already a ", entity, " with this ", absl::StrJoin(fields, " and "),
                                        "; change it, or read and update the row that has it");
  return Error(Reason::kUniqueViolation, message, {{"entity", entity}, {"constraint", constraint}, {"fields", names}});
}

absl::Status ReferenceViolation(std::string_view entity, std::string_view constraint, std::string_view field,
                                std::string_view referenced) {
  const std::string message =
      field.empty() ? Cat("this ", referenced.empty() ? "row" : referenced, " is still referenced by rows of ", entity,
                          "; delete those or point them elsewhere first")
                    : Cat(field, ": there is no ", referenced.empty() ? "row" : referenced,
                          " with this key; create it first or send the key of one that exists");
  absl::Status status =
      Error(Reason::kReferenceViolation, message,
            {{"entity", entity}, {"constraint", constraint}, {"field", field}, {"referenced", referenced}});
  return WithPrecondition(std::move(status), "REFERENCE", field.empty() ? entity : Cat(entity, ".", field));
}

absl::Status VersionMismatch(std::string_view entity, int64_t expected) {
  const std::string version = Cat(expected);
  return Error(Reason::kVersionMismatch,
               Cat("the ", entity, " is no longer at version ", version,
                   "; read it again, apply the change to what you read and send its version"),
               {{"entity", entity}, {"expected_version", version}});
}

absl::Status BatchTooLarge(std::string_view field, std::string_view problem, std::string_view limit,
                           std::string_view value) {
  const std::string description = Cat(problem, "; send several batches, or raise ", limit, " on the server");
  absl::Status status = Error(Reason::kBatchTooLarge, Cat(field, ": ", description),
                              {{"field", field}, {"limit", limit}, {"value", value}});
  google::rpc::BadRequest bad_request;
  auto* violation = bad_request.add_field_violations();
  violation->set_field(std::string(field));
  violation->set_description(description);
  Attach(bad_request, &status);
  return status;
}

absl::Status RowsNotFound(std::string_view entity, const std::vector<BatchItem>& items) {
  return ErrorOfItems(Reason::kRowNotFound,
                      Cat("there is no ", entity, " for ", ListItems(items, ""), "; leave them out"), entity, items);
}

absl::Status RowsNotDeleted(std::string_view entity, const std::vector<BatchItem>& items) {
  return ErrorOfItems(Reason::kRowNotDeleted,
                      Cat("not deleted is the ", entity, " of ", ListItems(items, ""), "; leave them out"), entity,
                      items);
}

absl::Status DeletedRowsExist(std::string_view entity, std::string_view constraint,
                              const std::vector<BatchItem>& items) {
  const absl::Status status = ErrorOfItems(
      Reason::kUniqueViolation,
      Cat("a deleted ", entity, " has the key of ", ListItems(items, ""), "; restore it first"), entity, items);
  return WithMetadata(status, "constraint", constraint, "");
}

absl::Status VersionMismatches(std::string_view entity, const std::vector<BatchItem>& items) {
  return ErrorOfItems(Reason::kVersionMismatch,
                      Cat("the ", entity, " is no longer at the version of ", ListItems(items, "version "),
                          "; read again, apply the changes to what you read and send its versions"),
                      entity, items);
}

absl::Status SerializationFailure() {
  return WithRetry(Error(Reason::kSerializationFailure,
                         "another transaction changed the same rows first; run the whole unit of work again"),
                   milliseconds(20));
}

absl::Status Deadlock() {
  return WithRetry(Error(Reason::kDeadlock,
                         "this transaction and another waited for each other's rows, and this one was ended; run the "
                         "whole unit of work again"),
                   milliseconds(50));
}

absl::Status LockTimeout() {
  return WithRetry(Error(Reason::kLockTimeout,
                         "another transaction held a lock on these rows for longer than the server waits; try again"),
                   milliseconds(200));
}

absl::Status DeadlineExceeded(std::string_view where) {
  return Error(Reason::kDeadlineExceeded,
               Cat("the call's deadline passed while ", where, "; allow more time or ask for less"),
               {{"where", where}});
}

absl::Status StatementTimeout() {
  return Error(Reason::kStatementTimeout,
               "the statement ran longer than the server allows; ask for less, add an index for it, or raise the "
               "server's statement timeout");
}

absl::Status Cancelled() { return Error(Reason::kCancelled, "the caller cancelled the call"); }

absl::Status LimitReached(Reason reason, std::string_view what, std::string_view limit, std::string_view value) {
  return WithRetry(
      Error(reason, Cat(what, " (", limit, " is ", value, "); try again later, or raise the limit on the server"),
            {{"limit", limit}, {"value", value}}),
      milliseconds(1000));
}

absl::Status ResponseTooLarge(size_t bytes, size_t limit_bytes, std::string_view consequence) {
  return Error(Reason::kResponseTooLarge,
               Cat("the response has ", bytes, " bytes and the server sends at most ", limit_bytes, "; ", consequence),
               {{"limit", "max-response-size"}, {"value", Cat(limit_bytes, " bytes")}});
}

absl::Status DatabaseExhausted() {
  return WithRetry(
      Error(Reason::kDatabaseResources, "the database is out of connections, memory or disk space; try again later"),
      milliseconds(1000));
}

absl::Status DatabaseUnavailable() {
  return WithRetry(
      Error(Reason::kDatabaseUnavailable, "the database cannot be reached and nothing was executed; try again"),
      milliseconds(500));
}

absl::Status CommitOutcomeUnknown() {
  return Error(Reason::kCommitOutcomeUnknown,
               "the connection to the database was lost while a write was under way, so it may or may not have "
               "happened; read the rows before you write again");
}

absl::Status SchemaMismatch(std::string_view problem, std::string_view remedy) {
  absl::Status status =
      Error(Reason::kSchemaMismatch, Cat("the database does not fit the catalogue: ", problem, "; ", remedy),
            {{"remedy", remedy}});
  return WithPrecondition(std::move(status), "SCHEMA", "database");
}

absl::Status RefusedByTrigger(std::string_view entity) {
  return Error(Reason::kTriggerRefused,
               Cat("a rule of the database refused this change", entity.empty() ? "" : Cat(" of ", entity),
                   "; ask its owner what the rule demands"),
               {{"entity", entity}});
}

absl::Status DatabasePermission() {
  return Error(Reason::kDatabasePermission,
               "the server's database role may not do this; grant it the privilege on the entity's table");
}

absl::Status UnrepresentableValue(std::string_view field, std::string_view problem) {
  return Error(Reason::kUnrepresentableValue,
               Cat(field, ": the stored value cannot be sent: ", problem, "; correct it in the database"),
               {{"field", field}});
}

absl::Status Internal(std::string_view what) {
  const std::string id = RandomHex(8);
  return Error(Reason::kInternal,
               Cat("internal error: ", RepairUtf8(what), " (log id ", id, "); please report it with the id"),
               {{"log_id", id}});
}

absl::Status CannotListen(std::string_view address, std::string_view problem) {
  return Error(Reason::kCannotListen, Cat("cannot listen on ", address, ": ", problem), {{"address", address}});
}

absl::Status ShuttingDown() {
  return WithRetry(Error(Reason::kShuttingDown, "the server is shutting down and did nothing; try another or wait"),
                   milliseconds(1000));
}

absl::Status WithMetadata(const absl::Status& error, std::string_view key, std::string_view value,
                          std::string_view prefix) {
  const absl::string_view message = error.message();
  absl::Status status(error.code(), Cat(prefix, std::string_view(message.data(), message.size())));
  error.ForEachPayload([&](absl::string_view url, const absl::Cord& bytes) { status.SetPayload(url, bytes); });
  google::rpc::ErrorInfo info;
  ReadErrorInfo(error, &info);
  (*info.mutable_metadata())[std::string(key)] = Shown(value);
  Attach(info, &status);
  return status;
}

absl::Status WithFieldsUnder(const absl::Status& error, std::string_view prefix) {
  google::rpc::BadRequest details;
  const auto payload = error.GetPayload(TypeUrl<google::rpc::BadRequest>());
  if (!payload || !details.ParseFromString(std::string(*payload)) || details.field_violations().empty()) return error;
  for (auto& violation : *details.mutable_field_violations()) {
    violation.set_field(Cat(prefix, violation.field().empty() ? "" : ".", violation.field()));
  }
  absl::Status status = WithMetadata(error, "field", details.field_violations(0).field(), "");
  Attach(details, &status);
  return status;
}

std::string ErrorReason(const absl::Status& status) {
  google::rpc::ErrorInfo info;
  return ReadErrorInfo(status, &info) ? info.reason() : std::string();
}

std::string ErrorMetadataValue(const absl::Status& status, std::string_view key) {
  google::rpc::ErrorInfo info;
  if (!ReadErrorInfo(status, &info)) return {};
  const auto found = info.metadata().find(std::string(key));
  return found == info.metadata().end() ? std::string() : found->second;
}

std::string ErrorLogId(const absl::Status& status) { return ErrorMetadataValue(status, "log_id"); }

}  // namespace rowkeeper
