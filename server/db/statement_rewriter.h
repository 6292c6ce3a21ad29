#pragma once

#include <memory>

#include "server/db/error_context.h"
#include "server/db/pg_error.h"
#include "server/sql/statement.h"

namespace rowkeeper::db {

class CurrentNames;

/// Writes statements anew when what they name was renamed. Thread-safe.
class StatementRewriter {
 public:
  virtual ~StatementRewriter() = default;

  /// What it knows, which a connection may need for longer. Never null.
  virtual const std::shared_ptr<CurrentNames>& names() const = 0;
  /// `statement` by the names that are known; null where its text is as it was.
  virtual std::shared_ptr<const sql::Statement> Rewrite(const sql::Statement& statement) = 0;
  /// Says what `error` is about by the declared names. `context`: of the statement's entity; may be null.
  virtual void ToDeclaredNames(const ErrorContext* context, PgError* error) const = 0;
};

}  // namespace rowkeeper::db
