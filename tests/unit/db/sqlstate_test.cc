#include "server/db/sqlstate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "server/base/error_details.h"
#include "server/base/text.h"

namespace rowkeeper::db {
namespace {

using ::testing::HasSubstr;

absl::Status Map(const char* sqlstate, const FailedStatement& statement = {}) {
  PgError error;
  error.sqlstate = sqlstate;
  error.primary = "secret";
  error.message = "ERROR:  secret";
  error.constraint = "c";
  return StatusFromPgError(error, statement);
}

TEST(SqlStateTest, EveryRowOfTheErrorTable) {
  using Code = absl::StatusCode;
  struct Row {
    const char* sqlstate;
    Code code;
    const char* reason;
  };
  for (const Row& row : std::initializer_list<Row>{
           {"23505", Code::kAlreadyExists, "UNIQUE_VIOLATION"},
           {"23P01", Code::kAlreadyExists, "UNIQUE_VIOLATION"},
           {"23503", Code::kFailedPrecondition, "REFERENCE_VIOLATION"},
           {"23502", Code::kInvalidArgument, "INVALID_FIELD"},
           {"23514", Code::kInvalidArgument, "INVALID_FIELD"},
           {"22001", Code::kInvalidArgument, "INVALID_FIELD"},
           {"22P02", Code::kInvalidArgument, "INVALID_FIELD"},
           {"22021", Code::kInvalidArgument, "INVALID_FIELD"},
           {"40001", Code::kAborted, "SERIALIZATION_FAILURE"},
           {"40P01", Code::kAborted, "DEADLOCK"},
           {"40003", Code::kUnknown, "COMMIT_OUTCOME_UNKNOWN"},
           {"55P03", Code::kAborted, "LOCK_TIMEOUT"},
           {"57014", Code::kDeadlineExceeded, "STATEMENT_TIMEOUT"},
           {"53100", Code::kResourceExhausted, "DATABASE_RESOURCES"},
           {"53300", Code::kResourceExhausted, "DATABASE_RESOURCES"},
           {"42501", Code::kPermissionDenied, "DATABASE_PERMISSION"},
           {"28000", Code::kPermissionDenied, "DATABASE_PERMISSION"},
           {"42P01", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"42703", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"3F000", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"54000", Code::kInvalidArgument, "INVALID_FIELD"},
           {"44000", Code::kInvalidArgument, "INVALID_FIELD"},
           {"25006", Code::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"P0001", Code::kFailedPrecondition, "TRIGGER_REFUSED"},
           {"42601", Code::kInternal, "INTERNAL"},
           {"25P02", Code::kInternal, "INTERNAL"},
           {"XX000", Code::kInternal, "INTERNAL"},
           {"57P01", Code::kInternal, "INTERNAL"},
           {"08006", Code::kInternal, "INTERNAL"},
       }) {
    const absl::Status status = Map(row.sqlstate);
    EXPECT_EQ(status.code(), row.code) << row.sqlstate;
    EXPECT_EQ(ErrorReason(status), row.reason) << row.sqlstate;
    EXPECT_EQ(status.ToString().find("secret"), std::string::npos) << row.sqlstate;
  }
}

TEST(SqlStateTest, LossIsUnavailableAndThatOfAWriteHasAnUnknownOutcome) {
  for (const char* state : {"57P01", "08006", "40001", ""}) {
    PgError error;
    error.sqlstate = state;
    error.lost = true;
    FailedStatement statement;
    EXPECT_EQ(ErrorReason(StatusFromPgError(error, statement)), "DATABASE_UNAVAILABLE") << state;
    statement.may_have_written = true;
    EXPECT_EQ(ErrorReason(StatusFromPgError(error, statement)), "COMMIT_OUTCOME_UNKNOWN") << state;
  }
}

TEST(SqlStateTest, WhatABodyRaisesSaysNothingOfTheSession) {
  for (const char* state : {"25006", "25P02", "40003", "08006", "26000"}) {
    PgError error;
    error.sqlstate = state;
    error.context = "PL/pgSQL function f() line 1 at RAISE";
    error.source_function = "exec_stmt_raise";
    EXPECT_EQ(ErrorReason(StatusFromPgError(error, {})), "INTERNAL") << state;
  }
}

/// Only the words tell them apart, and only they are looked at: values may hold the same.
TEST(SqlStateTest, ForeignKeyIsReadFromTheStartOfThePrimaryMessage) {
  ErrorContext context;
  context.entity = "shop.v1.Node";
  context.constraints["c"] = {ErrorContext::Constraint::Kind::kReference, {"parent_id"}, "shop.v1.Node", ""};
  FailedStatement statement;
  statement.context = &context;
  PgError error;
  error.sqlstate = "23503";
  error.constraint = "c";
  error.primary = "insert or update on table \"nodes\" violates foreign key constraint \"c\"";
  error.message = Cat("ERROR:  23503: ", error.primary, "\nDETAIL:  Key (p)=(: update or delete on table x) is not");
  EXPECT_THAT(std::string(StatusFromPgError(error, statement).message()), HasSubstr("parent_id"));
  error.primary = "update or delete on table \"nodes\" violates foreign key constraint \"c\" on table \"nodes\"";
  EXPECT_THAT(std::string(StatusFromPgError(error, statement).message()), HasSubstr("still referenced"));
}

TEST(SqlStateTest, WriteInAReadOnlyTransactionIsNotTheServersFault) {
  FailedStatement statement;
  statement.read_only_transaction = true;
  EXPECT_EQ(ErrorReason(Map("25006", statement)), "INTERNAL");
}

TEST(SqlStateTest, CauseOfACancellationDecides) {
  FailedStatement statement;
  statement.cancelled = Cancellation::Cause::kCaller;
  EXPECT_EQ(ErrorReason(Map("57014", statement)), "CANCELLED");
  statement.cancelled = Cancellation::Cause::kDeadline;
  EXPECT_EQ(ErrorReason(Map("57014", statement)), "DEADLINE_EXCEEDED");
  EXPECT_EQ(ErrorReason(Map("40001", statement)), "SERIALIZATION_FAILURE");
}

}  // namespace
}  // namespace rowkeeper::db
