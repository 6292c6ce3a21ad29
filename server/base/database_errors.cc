#include "server/base/database_errors.h"

#include <chrono>

#include "absl/strings/cord.h"
#include "server/base/error_builder.h"
#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {

using std::chrono::milliseconds;

namespace {

/// Never leaves the process.
constexpr char kOverduePayload[] = "rowkeeper/overdue";
constexpr char kRefusedPayload[] = "rowkeeper/refused";

}  // namespace

absl::Status SerializationFailure() {
  return ErrorBuilder(Reason::kSerializationFailure,
                      "another transaction changed the same rows first; run the whole unit of work again")
      .WithRetry(milliseconds(20))
      .Build();
}

absl::Status Deadlock() {
  return ErrorBuilder(Reason::kDeadlock,
                      "this transaction and another waited for each other's rows, and this one was ended; run the "
                      "whole unit of work again")
      .WithRetry(milliseconds(50))
      .Build();
}

absl::Status LockTimeout(std::string_view entity) {
  return ErrorBuilder(Reason::kLockTimeout,
                      Cat("another transaction held a lock on these rows, or on the table",
                          entity.empty() ? "" : Cat(" of ", entity), ", for longer than the server waits; try again"))
      .With("entity", entity)
      .WithRetry(milliseconds(200))
      .Build();
}

absl::Status StatementTimeout() {
  return ErrorBuilder(Reason::kStatementTimeout,
                      "PostgreSQL ended the statement: it ran, or waited for locks, longer than the server allows, or "
                      "somebody cancelled it there; ask for less, add an index for it, see who holds locks on its "
                      "tables, or raise the server's statement timeout")
      .Build();
}

absl::Status DatabaseExhausted() {
  return ErrorBuilder(Reason::kDatabaseResources,
                      "the database is out of connections, memory or disk space; try again later")
      .WithRetry(milliseconds(1000))
      .Build();
}

absl::Status DatabaseUnavailable() {
  return ErrorBuilder(Reason::kDatabaseUnavailable,
                      "the database cannot be reached and nothing was executed; try again")
      .WithRetry(milliseconds(500))
      .Build();
}

absl::Status RefusedByDatabase(std::string_view sqlstate) {
  if (sqlstate.empty()) return Internal("the database refused a statement");
  absl::Status status = Internal(Cat("the database refused a statement (SQLSTATE ", sqlstate, ")"));
  status.SetPayload(kRefusedPayload, absl::Cord());
  return status;
}

bool IsRefusedByDatabase(const absl::Status& error) { return error.GetPayload(kRefusedPayload).has_value(); }

absl::Status CommitOutcomeUnknown() {
  return ErrorBuilder(Reason::kCommitOutcomeUnknown,
                      "the connection to the database was lost while a write was under way, so it may or may not have "
                      "happened; read the rows before you write again")
      .Build();
}

absl::Status AnswerOverdue() {
  absl::Status error =
      ErrorBuilder(
          Reason::kDatabaseUnavailable,
          "the database did not answer in time; nothing was changed, but the statement may run on for a while; "
          "ask for less, or try again later")
          .WithRetry(milliseconds(2000))
          .Build();
  error.SetPayload(kOverduePayload, absl::Cord("1"));
  return error;
}

bool IsOverdue(const absl::Status& error) { return error.GetPayload(kOverduePayload).has_value(); }

absl::Status NotSeenYet(std::string_view what) {
  return ErrorBuilder(Reason::kDatabaseUnavailable,
                      Cat("the server has not been able to look at ", what,
                          " yet, because it is locked or the database is busy, and nothing was executed; try again"))
      .WithRetry(milliseconds(500))
      .Build();
}

absl::Status SchemaMismatch(std::string_view problem, std::string_view remedy, std::string_view entity) {
  return ErrorBuilder(Reason::kSchemaMismatch, Cat("the database does not fit the catalogue: ", problem, "; ", remedy))
      .With("remedy", remedy)
      .With("entity", entity)
      .WithPrecondition("SCHEMA", "database")
      .Build();
}

absl::Status PoolerUnfit(std::string_view problem) {
  return ErrorBuilder(Reason::kPoolerUnfit, problem).WithPrecondition("POOLER", "database").Build();
}

absl::Status DatabasePermission() {
  return ErrorBuilder(Reason::kDatabasePermission,
                      "the server's database role may not do this; grant it the privilege on the entity's table")
      .Build();
}

absl::Status LoginRefused() {
  return ErrorBuilder(Reason::kDatabasePermission,
                      "the database did not let the role log in; check user and password, pg_hba.conf, and that the "
                      "role may CONNECT to the database")
      .Build();
}

absl::Status DatabaseMissing() {
  return ErrorBuilder(Reason::kDatabaseUnavailable,
                      "the PostgreSQL that was reached has no such database; create it, or correct its name in the "
                      "database URL")
      .WithRetry(milliseconds(500))
      .Build();
}

absl::Status DeniedByRowPolicy(std::string_view entity) {
  return ErrorBuilder(Reason::kDatabasePermission,
                      Cat("a row-level security policy of the database does not let the server's role store this ",
                          entity.empty() ? "row" : entity, "; send other values, or change the policy"))
      .With("entity", entity)
      .Build();
}

absl::Status ForeignServerUnavailable() {
  return ErrorBuilder(Reason::kDatabaseUnavailable,
                      "another server that the database asks for this table cannot be reached, and this statement "
                      "changed nothing; try again")
      .WithRetry(milliseconds(500))
      .Build();
}

absl::Status UnrepresentableValue(std::string_view field, std::string_view problem) {
  return ErrorBuilder(Reason::kUnrepresentableValue,
                      Cat(field, ": the stored value cannot be sent: ", problem, "; correct it in the database"))
      .With("field", field)
      .Build();
}

}  // namespace rowkeeper
