#pragma once

#include <string>

#include "absl/status/status.h"
#include "server/db/pg_error.h"
#include "server/db/sqlstate.h"

namespace rowkeeper::db {

/// Class 23 of the statement itself or of what foreign keys do: a constraint of the entity's table, of one of its
/// partitions, or of another table that the statement writes.
absl::Status ConstraintViolation(const PgError& error, const FailedStatement& statement);

/// The entity's name, or the table's where the catalogue is not involved.
std::string SubjectName(const ErrorContext& context, const PgError& error);
/// The proto field of a column, or the column where the entity has none.
std::string FieldOfColumn(const ErrorContext& context, const std::string& column);
/// The constraint that the error names, in the words of the statement's entity; null when it is unknown there.
const ErrorContext::Constraint* FindConstraint(const ErrorContext& context, const std::string& name);

}  // namespace rowkeeper::db
