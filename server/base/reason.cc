#include "server/base/reason.h"

#include <array>

#include "absl/strings/cord.h"
#include "google/protobuf/io/coded_stream.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

using Code = absl::StatusCode;
using google::protobuf::io::CodedInputStream;

struct ReasonEntry {
  Reason reason;
  std::string_view name;
  Code code;
};

/// In the order of the enum.
constexpr ReasonEntry kReasons[] = {
    {Reason::kInvalidField, "INVALID_FIELD", Code::kInvalidArgument},
    {Reason::kMalformedRequest, "MALFORMED_REQUEST", Code::kInvalidArgument},
    {Reason::kInvalidHeader, "INVALID_HEADER", Code::kInvalidArgument},
    {Reason::kBatchTooLarge, "BATCH_TOO_LARGE", Code::kInvalidArgument},
    {Reason::kReadTooLarge, "READ_TOO_LARGE", Code::kInvalidArgument},
    {Reason::kIdempotencyKeyReused, "IDEMPOTENCY_KEY_REUSED", Code::kInvalidArgument},
    {Reason::kRowNotFound, "ROW_NOT_FOUND", Code::kNotFound},
    {Reason::kUnitOfWorkNotFound, "UNIT_OF_WORK_NOT_FOUND", Code::kNotFound},
    {Reason::kSavepointNotFound, "SAVEPOINT_NOT_FOUND", Code::kNotFound},
    {Reason::kUniqueViolation, "UNIQUE_VIOLATION", Code::kAlreadyExists},
    {Reason::kRowNotDeleted, "ROW_NOT_DELETED", Code::kAlreadyExists},
    {Reason::kReferenceViolation, "REFERENCE_VIOLATION", Code::kFailedPrecondition},
    {Reason::kSchemaMismatch, "SCHEMA_MISMATCH", Code::kFailedPrecondition},
    {Reason::kTriggerRefused, "TRIGGER_REFUSED", Code::kFailedPrecondition},
    {Reason::kMaxAffectedExceeded, "MAX_AFFECTED_EXCEEDED", Code::kFailedPrecondition},
    {Reason::kMoreThanOneRow, "MORE_THAN_ONE_ROW", Code::kFailedPrecondition},
    {Reason::kValueMissing, "VALUE_MISSING", Code::kFailedPrecondition},
    {Reason::kUnitOfWorkFailed, "UNIT_OF_WORK_FAILED", Code::kFailedPrecondition},
    {Reason::kUnitOfWorkEnded, "UNIT_OF_WORK_ENDED", Code::kFailedPrecondition},
    {Reason::kUnitOfWorkReadOnly, "UNIT_OF_WORK_READ_ONLY", Code::kFailedPrecondition},
    {Reason::kUnitOfWorkElsewhere, "UNIT_OF_WORK_ELSEWHERE", Code::kFailedPrecondition},
    {Reason::kUnitsOfWorkOff, "UNITS_OF_WORK_OFF", Code::kFailedPrecondition},
    {Reason::kStreamsOff, "STREAMS_OFF", Code::kFailedPrecondition},
    {Reason::kCannotListen, "CANNOT_LISTEN", Code::kFailedPrecondition},
    {Reason::kIdempotencyKeyOtherRelease, "IDEMPOTENCY_KEY_OTHER_RELEASE", Code::kFailedPrecondition},
    {Reason::kPoolerUnfit, "POOLER_UNFIT", Code::kFailedPrecondition},
    {Reason::kUnrepresentableValue, "UNREPRESENTABLE_VALUE", Code::kFailedPrecondition},
    {Reason::kVersionMismatch, "VERSION_MISMATCH", Code::kAborted},
    {Reason::kSerializationFailure, "SERIALIZATION_FAILURE", Code::kAborted},
    {Reason::kDeadlock, "DEADLOCK", Code::kAborted},
    {Reason::kLockTimeout, "LOCK_TIMEOUT", Code::kAborted},
    {Reason::kUnitOfWorkExpired, "UNIT_OF_WORK_EXPIRED", Code::kAborted},
    {Reason::kUnitOfWorkBusy, "UNIT_OF_WORK_BUSY", Code::kAborted},
    {Reason::kUnitOfWorkSequence, "UNIT_OF_WORK_SEQUENCE", Code::kAborted},
    {Reason::kStreamIdle, "STREAM_IDLE", Code::kAborted},
    {Reason::kQueueFull, "QUEUE_FULL", Code::kResourceExhausted},
    {Reason::kPoolTimeout, "POOL_TIMEOUT", Code::kResourceExhausted},
    {Reason::kDeadlineUnreachable, "DEADLINE_UNREACHABLE", Code::kResourceExhausted},
    {Reason::kOverloaded, "OVERLOADED", Code::kResourceExhausted},
    {Reason::kCallerLimit, "CALLER_LIMIT", Code::kResourceExhausted},
    {Reason::kDatabaseResources, "DATABASE_RESOURCES", Code::kResourceExhausted},
    {Reason::kUnitOfWorkLimit, "UNIT_OF_WORK_LIMIT", Code::kResourceExhausted},
    {Reason::kUnitOfWorkCallerLimit, "UNIT_OF_WORK_CALLER_LIMIT", Code::kResourceExhausted},
    {Reason::kUnitOfWorkSavepoints, "UNIT_OF_WORK_SAVEPOINTS", Code::kResourceExhausted},
    {Reason::kStreamLimit, "STREAM_LIMIT", Code::kResourceExhausted},
    {Reason::kTooManyRows, "TOO_MANY_ROWS", Code::kResourceExhausted},
    {Reason::kRelatedRowsTooLarge, "RELATED_ROWS_TOO_LARGE", Code::kResourceExhausted},
    {Reason::kResponseTooLarge, "RESPONSE_TOO_LARGE", Code::kResourceExhausted},
    {Reason::kMemoryFull, "MEMORY_FULL", Code::kResourceExhausted},
    {Reason::kIdentityRequired, "IDENTITY_REQUIRED", Code::kUnauthenticated},
    {Reason::kTokenInvalid, "TOKEN_INVALID", Code::kUnauthenticated},
    {Reason::kTokenExpired, "TOKEN_EXPIRED", Code::kUnauthenticated},
    {Reason::kDatabasePermission, "DATABASE_PERMISSION", Code::kPermissionDenied},
    {Reason::kMethodNotAllowed, "METHOD_NOT_ALLOWED", Code::kPermissionDenied},
    {Reason::kFeatureNotAllowed, "FEATURE_NOT_ALLOWED", Code::kPermissionDenied},
    {Reason::kFieldNotAllowed, "FIELD_NOT_ALLOWED", Code::kPermissionDenied},
    {Reason::kTenantRequired, "TENANT_REQUIRED", Code::kPermissionDenied},
    {Reason::kCancelled, "CANCELLED", Code::kCancelled},
    {Reason::kEndedByOperator, "ENDED_BY_OPERATOR", Code::kCancelled},
    {Reason::kDeadlineExceeded, "DEADLINE_EXCEEDED", Code::kDeadlineExceeded},
    {Reason::kStatementTimeout, "STATEMENT_TIMEOUT", Code::kDeadlineExceeded},
    {Reason::kDatabaseUnavailable, "DATABASE_UNAVAILABLE", Code::kUnavailable},
    {Reason::kServerStarting, "SERVER_STARTING", Code::kUnavailable},
    {Reason::kShuttingDown, "SHUTTING_DOWN", Code::kUnavailable},
    {Reason::kNotTried, "NOT_TRIED", Code::kUnavailable},
    {Reason::kCommitOutcomeUnknown, "COMMIT_OUTCOME_UNKNOWN", Code::kUnknown},
    {Reason::kInternal, "INTERNAL", Code::kInternal},
};

constexpr bool HasEveryReason() {
  size_t number = 0;
  for (const ReasonEntry& entry : kReasons) {
    if (static_cast<size_t>(entry.reason) != number++) return false;
  }
  return number == kReasonCount;
}
static_assert(HasEveryReason(), "one entry for each reason, in the order of the enum");

const ReasonEntry& ReasonEntryOf(Reason reason) { return kReasons[static_cast<size_t>(reason)]; }

/// The texts of a serialised google.rpc.ErrorInfo, views into its bytes.
struct InfoTexts {
  std::string_view reason;
  std::string_view domain;
};

constexpr uint32_t TagOfText(uint32_t field) { return field << 3 | 2; }

/// Parsing the whole message would allocate its metadata, for each comparison of a reason.
InfoTexts ReadInfo(std::string_view bytes) {
  InfoTexts texts;
  CodedInputStream input(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  for (uint32_t tag = input.ReadTag(); tag == TagOfText(1) || tag == TagOfText(2); tag = input.ReadTag()) {
    int length = 0;
    if (!input.ReadVarintSizeAsInt(&length)) return {};
    const std::string_view text =
        bytes.substr(static_cast<size_t>(input.CurrentPosition()), static_cast<size_t>(length));
    if (!input.Skip(length)) return {};
    (tag == TagOfText(1) ? texts.reason : texts.domain) = text;
  }
  return texts;
}

}  // namespace

std::string_view ReasonName(Reason reason) { return ReasonEntryOf(reason).name; }

absl::StatusCode CodeOf(Reason reason) { return ReasonEntryOf(reason).code; }

std::optional<Reason> ReasonFromName(std::string_view name) {
  for (const ReasonEntry& entry : kReasons) {
    if (entry.name == name) return entry.reason;
  }
  return std::nullopt;
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  if (status.ok()) return std::nullopt;
  absl::optional<absl::Cord> payload = status.GetPayload(ToAbsl(kErrorInfoUrl));
  if (!payload.has_value()) return std::nullopt;
  const absl::string_view bytes = payload->Flatten();
  const InfoTexts info = ReadInfo(std::string_view(bytes.data(), bytes.size()));
  return info.domain == kErrorDomain ? ReasonFromName(info.reason) : std::nullopt;
}

}  // namespace rowkeeper
