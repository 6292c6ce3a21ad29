#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace rowkeeper::client {

/// ErrorDetails::reason of the errors that programs act upon. proto/reference/errors.md lists all of them.
namespace reason {
inline constexpr char kInvalidField[] = "INVALID_FIELD";
inline constexpr char kInvalidHeader[] = "INVALID_HEADER";
inline constexpr char kMalformedRequest[] = "MALFORMED_REQUEST";
inline constexpr char kRowNotFound[] = "ROW_NOT_FOUND";
inline constexpr char kRowNotDeleted[] = "ROW_NOT_DELETED";
inline constexpr char kUniqueViolation[] = "UNIQUE_VIOLATION";
inline constexpr char kReferenceViolation[] = "REFERENCE_VIOLATION";
inline constexpr char kValueMissing[] = "VALUE_MISSING";
inline constexpr char kTriggerRefused[] = "TRIGGER_REFUSED";
inline constexpr char kVersionMismatch[] = "VERSION_MISMATCH";
inline constexpr char kSerializationFailure[] = "SERIALIZATION_FAILURE";
inline constexpr char kDeadlock[] = "DEADLOCK";
inline constexpr char kLockTimeout[] = "LOCK_TIMEOUT";
inline constexpr char kStatementTimeout[] = "STATEMENT_TIMEOUT";
inline constexpr char kResponseTooLarge[] = "RESPONSE_TOO_LARGE";
inline constexpr char kDeadlineExceeded[] = "DEADLINE_EXCEEDED";
inline constexpr char kCancelled[] = "CANCELLED";
inline constexpr char kServerStarting[] = "SERVER_STARTING";
inline constexpr char kShuttingDown[] = "SHUTTING_DOWN";
inline constexpr char kInternal[] = "INTERNAL";
inline constexpr char kIdentityRequired[] = "IDENTITY_REQUIRED";
inline constexpr char kTokenInvalid[] = "TOKEN_INVALID";
inline constexpr char kTokenExpired[] = "TOKEN_EXPIRED";
inline constexpr char kDatabaseUnavailable[] = "DATABASE_UNAVAILABLE";
inline constexpr char kDatabaseResources[] = "DATABASE_RESOURCES";
inline constexpr char kDatabasePermission[] = "DATABASE_PERMISSION";
inline constexpr char kMethodNotAllowed[] = "METHOD_NOT_ALLOWED";
inline constexpr char kFeatureNotAllowed[] = "FEATURE_NOT_ALLOWED";
inline constexpr char kFieldNotAllowed[] = "FIELD_NOT_ALLOWED";
inline constexpr char kTenantRequired[] = "TENANT_REQUIRED";
inline constexpr char kSchemaMismatch[] = "SCHEMA_MISMATCH";
inline constexpr char kCommitOutcomeUnknown[] = "COMMIT_OUTCOME_UNKNOWN";
inline constexpr char kUnitOfWorkExpired[] = "UNIT_OF_WORK_EXPIRED";
inline constexpr char kUnitOfWorkFailed[] = "UNIT_OF_WORK_FAILED";
inline constexpr char kUnitOfWorkBusy[] = "UNIT_OF_WORK_BUSY";
inline constexpr char kUnitOfWorkEnded[] = "UNIT_OF_WORK_ENDED";
inline constexpr char kUnitOfWorkElsewhere[] = "UNIT_OF_WORK_ELSEWHERE";
inline constexpr char kUnitOfWorkNotFound[] = "UNIT_OF_WORK_NOT_FOUND";
inline constexpr char kUnitOfWorkReadOnly[] = "UNIT_OF_WORK_READ_ONLY";
inline constexpr char kUnitOfWorkSequence[] = "UNIT_OF_WORK_SEQUENCE";
inline constexpr char kSavepointNotFound[] = "SAVEPOINT_NOT_FOUND";
/// Of this library: Commit, or Release of an outer savepoint, while a savepoint is open.
inline constexpr char kSavepointOpen[] = "SAVEPOINT_OPEN";
}  // namespace reason

/// What an error says to programs: the google.rpc details of its status. A detail that the status does not carry, or
/// that does not parse, is left empty.
struct ErrorDetails {
  struct FieldViolation {
    /// Path in the request, "todo.title".
    std::string field;
    /// What is wrong, and what to send.
    std::string description;
  };
  struct PreconditionViolation {
    std::string type;
    std::string subject;
    std::string description;
  };
  struct Resource {
    /// Full name of the entity.
    std::string type;
    /// Its key, as the caller gave it.
    std::string name;
  };

  /// "UNIQUE_VIOLATION"; empty when the error does not come from Rowkeeper or another service with ErrorInfo.
  std::string reason;
  /// "rowkeeper" for errors of the server and of this library.
  std::string domain;
  std::map<std::string, std::string> metadata;
  std::vector<FieldViolation> field_violations;
  std::vector<PreconditionViolation> preconditions;
  std::optional<Resource> resource;
  /// Least time to wait before trying again.
  std::optional<std::chrono::nanoseconds> retry_delay;

  /// The value of metadata[key], or empty.
  std::string Metadata(const std::string& key) const;
  /// Name of the database constraint that refused the row, or empty.
  std::string constraint() const { return Metadata("constraint"); }
  /// Proto names of the fields that the error is about: those of the constraint, or those with violations.
  std::vector<std::string> fields() const;
};

ErrorDetails DetailsOf(const absl::Status& status);
ErrorDetails DetailsOf(const grpc::Status& status);

/// DetailsOf(status).reason when the error is Rowkeeper's, else empty.
std::string ReasonOf(const absl::Status& status);
template <typename T>
std::string ReasonOf(const absl::StatusOr<T>& result) {
  return ReasonOf(result.status());
}

/// The same code and message; the details become payloads under their type URLs, as they came.
absl::Status ToAbslStatus(const grpc::Status& status);

}  // namespace rowkeeper::client
