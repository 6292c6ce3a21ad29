#pragma once

#include <string_view>

#include "absl/status/status.h"

/// What PostgreSQL refuses, and what becomes of it; see errors.h. SQLSTATEs are mapped to these in db/sqlstate.cc.
namespace rowkeeper {

/// ABORTED with RetryInfo, reason SERIALIZATION_FAILURE.
absl::Status SerializationFailure();
/// ABORTED with RetryInfo, reason DEADLOCK.
absl::Status Deadlock();
/// ABORTED with RetryInfo, reason LOCK_TIMEOUT.
absl::Status LockTimeout(std::string_view entity = {});
/// DEADLINE_EXCEEDED, reason STATEMENT_TIMEOUT: the server's own limit.
absl::Status StatementTimeout();
/// RESOURCE_EXHAUSTED, reason DATABASE_RESOURCES: SQLSTATE class 53.
absl::Status DatabaseExhausted();
/// UNAVAILABLE with RetryInfo, reason DATABASE_UNAVAILABLE: nothing was executed.
absl::Status DatabaseUnavailable();
/// INTERNAL: PostgreSQL's refusal of a statement, of which nothing is stored, that has no meaning here.
/// IsRefusedByDatabase() is true of it. `sqlstate` may be empty.
absl::Status RefusedByDatabase(std::string_view sqlstate);
bool IsRefusedByDatabase(const absl::Status& error);
/// UNKNOWN, reason COMMIT_OUTCOME_UNKNOWN: the connection was lost while a write was under way.
absl::Status CommitOutcomeUnknown();
/// UNAVAILABLE with RetryInfo, reason DATABASE_UNAVAILABLE: `what` ("the table of shop.v1.Order") was not seen yet.
absl::Status NotSeenYet(std::string_view what);
/// FAILED_PRECONDITION, reason SCHEMA_MISMATCH: `remedy` is the command to run. `entity`: whose table it is, where that
/// is known.
absl::Status SchemaMismatch(std::string_view problem, std::string_view remedy, std::string_view entity = "");
/// FAILED_PRECONDITION, reason POOLER_UNFIT: a connection pooler before the database does not give what is needed;
/// `problem` says so, and what to do.
absl::Status PoolerUnfit(std::string_view problem);
/// PERMISSION_DENIED, reason DATABASE_PERMISSION: no connection, by role, password, pg_hba.conf or privilege.
absl::Status LoginRefused();
/// UNAVAILABLE, reason DATABASE_UNAVAILABLE: PostgreSQL answers, without a database of that name.
absl::Status DatabaseMissing();
/// PERMISSION_DENIED, reason DATABASE_PERMISSION.
absl::Status DatabasePermission();
/// The same reason: a row-level security policy does not let the server's role store this row. `entity` may be empty.
absl::Status DeniedByRowPolicy(std::string_view entity);
/// UNAVAILABLE with RetryInfo, reason DATABASE_UNAVAILABLE: a server that a foreign table is on.
absl::Status ForeignServerUnavailable();
/// FAILED_PRECONDITION, reason UNREPRESENTABLE_VALUE: a value of the database that `field` of the response cannot carry
/// and that is of no row; those of rows are in row_errors.h.
absl::Status UnrepresentableValue(std::string_view field, std::string_view problem);

/// UNAVAILABLE, reason DATABASE_UNAVAILABLE: a statement that was given up because no answer came. It may go on in
/// PostgreSQL for a while, so the server does not run it on another connection: IsOverdue() is true of it.
absl::Status AnswerOverdue();
bool IsOverdue(const absl::Status& error);

}  // namespace rowkeeper
