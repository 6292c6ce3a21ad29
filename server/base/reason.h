#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/status/status.h"

namespace rowkeeper {

/// ErrorInfo.domain of every error.
inline constexpr std::string_view kErrorDomain = "rowkeeper";
/// Under which a status carries its ErrorInfo.
inline constexpr std::string_view kErrorInfoUrl = "type.googleapis.com/google.rpc.ErrorInfo";

/// Why a call was refused: ErrorInfo.reason, which programs act on. Its text and its status code stand in reason.cc and
/// nowhere else. A new one goes to the end of its code's group there and here, has a constructor in one of the
/// `*errors.h` of this folder, and a row in the reference's table of errors; tests walk all three.
enum class Reason : uint8_t {
  // INVALID_ARGUMENT
  kInvalidField,
  kMalformedRequest,
  kInvalidHeader,
  kBatchTooLarge,
  kReadTooLarge,
  kIdempotencyKeyReused,
  // NOT_FOUND
  kRowNotFound,
  kUnitOfWorkNotFound,
  kSavepointNotFound,
  // ALREADY_EXISTS
  kUniqueViolation,
  kRowNotDeleted,
  // FAILED_PRECONDITION
  kReferenceViolation,
  kSchemaMismatch,
  kTriggerRefused,
  kMaxAffectedExceeded,
  kMoreThanOneRow,
  kValueMissing,
  kUnitOfWorkFailed,
  kUnitOfWorkEnded,
  kUnitOfWorkReadOnly,
  kUnitOfWorkElsewhere,
  kUnitsOfWorkOff,
  kStreamsOff,
  kCannotListen,
  kIdempotencyKeyOtherRelease,
  kPoolerUnfit,
  kUnrepresentableValue,
  // ABORTED
  kVersionMismatch,
  kSerializationFailure,
  kDeadlock,
  kLockTimeout,
  kUnitOfWorkExpired,
  kUnitOfWorkBusy,
  kUnitOfWorkSequence,
  kStreamIdle,
  // RESOURCE_EXHAUSTED
  kQueueFull,
  kPoolTimeout,
  kDeadlineUnreachable,
  kOverloaded,
  kCallerLimit,
  kDatabaseResources,
  kUnitOfWorkLimit,
  kUnitOfWorkCallerLimit,
  kUnitOfWorkSavepoints,
  kStreamLimit,
  kTooManyRows,
  kRelatedRowsTooLarge,
  kResponseTooLarge,
  kMemoryFull,
  // UNAUTHENTICATED
  kIdentityRequired,
  kTokenInvalid,
  kTokenExpired,
  // PERMISSION_DENIED
  kDatabasePermission,
  kMethodNotAllowed,
  kFeatureNotAllowed,
  kFieldNotAllowed,
  kTenantRequired,
  // CANCELLED
  kCancelled,
  kEndedByOperator,
  // DEADLINE_EXCEEDED
  kDeadlineExceeded,
  kStatementTimeout,
  // UNAVAILABLE
  kDatabaseUnavailable,
  kServerStarting,
  kShuttingDown,
  kNotTried,
  // UNKNOWN
  kCommitOutcomeUnknown,
  // INTERNAL
  kInternal,
};

/// Reasons are numbered from 0 to one less than this.
inline constexpr size_t kReasonCount = static_cast<size_t>(Reason::kInternal) + 1;

/// "ROW_NOT_FOUND".
std::string_view ReasonName(Reason reason);
/// The code of every error with this reason.
absl::StatusCode CodeOf(Reason reason);
/// The reverse of ReasonName().
std::optional<Reason> ReasonFromName(std::string_view name);

/// What the ErrorInfo of `status` says; none for OK, and for an error that carries no ErrorInfo, that of another
/// domain, or a reason of another release. It allocates nothing.
std::optional<Reason> ReasonOf(const absl::Status& status);

}  // namespace rowkeeper
