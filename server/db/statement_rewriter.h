#pragma once

#include <memory>
#include <string>

#include "server/db/pg_error.h"
#include "server/db/rows.h"
#include "server/sql/statement.h"

namespace rowkeeper::db {

/// Writes statements anew when what they name was renamed. Thread-safe.
class StatementRewriter {
 public:
  virtual ~StatementRewriter() = default;

  /// What PostgreSQL is asked for its names. Outlives every query that has this object.
  virtual const std::string& names_query() const = 0;
  /// Takes over its answer.
  virtual void LearnNames(const Rows& answer) = 0;
  /// `statement` by the names that are known; null where its text is as it was.
  virtual std::shared_ptr<const sql::Statement> Rewrite(const sql::Statement& statement) = 0;
  /// Says what `error` is about by the declared names.
  virtual void ToDeclaredNames(PgError* error) const = 0;
};

}  // namespace rowkeeper::db
