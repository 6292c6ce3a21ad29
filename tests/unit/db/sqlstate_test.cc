#include "server/db/sqlstate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/db/error_origin.h"
#include "tests/support/sqlstates.h"

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
           {"P0002", Code::kFailedPrecondition, "TRIGGER_REFUSED"},
           {"AB123", Code::kFailedPrecondition, "TRIGGER_REFUSED"},
           {"45000", Code::kFailedPrecondition, "TRIGGER_REFUSED"},
           {"PT404", Code::kFailedPrecondition, "TRIGGER_REFUSED"},
           {"27000", Code::kFailedPrecondition, "TRIGGER_REFUSED"},
           {"2200H", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"428C9", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"42P10", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"42P22", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"55000", Code::kFailedPrecondition, "SCHEMA_MISMATCH"},
           {"21000", Code::kFailedPrecondition, "MORE_THAN_ONE_ROW"},
           {"54001", Code::kInvalidArgument, "INVALID_FIELD"},
           {"72000", Code::kAborted, "SERIALIZATION_FAILURE"},
           {"08006", Code::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"HV000", Code::kUnavailable, "DATABASE_UNAVAILABLE"},
           {"0A000", Code::kInternal, "INTERNAL"},
           {"42601", Code::kInternal, "INTERNAL"},
           {"25P02", Code::kInternal, "INTERNAL"},
           {"XX000", Code::kInternal, "INTERNAL"},
           {"57P01", Code::kInternal, "INTERNAL"},
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

std::vector<std::string> AllStates() {
  std::istringstream text(testing::kSqlStates);
  std::vector<std::string> states;
  for (std::string state; text >> state;) states.push_back(state);
  return states;
}

std::string ReasonOf(const std::string& sqlstate, const std::string& source_function, const std::string& context) {
  PgError error;
  error.sqlstate = sqlstate;
  error.source_function = source_function;
  error.context = context;
  return ErrorReason(StatusFromPgError(error, {}));
}

std::string ReasonOfConflict(const std::string& sqlstate) {
  if (sqlstate == "40001") return "SERIALIZATION_FAILURE";
  return sqlstate == "40P01" ? "DEADLOCK" : "";
}

TEST(SqlStateTest, WhatABodyRaisesIsItsRefusal) {
  ASSERT_GT(AllStates().size(), 250u);
  for (const std::string& state : AllStates()) {
    const std::string conflict = ReasonOfConflict(state);
    EXPECT_EQ(ReasonOf(state, "exec_stmt_raise", "PL/pgSQL function f() line 1 at RAISE"),
              conflict.empty() ? "TRIGGER_REFUSED" : conflict)
        << state;
  }
}

/// Its tables, types and values are none of the caller's.
TEST(SqlStateTest, WhatFailsInABodyIsTheBodysFault) {
  // What PostgreSQL says of itself, or of locks, is the same everywhere.
  const std::map<std::string, std::string> of_the_server = {
      {"53", "DATABASE_RESOURCES"}, {"58", "INTERNAL"}, {"XX", "INTERNAL"}};
  const std::map<std::string, std::string> others = {
      {"55P03", "LOCK_TIMEOUT"}, {"72000", "SERIALIZATION_FAILURE"}, {"P0001", "TRIGGER_REFUSED"}};
  for (const std::string& state : AllStates()) {
    std::string expected = ReasonOfConflict(state);
    if (const auto found = of_the_server.find(state.substr(0, 2)); found != of_the_server.end())
      expected = found->second;
    if (const auto found = others.find(state); found != others.end()) expected = found->second;
    if (expected.empty()) expected = "TRIGGER_REFUSED";
    EXPECT_EQ(ReasonOf(state, "some_function", "SQL statement \"x\"\nPL/pgSQL function f() line 1 at SQL statement"),
              expected)
        << state;
  }
}

TEST(SqlStateTest, TimeoutIsOneInABodyToo) {
  EXPECT_EQ(ReasonOf("57014", "ProcessInterrupts", "PL/pgSQL function f() line 1 at PERFORM"), "STATEMENT_TIMEOUT");
}

TEST(SqlStateTest, VerdictOfAStatementIsItsOwnThoughTheServerLogsParameters) {
  PgError error;
  error.sqlstate = std::string(kVerdictSqlstate);
  error.primary = "JSON object does not contain key \"rk:2:-1:-1:0\"";
  error.source_function = "executeItemOptUnwrapTarget";
  error.context = "unnamed portal with parameters: $1 = 'x'";
  EXPECT_TRUE(VerdictOf(StatusFromPgError(error, {})).has_value());
  error.context = "PL/pgSQL function f() line 1 at PERFORM";
  EXPECT_FALSE(VerdictOf(StatusFromPgError(error, {})).has_value());
}

TEST(ErrorOriginTest, ContextSaysWhoseErrorItIs) {
  const auto origin = [](const char* context, const char* source_function = "int4div") {
    PgError error;
    error.sqlstate = "22012";
    error.source_function = source_function;
    error.context = context;
    return OriginOf(error);
  };
  EXPECT_EQ(origin(""), ErrorOrigin::kStatement);
  EXPECT_EQ(origin("unnamed portal with parameters: $1 = 'x\nPL/pgSQL function f() line 1 at RAISE'"),
            ErrorOrigin::kStatement);
  EXPECT_EQ(origin("unnamed portal parameter $2"), ErrorOrigin::kStatement);
  EXPECT_EQ(origin("portal \"x\" parameter $2 = '...'"), ErrorOrigin::kStatement);
  EXPECT_EQ(origin("Parameter $2 des unbenannten Portals"), ErrorOrigin::kStatement);
  EXPECT_EQ(origin("SQL statement \"UPDATE t SET n = 1 WHERE $1 = '5'\""), ErrorOrigin::kBody);
  EXPECT_EQ(origin("JSON data, line 1: {\"a..."), ErrorOrigin::kStatement);
  EXPECT_EQ(origin("JSON data, line 1: {\"a...\nSQL statement \"x\"\nPL/pgSQL function f() line 1 at PERFORM"),
            ErrorOrigin::kBody);
  EXPECT_EQ(origin("parallel worker"), ErrorOrigin::kStatement);
  EXPECT_EQ(origin("remote SQL command: DELETE FROM t", "pgfdw_report_error"), ErrorOrigin::kStatement);
  EXPECT_EQ(origin("SQL statement \"DELETE FROM ONLY \"public\".\"c\" WHERE $1 OPERATOR(pg_catalog.=) \"p\"\""),
            ErrorOrigin::kForeignKeyAction);
  EXPECT_EQ(origin("PL/pgSQL function f() line 3 at assignment\nportal \"rk1\" with parameters: $1 = '1'"),
            ErrorOrigin::kBody);
  EXPECT_EQ(origin("instruction SQL « UPDATE t SET n = $1 »\nfonction PL/pgSQL f(), ligne 3 à EXECUTE"),
            ErrorOrigin::kBody);
  EXPECT_EQ(origin("fonction PL/pgSQL f(), ligne 3 à instruction SQL"), ErrorOrigin::kBody);
  EXPECT_EQ(origin("PL/pgSQL function f() line 3 at RAISE", "exec_stmt_raise"), ErrorOrigin::kRaised);
}

TEST(ErrorOriginTest, FunctionIsNamedAndNothingElseOfTheContext) {
  const auto function = [](const char* context) {
    PgError error;
    error.context = context;
    return FunctionOf(error);
  };
  EXPECT_EQ(function("PL/pgSQL function audit.note(integer,text) line 3 at RAISE"), "audit.note(integer,text)");
  EXPECT_EQ(function("SQL function \"half\" statement 1"), "\"half\"");
  EXPECT_EQ(function("PL/pgSQL function f() during statement block entry"), "f()");
  EXPECT_EQ(
      function("SQL statement \"SELECT\nPL/pgSQL function 'secret' line 1\nFROM t\"\nPL/pgSQL function f() line 2 "
               "at EXECUTE"),
      "f()");
  EXPECT_EQ(function("SQL statement \"SELECT 1\""), "");
  EXPECT_EQ(function("PL/Python function \"clean\""), "\"clean\"");
  EXPECT_EQ(function("PL/pgSQL-Funktion f(integer) Zeile 1 bei RAISE"), "f(integer)");
  EXPECT_EQ(function("SQL-Anweisung \u00bbSELECT secret(1)\nPL/pgSQL secret(2) x\u00ab\nPL/pgSQL-Funktion f() Zeile 1 "
                     "bei PERFORM"),
            "f()");
  EXPECT_EQ(function("fonction PL/pgSQL f(integer), ligne 1 \u00e0 RAISE"), "f(integer)");
  EXPECT_EQ(function("PL/pgSQL assignment \"x := secret('5')\""), "");
  EXPECT_EQ(function("PL/pgSQL-Zuweisung \u00bbx := secret(5)\u00ab"), "");
  EXPECT_EQ(function("PL/pgSQL function it's a secret: 5 line 1 at x"), "");
  EXPECT_EQ(function("unnamed portal with parameters: $1 = 'x\nPL/pgSQL function f() line 1 at RAISE'"), "");
}

/// Only the words tell them apart, and only they are looked at: values may hold the same.
TEST(SqlStateTest, ForeignKeyIsReadFromTheStartOfThePrimaryMessage) {
  ErrorContext context;
  context.entity = "shop.v1.Node";
  context.constraints["c"] = {ErrorContext::Constraint::Kind::kReference, {"parent_id"}, "shop.v1.Node", "", {"p"}};
  FailedStatement statement;
  statement.context = &context;
  PgError error;
  error.sqlstate = "23503";
  error.constraint = "c";
  error.primary = "insert or update on table \"nodes\" violates foreign key constraint \"c\"";
  error.message = Cat("ERROR:  23503: ", error.primary, "\nDETAIL:  Key (p)=(: update or delete on table x) is not");
  EXPECT_THAT(std::string(StatusFromPgError(error, statement).message()), HasSubstr("parent_id"));
  // Where the words are translated, the key is that of the row that points, or that it points at.
  error.primary = "geht nicht";
  error.key_columns = {"p"};
  EXPECT_THAT(std::string(StatusFromPgError(error, statement).message()), HasSubstr("parent_id: there is no"));
  error.key_columns = {"id"};
  EXPECT_THAT(std::string(StatusFromPgError(error, statement).message()), HasSubstr("still referenced"));
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
