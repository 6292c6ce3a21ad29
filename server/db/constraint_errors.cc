#include "server/db/constraint_errors.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/base/text.h"
#include "server/base/trigger_errors.h"
#include "server/db/error_origin.h"

namespace rowkeeper::db {
namespace {

using Constraint = ErrorContext::Constraint;

const ErrorContext kUnknownTable;

/// Which table an error is about.
struct Subject {
  const ErrorContext& words;
  /// Another table than that of the statement's entity.
  bool is_other = false;
  /// An entity of the catalogue has it.
  bool is_entity = true;
};

bool IsTableOf(const ErrorContext& context, const PgError& error) {
  return context.table == error.table && (context.schema.empty() || context.schema == error.schema);
}

/// It is a constraint of the context's entity, and not of one that points at it.
bool IsOwn(const Constraint* constraint) { return constraint != nullptr && !constraint->fields.empty(); }

const ErrorContext* FindTable(const ErrorWords& words, const PgError& error) {
  const auto [begin, end] = words.tables.equal_range(error.table);
  const auto found = std::find_if(begin, end, [&](const auto& table) { return IsTableOf(*table.second, error); });
  return found == end ? nullptr : found->second.get();
}

/// The only entity with a constraint of this name: partitions have those of their parent, all but keys.
const ErrorContext* FindOwner(const ErrorWords& words, const std::string& constraint) {
  const ErrorContext* owner = nullptr;
  for (const auto& [table, context] : words.tables) {
    if (!IsOwn(FindConstraint(*context, constraint))) continue;
    if (owner != nullptr) return nullptr;
    owner = context.get();
  }
  return owner;
}

std::vector<std::string> WithoutQuotes(std::vector<std::string> names) {
  for (std::string& name : names) {
    if (name.size() > 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
  }
  return names;
}

bool IsDuplicate(const PgError& error) { return error.sqlstate == "23505" || error.sqlstate == "23P01"; }

/// The entity's own key that the duplicate is one of, by its columns: a partition gives its keys names of its own.
const Constraint* FindKey(const ErrorContext& context, const PgError& error) {
  const std::vector<std::string> columns = WithoutQuotes(error.key_columns);
  for (const auto& [name, constraint] : context.constraints) {
    if (constraint.kind == Constraint::Kind::kUnique && IsOwn(&constraint) && constraint.columns == columns) {
      return &constraint;
    }
  }
  return nullptr;
}

/// Whether a table that no entity has is a partition of the statement's: it has its constraints and columns.
bool LooksLikeAPartition(const ErrorContext& context, const PgError& error) {
  if (IsOwn(FindConstraint(context, error.constraint))) return true;
  if (IsDuplicate(error)) return FindKey(context, error) != nullptr;
  if (error.sqlstate == "23502") return context.fields.count(error.column) > 0;
  return true;
}

Subject SubjectOf(const PgError& error, const FailedStatement& statement) {
  const ErrorContext* const own = statement.context;
  if (own != nullptr && (own->table.empty() || error.table.empty() || IsTableOf(*own, error))) return {*own};
  const ErrorContext* found = statement.words == nullptr ? nullptr : FindTable(*statement.words, error);
  if (found == nullptr && own == nullptr && statement.words != nullptr) {
    found = FindOwner(*statement.words, error.constraint);
  }
  if (found != nullptr) return {*found, own != nullptr};
  if (own != nullptr && LooksLikeAPartition(*own, error)) return {*own};
  return {kUnknownTable, own != nullptr, /*is_entity=*/false};
}

/// A cascade writes tables of other entities too. What a trigger or a foreign key's action does has an origin of its
/// own.
bool IsWrittenByStatement(const PgError& error, const Subject& subject) {
  return !subject.is_other || (subject.is_entity && OriginOf(error) == ErrorOrigin::kStatement);
}

absl::Status OtherTable(const PgError& error, const FailedStatement& statement, const Subject& subject) {
  const std::string table = SubjectName(subject.words, error);
  DatabaseRefusal refusal;
  if (statement.context != nullptr) refusal.entity = statement.context->entity;
  refusal.sqlstate = error.sqlstate;
  refusal.constraint = error.constraint;
  refusal.table = table;
  return RefusedByOtherTable(refusal);
}

absl::Status UniqueViolation(const PgError& error, const ErrorContext& context) {
  const Constraint* constraint = FindConstraint(context, error.constraint);
  if (constraint == nullptr) constraint = FindKey(context, error);
  return AlreadyExists(SubjectName(context, error), error.constraint,
                       constraint == nullptr ? std::vector<std::string>() : constraint->fields);
}

/// A row that others still point at, as opposed to a row that points nowhere. No field tells them apart, only the words
/// of the message. Where they are translated, the key in the detail does: that of the row that points, or that of the
/// row that it points at. Where there is none, a constraint that is not the entity's own belongs to a row that points
/// at it.
bool IsStillReferenced(const PgError& error, const Constraint* constraint) {
  if (error.primary.rfind("update or delete on table ", 0) == 0) return true;
  if (error.primary.rfind("insert or update on table ", 0) == 0) return false;
  const bool knows_key = IsOwn(constraint) && !constraint->columns.empty() && !error.key_columns.empty();
  return knows_key ? WithoutQuotes(error.key_columns) != constraint->columns : !IsOwn(constraint);
}

absl::Status ReferenceError(const PgError& error, const ErrorContext& context) {
  const Constraint* constraint = FindConstraint(context, error.constraint);
  if (IsStillReferenced(error, constraint)) {
    if (IsOwn(constraint)) return ReferenceViolation(context.entity, error.constraint, "", constraint->referenced);
    const std::string& pointing = constraint == nullptr ? error.table : constraint->referenced;
    return ReferenceViolation(pointing, error.constraint, "", context.entity);
  }
  return ReferenceViolation(SubjectName(context, error), error.constraint,
                            IsOwn(constraint) ? constraint->fields.front() : error.constraint,
                            constraint == nullptr ? "" : constraint->referenced);
}

absl::Status ForeignKeyViolation(const PgError& error, const FailedStatement& statement, const Subject& subject) {
  if (!subject.is_other) return ReferenceError(error, subject.words);
  // The error names the table that points, which is seldom the one that the statement changes.
  if (FindConstraint(*statement.context, error.constraint) != nullptr) {
    return ReferenceError(error, *statement.context);
  }
  const Constraint* constraint = FindConstraint(subject.words, error.constraint);
  if (!IsStillReferenced(error, constraint)) return OtherTable(error, statement, subject);
  return ReferenceError(error, IsOwn(constraint) ? subject.words : *statement.context);
}

/// Callers cannot set such a column: a migration may have added it before the catalogue has its field.
absl::Status NobodySets(const PgError& error, const std::string& entity) {
  return SchemaMismatch(Cat("column \"", error.column, "\" of table \"", error.table,
                            "\" is NOT NULL, got no value, and no field stands for it"),
                        "run 'rowkeeper migrate status' to see whether protos or migrations are missing", entity);
}

absl::Status NotNullViolation(const PgError& error, const FailedStatement& statement, const Subject& subject) {
  if (subject.is_other) {
    // What the statement itself stores in a table of no entity is stored in a partition, or in the table of a view.
    if (!subject.is_entity && statement.context != nullptr && !error.column.empty() &&
        OriginOf(error) == ErrorOrigin::kStatement) {
      return NobodySets(error, statement.context->entity);
    }
    if (OriginOf(error) != ErrorOrigin::kForeignKeyAction) return OtherTable(error, statement, subject);
    // ON DELETE SET NULL of a reference that must be set.
    return ReferenceViolation(SubjectName(subject.words, error), "", "", statement.context->entity);
  }
  if (error.column.empty()) {
    return InvalidRow(SubjectName(subject.words, error), "a value is missing, but its type requires one; set it");
  }
  // SQL of a query's own may well set it.
  const bool ours = statement.context != nullptr;
  if (ours && subject.words.fields.count(error.column) == 0) return NobodySets(error, subject.words.entity);
  return InvalidField(FieldOfColumn(subject.words, error.column), "must be set");
}

absl::Status CheckViolation(const PgError& error, const ErrorContext& context) {
  if (error.constraint.empty()) {
    return InvalidRow(SubjectName(context, error),
                      error.sqlstate == "23514"
                          ? "no partition of the table takes a row with these values; send others, or ask the "
                            "database's owner for a partition"
                          : "its values do not satisfy a constraint of the table; send others");
  }
  const Constraint* constraint = FindConstraint(context, error.constraint);
  if (!IsOwn(constraint)) {
    return InvalidRow(SubjectName(context, error),
                      Cat("its values do not satisfy the constraint ", error.constraint, "; send others"));
  }
  FieldViolations violations;
  const std::string remedy = constraint->description.empty() ? Cat("does not satisfy the constraint ", error.constraint)
                                                             : constraint->description;
  for (const std::string& field : constraint->fields) violations.Add(field, remedy);
  return violations.ToStatus();
}

absl::Status Translate(const PgError& error, const FailedStatement& statement, const Subject& subject) {
  if (error.sqlstate == "23503" || error.sqlstate == "23001") return ForeignKeyViolation(error, statement, subject);
  if (error.sqlstate == "23502") return NotNullViolation(error, statement, subject);
  if (!IsWrittenByStatement(error, subject)) return OtherTable(error, statement, subject);
  if (IsDuplicate(error)) return UniqueViolation(error, subject.words);
  return CheckViolation(error, subject.words);
}

/// `status` with what PostgreSQL names, as far as its metadata does not say so yet: programs need not read messages.
absl::Status WithDatabaseNames(absl::Status status, const PgError& error, const Subject& subject) {
  const std::pair<std::string_view, std::string_view> names[] = {{"entity", subject.words.entity},
                                                                 {"constraint", error.constraint},
                                                                 {"table", error.table},
                                                                 {"column", error.column}};
  for (const auto& [key, name] : names) {
    if (!name.empty() && ErrorMetadataValue(status, key).empty()) status = WithMetadata(status, key, name, "");
  }
  return status;
}

}  // namespace

std::string SubjectName(const ErrorContext& context, const PgError& error) {
  if (!context.entity.empty()) return context.entity;
  return error.table.empty() ? "request" : error.table;
}

std::string FieldOfColumn(const ErrorContext& context, const std::string& column) {
  const auto found = context.fields.find(column);
  return found == context.fields.end() ? column : found->second;
}

const Constraint* FindConstraint(const ErrorContext& context, const std::string& name) {
  const auto found = context.constraints.find(name);
  return found == context.constraints.end() ? nullptr : &found->second;
}

absl::Status ConstraintViolation(const PgError& error, const FailedStatement& statement) {
  const Subject subject = SubjectOf(error, statement);
  return WithDatabaseNames(Translate(error, statement, subject), error, subject);
}

}  // namespace rowkeeper::db
