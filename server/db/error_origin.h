#pragma once

#include <string>

#include "server/db/pg_error.h"

namespace rowkeeper::db {

/// Whose error it is. Every SQLSTATE can come from each of them.
enum class ErrorOrigin {
  /// The statement itself, or a constraint of a table that it writes.
  kStatement,
  /// What a foreign key does to the rows that point at a changed one: ON DELETE CASCADE, SET NULL, SET DEFAULT.
  kForeignKeyAction,
  /// A statement in the body of a trigger or function.
  kBody,
  /// A trigger or function that raised it on purpose: RAISE, ASSERT and the like.
  kRaised,
};

ErrorOrigin OriginOf(const PgError& error);

/// "check_stock()" or "audit.note(integer)": the innermost function; empty when it is not known. It holds no values.
std::string FunctionOf(const PgError& error);

}  // namespace rowkeeper::db
