#include "server/db/sqlstate.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/base/query_errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/base/trigger_errors.h"
#include "server/base/utf8.h"
#include "server/base/verdict.h"
#include "server/db/canceller.h"
#include "server/db/constraint_errors.h"
#include "server/db/error_origin.h"

namespace rowkeeper::db {
namespace {

using Constraint = ErrorContext::Constraint;

const ErrorContext kNoContext;

const ErrorContext& ContextOf(const FailedStatement& statement) {
  return statement.context == nullptr ? kNoContext : *statement.context;
}

bool ShowsRaisedMessages(const FailedStatement& statement) {
  return ContextOf(statement).raised_messages == RaisedMessages::kShow ||
         (statement.words != nullptr && statement.words->raised_messages == RaisedMessages::kShow);
}

/// What code of the database raised, or what failed in its body.
absl::Status CodeOfTheDatabase(const PgError& error, const FailedStatement& statement, ErrorOrigin origin) {
  const ErrorContext& context = ContextOf(statement);
  const std::string function = FunctionOf(error);
  const std::string field = error.column.empty() ? "" : FieldOfColumn(context, error.column);
  std::string message;
  DatabaseRefusal refusal;
  refusal.entity = context.entity;
  refusal.sqlstate = error.sqlstate;
  refusal.function = function;
  refusal.constraint = error.constraint;
  refusal.table = error.table;
  refusal.field = field;
  if (origin != ErrorOrigin::kRaised) return TriggerFailed(refusal);
  if (ShowsRaisedMessages(statement)) message = RepairUtf8(error.primary);
  refusal.message = message;
  return RefusedByTrigger(refusal);
}

std::string_view DescribeDataException(std::string_view sqlstate) {
  if (sqlstate == "22001") return "a text is too long for its column; shorten it";
  if (sqlstate == "22003") return "a number is out of its column's range";
  if (IsOneOf(sqlstate, {"22007", "22008", "22009", "22015"})) return "a date or time is malformed or out of range";
  if (sqlstate == "22P02" || sqlstate == "22P03") return "a value is not in the form of its column's type";
  if (sqlstate == "22021" || sqlstate == "22P05") return "a text holds a character that the database cannot store";
  if (sqlstate == "22012") return "a value leads to a division by zero";
  if (sqlstate == "2201B") return "a pattern is not a valid regular expression";
  if (sqlstate == "22019" || sqlstate == "22025") return "a pattern ends in an unfinished escape";
  return "a value is not one that its column can hold";
}

absl::Status WrongSchema(std::string_view problem) {
  return SchemaMismatch(problem, "run 'rowkeeper migrate status' to see what is missing");
}

absl::Status DataException(const PgError& error, const ErrorContext& context) {
  if (error.sqlstate == "2200H") {
    return SchemaMismatch("a sequence has no numbers left", "enlarge its type or its MAXVALUE");
  }
  const std::string_view description = DescribeDataException(error.sqlstate);
  if (error.column.empty()) return InvalidRow(SubjectName(context, error), description);
  return InvalidField(FieldOfColumn(context, error.column), description);
}

/// Class 54, e.g. an index row beyond its limit: then the index is named like a constraint.
absl::Status ProgramLimit(const PgError& error, const ErrorContext& context) {
  if (error.sqlstate == "54001") {
    return InvalidRow(SubjectName(context, error), "the request is too deep for the database; make it smaller");
  }
  constexpr std::string_view kRemedy = "a value is larger than the database can store or index; shorten it";
  const Constraint* constraint = FindConstraint(context, error.constraint);
  if (constraint == nullptr || constraint->fields.empty()) return InvalidRow(SubjectName(context, error), kRemedy);
  FieldViolations violations;
  for (const std::string& field : constraint->fields) violations.Add(field, kRemedy);
  return violations.ToStatus();
}

/// A SQLSTATE that has no meaning here: the fault is PostgreSQL's or this server's.
absl::Status OtherRefusal(const PgError& error) { return RefusedByDatabase(error.sqlstate); }

absl::Status TransactionRollback(const PgError& error) {
  // PostgreSQL itself never says so, but a proxy may.
  if (error.sqlstate == "40003") return CommitOutcomeUnknown();
  return SerializationFailure();
}

/// 0A000. Some of PostgreSQL's functions cannot do what they are asked for by this table's definition.
absl::Status UnsupportedFeature(const PgError& error) {
  if (error.source_function == "RewriteQuery") {
    return SchemaMismatch("a rule of the table does not work with this method", "replace the rule by a trigger");
  }
  const bool collation =
      IsOneOf(error.source_function, {"GenericMatchText", "Generic_Text_IC_like", "text_position_setup",
                                      "text_starts_with", "pg_set_regex_collation", "check_collation_set"}) ||
      error.primary.find("nondeterministic collation") != std::string::npos;
  if (collation) {
    return SchemaMismatch("the collation of a column is nondeterministic, and PostgreSQL finds no part of a text in it",
                          "compare the whole text, or give the column a deterministic collation");
  }
  return OtherRefusal(error);
}

/// 55000: a table or key that is not made for this.
absl::Status WrongState(const PgError& error) {
  if (error.source_function == "ExecCheckIndexConstraints") {
    return SchemaMismatch(Cat("the key ", error.constraint, " is deferrable, so no upsert can use it"),
                          "make the constraint NOT DEFERRABLE");
  }
  if (error.source_function == "CheckCmdReplicaIdentity") {
    return SchemaMismatch("the table is published and its rows have no identity for it",
                          "give the table a primary key or ALTER TABLE ... REPLICA IDENTITY");
  }
  if (IsOneOf(error.source_function, {"rewriteTargetView", "error_view_not_updatable"})) {
    return SchemaMismatch("the view does not take this change", "give it an INSTEAD OF trigger");
  }
  return SchemaMismatch("a table, view or sequence does not take this statement (SQLSTATE 55000)",
                        "see the server's log");
}

/// Whether the message names it, in the quotes of the message's language.
bool NamesInQuotes(const std::string& message, const std::string& name) {
  for (const auto& [open, close] :
       {std::pair("\"", "\""), std::pair("\u00bb", "\u00ab"), std::pair("\u00ab ", " \u00bb"),
        std::pair("\u201c", "\u201d"), std::pair("\u201e", "\u201d")}) {
    if (message.find(Cat(open, name, close)) != std::string::npos) return true;
  }
  return false;
}

/// 428C9. Only the message names the column.
absl::Status GeneratedAlways(const PgError& error, const ErrorContext& context) {
  std::string column;
  for (const auto& [name, field] : context.fields) {
    if (NamesInQuotes(error.primary, name)) column = field;
  }
  return SchemaMismatch(
      Cat(column.empty() ? "a column" : Cat("the column of ", column), " is filled by the database alone"),
      "declare its field output_only");
}

absl::Status Cardinality(const PgError& error, const ErrorContext& context) {
  if (HasPrefix(error.source_function, "ExecOnConflictUpdate") || HasPrefix(error.source_function, "ExecMerge")) {
    return InvalidRow(SubjectName(context, error),
                      "two elements are the same row for the database, by their keys' collation or by what a trigger "
                      "makes of them; send one of them");
  }
  return MoreThanOneRow(context.entity.empty() ? "a statement" : context.entity,
                        "a part of its SQL that takes one value found more");
}

absl::Status Denied(const PgError& error, const ErrorContext& context) {
  if (error.source_function == "ExecWithCheckOptions") return DeniedByRowPolicy(context.entity);
  return DatabasePermission();
}

absl::Status AccessOrSyntax(const PgError& error, const ErrorContext& context) {
  const std::string_view state = error.sqlstate;
  if (state == "42501") return Denied(error, context);
  if (state == "42P01") return WrongSchema("a table is missing");
  if (state == "42703") return WrongSchema("a column is missing");
  if (state == "42883" || state == "42704") return WrongSchema("a type, operator or function is missing");
  if (state == "42804" || state == "42846") return WrongSchema("a column has another type");
  if (state == "42P10") return WrongSchema("a unique key is missing");
  if (state == "42809") return WrongSchema("a table or view is of a kind that cannot take this statement");
  if (state == "428C9") return GeneratedAlways(error, context);
  if (state == "42P21" || state == "42P22") {
    return SchemaMismatch("columns that are compared have different collations", "give them one collation");
  }
  return OtherRefusal(error);
}

/// A statement that made itself fail. Who reported it cannot be made up by a RAISE.
std::optional<Verdict> OwnVerdict(const PgError& error) {
  const bool jsonpath = error.sqlstate == kVerdictSqlstate && error.ReportedBy("executeItemOptUnwrapTarget");
  return jsonpath ? ParseVerdict(error.primary) : std::nullopt;
}

absl::Status QueryCancelled(const FailedStatement& statement) {
  return statement.cancelled ? CancelledStatus(*statement.cancelled, "a statement was running") : StatementTimeout();
}

absl::Status ReadOnly(const PgError& error, const FailedStatement& statement) {
  if (!statement.read_only_transaction) return DatabaseUnavailable();
  if (OriginOf(error) == ErrorOrigin::kBody) return CodeOfTheDatabase(error, statement, ErrorOrigin::kBody);
  return Internal("a statement would write in a read-only transaction");
}

/// What PostgreSQL says of itself, whatever the statement was and wherever it stood.
absl::Status ServerCondition(const PgError& error, const FailedStatement& statement) {
  const std::string_view state = error.sqlstate;
  if (HasPrefix(state, "53")) return DatabaseExhausted();
  if (state == "57014" && error.ReportedBy("ProcessInterrupts")) return QueryCancelled(statement);
  if (state == "55P03") return LockTimeout(ContextOf(statement).entity);
  if (state == "72000") return SerializationFailure();
  if (IsReadOnlySession(error)) return ReadOnly(error, statement);
  if (HasPrefix(state, "58") || HasPrefix(state, "XX")) return OtherRefusal(error);
  return absl::OkStatus();
}

/// The statement's own error.
absl::Status StatementError(const PgError& error, const FailedStatement& statement) {
  const std::string_view state = error.sqlstate;
  const ErrorContext& context = ContextOf(statement);
  // Code of users that says the same is not the statement.
  if (const auto verdict = OwnVerdict(error)) return WithVerdict(KeptByDatabase(context.entity, "a row"), *verdict);
  if (HasPrefix(state, "23")) return ConstraintViolation(error, statement);
  if (HasPrefix(state, "22")) return DataException(error, context);
  if (HasPrefix(state, "40")) return TransactionRollback(error);
  if (HasPrefix(state, "54")) return ProgramLimit(error, context);
  if (HasPrefix(state, "28")) return DatabasePermission();
  if (HasPrefix(state, "42")) return AccessOrSyntax(error, context);
  if (HasPrefix(state, "08") || HasPrefix(state, "HV")) return ForeignServerUnavailable();
  if (state == "44000") return InvalidRow(SubjectName(context, error), "its values do not fit the view; send others");
  if (state == "21000") return Cardinality(error, context);
  if (state == "0A000") return UnsupportedFeature(error);
  if (state == "55000") return WrongState(error);
  if (state == "3F000") return WrongSchema("a schema is missing");
  if (state == "25P02") return Internal("a statement followed a failed one in its transaction; roll back first");
  // A trigger changed the row that the statement was about to change.
  if (state == "27000") return CodeOfTheDatabase(error, statement, ErrorOrigin::kBody);
  // What languages of functions say, though nothing tells that one was at work.
  if (HasPrefix(state, "P0") || HasPrefix(state, "2F") || HasPrefix(state, "38") || HasPrefix(state, "39") ||
      HasPrefix(state, "09")) {
    return CodeOfTheDatabase(error, statement, ErrorOrigin::kBody);
  }
  return OtherRefusal(error);
}

}  // namespace

bool IsReadOnlySession(const PgError& error) {
  return error.sqlstate == "25006" &&
         (error.ReportedBy("PreventCommandIfReadOnly") || error.ReportedBy("PreventCommandDuringRecovery"));
}

absl::Status StatusFromPgError(const PgError& error, const FailedStatement& statement) {
  if (error.lost) return statement.may_have_written ? CommitOutcomeUnknown() : DatabaseUnavailable();
  // A conflict is to be run again whoever says so.
  if (error.sqlstate == "40001") return SerializationFailure();
  if (error.sqlstate == "40P01") return Deadlock();
  const ErrorOrigin origin = OriginOf(error);
  if (origin == ErrorOrigin::kRaised) return CodeOfTheDatabase(error, statement, origin);
  if (absl::Status status = ServerCondition(error, statement); !status.ok()) return status;
  if (origin == ErrorOrigin::kBody) return CodeOfTheDatabase(error, statement, origin);
  return StatementError(error, statement);
}

}  // namespace rowkeeper::db
