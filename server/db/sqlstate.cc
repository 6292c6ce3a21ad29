#include "server/db/sqlstate.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/base/verdict.h"
#include "server/db/canceller.h"

namespace rowkeeper::db {
namespace {

using Constraint = ErrorContext::Constraint;

const ErrorContext kNoContext;

const Constraint* FindConstraint(const ErrorContext& context, std::string_view name) {
  const auto found = context.constraints.find(name);
  return found == context.constraints.end() ? nullptr : &found->second;
}

/// The entity's name, or the table's where the catalogue is not involved.
std::string EntityName(const ErrorContext& context, const PgError& error) {
  return context.entity.empty() ? error.table : context.entity;
}

std::string FieldOf(const ErrorContext& context, const std::string& column) {
  const auto found = context.fields.find(column);
  return found == context.fields.end() ? column : found->second;
}

absl::Status UniqueViolation(const PgError& error, const ErrorContext& context) {
  const Constraint* constraint = FindConstraint(context, error.constraint);
  return AlreadyExists(EntityName(context, error), error.constraint,
                       constraint == nullptr ? std::vector<std::string>() : constraint->fields);
}

bool StartsWith(std::string_view text, std::string_view prefix) { return text.substr(0, prefix.size()) == prefix; }

/// Whether it is a constraint of the context's entity, and not of one that points at it.
bool IsOwn(const Constraint* constraint) { return constraint != nullptr && !constraint->fields.empty(); }

/// A row that others still point at, as opposed to a row that points nowhere. No field tells them apart, only the words
/// of the message; where they are translated, a constraint that is not the entity's own belongs to a row that points at
/// it.
bool IsStillReferenced(const PgError& error, const Constraint* constraint) {
  if (StartsWith(error.primary, "update or delete on table ")) return true;
  return !IsOwn(constraint) && !StartsWith(error.primary, "insert or update on table ");
}

absl::Status ForeignKeyViolation(const PgError& error, const ErrorContext& context) {
  const Constraint* constraint = FindConstraint(context, error.constraint);
  if (IsStillReferenced(error, constraint)) {
    if (IsOwn(constraint)) return ReferenceViolation(context.entity, error.constraint, "", constraint->referenced);
    const std::string& pointing = constraint == nullptr ? error.table : constraint->referenced;
    return ReferenceViolation(pointing, error.constraint, "", context.entity);
  }
  return ReferenceViolation(EntityName(context, error), error.constraint,
                            IsOwn(constraint) ? constraint->fields.front() : error.constraint,
                            constraint == nullptr ? "" : constraint->referenced);
}

absl::Status NotNullViolation(const PgError& error, const ErrorContext& context) {
  return InvalidField(FieldOf(context, error.column), "must be set");
}

absl::Status CheckViolation(const PgError& error, const ErrorContext& context) {
  const Constraint* constraint = FindConstraint(context, error.constraint);
  if (constraint == nullptr || constraint->fields.empty()) {
    return InvalidField(EntityName(context, error),
                        Cat("its values do not satisfy the constraint ", error.constraint, "; send others"));
  }
  FieldViolations violations;
  const std::string remedy = constraint->description.empty() ? Cat("does not satisfy the constraint ", error.constraint)
                                                             : constraint->description;
  for (const std::string& field : constraint->fields) violations.Add(field, remedy);
  return violations.ToStatus();
}

std::string_view DescribeDataException(std::string_view sqlstate) {
  if (sqlstate == "22001") return "a text is too long for its column; shorten it";
  if (sqlstate == "22003") return "a number is out of its column's range";
  if (sqlstate == "22007" || sqlstate == "22008" || sqlstate == "22009")
    return "a date or time is malformed or out of range";
  if (sqlstate == "22P02" || sqlstate == "22P03") return "a value is not in the form of its column's type";
  if (sqlstate == "22021" || sqlstate == "22P05") return "a text holds a character that the database cannot store";
  if (sqlstate == "22012") return "a value leads to a division by zero";
  return "a value is not one that its column can hold";
}

absl::Status DataException(const PgError& error, const ErrorContext& context) {
  const std::string field = error.column.empty() ? EntityName(context, error) : FieldOf(context, error.column);
  return InvalidField(field, DescribeDataException(error.sqlstate));
}

/// Class 54, e.g. an index row beyond its limit: then the index is named like a constraint.
absl::Status ProgramLimit(const PgError& error, const ErrorContext& context) {
  constexpr std::string_view kRemedy = "a value is larger than the database can store or index; shorten it";
  const Constraint* constraint = FindConstraint(context, error.constraint);
  if (!IsOwn(constraint)) return InvalidField(EntityName(context, error), kRemedy);
  FieldViolations violations;
  for (const std::string& field : constraint->fields) violations.Add(field, kRemedy);
  return violations.ToStatus();
}

absl::Status ConstraintViolation(const PgError& error, const ErrorContext& context) {
  if (error.sqlstate == "23505" || error.sqlstate == "23P01") return UniqueViolation(error, context);
  if (error.sqlstate == "23503" || error.sqlstate == "23001") return ForeignKeyViolation(error, context);
  if (error.sqlstate == "23502") return NotNullViolation(error, context);
  return CheckViolation(error, context);
}

/// What PostgreSQL, or code of users, says by a SQLSTATE that has no meaning here.
absl::Status OtherRefusal() { return Internal("the database refused a statement"); }

absl::Status TransactionRollback(const PgError& error) {
  if (error.sqlstate == "40P01") return Deadlock();
  // PostgreSQL itself never says so, but a proxy may; a trigger's body cannot know.
  if (error.sqlstate == "40003") return error.context.empty() ? CommitOutcomeUnknown() : OtherRefusal();
  return SerializationFailure();
}

absl::Status WrongSchema(std::string_view problem) {
  return SchemaMismatch(problem, "run 'rowkeeper migrate status' to see what is missing");
}

absl::Status AccessOrSyntax(std::string_view sqlstate) {
  if (sqlstate == "42501") return DatabasePermission();
  if (sqlstate == "42P01") return WrongSchema("a table is missing");
  if (sqlstate == "42703") return WrongSchema("a column is missing");
  if (sqlstate == "42883" || sqlstate == "42704") return WrongSchema("a type, operator or function is missing");
  if (sqlstate == "42804") return WrongSchema("a column has another type");
  return OtherRefusal();
}

/// A statement that made itself fail. Code of users that says the same is known by where it happened.
std::optional<Verdict> OwnVerdict(const PgError& error) {
  if (error.sqlstate != kVerdictSqlstate || !error.context.empty()) return std::nullopt;
  return ParseVerdict(error.primary);
}

absl::Status QueryCancelled(const FailedStatement& statement) {
  return statement.cancelled ? CancelledStatus(*statement.cancelled, "a statement was running") : StatementTimeout();
}

}  // namespace

bool IsReadOnlySession(const PgError& error) {
  return error.sqlstate == "25006" &&
         (error.ReportedBy("PreventCommandIfReadOnly") || error.ReportedBy("PreventCommandDuringRecovery"));
}

absl::Status StatusFromPgError(const PgError& error, const FailedStatement& statement) {
  const std::string_view state = error.sqlstate;
  const ErrorContext& context = statement.context == nullptr ? kNoContext : *statement.context;
  if (const auto verdict = OwnVerdict(error)) return WithVerdict(KeptByDatabase(context.entity, "a row"), *verdict);
  if (error.lost) return statement.may_have_written ? CommitOutcomeUnknown() : DatabaseUnavailable();
  if (StartsWith(state, "23")) return ConstraintViolation(error, context);
  if (StartsWith(state, "22")) return DataException(error, context);
  if (StartsWith(state, "40")) return TransactionRollback(error);
  if (StartsWith(state, "54")) return ProgramLimit(error, context);
  if (StartsWith(state, "53")) return DatabaseExhausted();
  if (StartsWith(state, "28")) return DatabasePermission();
  if (StartsWith(state, "42")) return AccessOrSyntax(state);
  if (IsReadOnlySession(error)) {
    return statement.read_only_transaction ? Internal("a statement would write in a read-only transaction")
                                           : DatabaseUnavailable();
  }
  if (state == "44000") return InvalidField(EntityName(context, error), "its values do not fit the view; send others");
  if (state == "P0001") return RefusedByTrigger(EntityName(context, error));
  if (state == "3F000") return WrongSchema("a schema is missing");
  if (state == "55P03") return LockTimeout();
  if (state == "57014") return QueryCancelled(statement);
  if (state == "25P02" && error.context.empty()) {
    return Internal("a statement followed a failed one in its transaction; roll back first");
  }
  return OtherRefusal();
}

}  // namespace rowkeeper::db
