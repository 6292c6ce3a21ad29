#pragma once

#include <string>
#include <string_view>
#include <vector>

/// libpq's PGresult.
struct pg_result;

namespace rowkeeper::db {

/// What PostgreSQL said about a failed statement, from the fields of its answer. Fields that it left out are empty.
struct PgError {
  /// Empty when the failure did not come from the server.
  std::string sqlstate;
  std::string constraint;
  std::string schema;
  std::string table;
  std::string column;
  /// The primary message, one line as a rule, and translated if the server is set so. It may hold row values.
  std::string primary;
  std::string hint;
  /// Columns of the key that a duplicate has, as the detail names them; expressions as they are.
  std::vector<std::string> key_columns;
  /// Where it happened, if that was in a function, trigger or the like, and then the statement there; both empty for
  /// the statement itself. Some servers also give the parameters in `context`.
  std::string context;
  std::string internal_query;
  /// The function of PostgreSQL's source that reported it. Neither a RAISE nor a translation can change it.
  std::string source_function;
  /// Where in the statement, 1-based in characters; 0: not known, or in a statement of a function's body.
  int position = 0;
  /// All of it, several lines. It may hold row values and SQL: for the operator of a script only.
  std::string message;
  /// The session is gone, or in a state that nobody knows: the error was FATAL or PANIC, or no answer came.
  bool lost = false;
  /// PostgreSQL was told to end the session, or its time was up, and it did so where it undoes what is under way, and
  /// said so. Of a statement in the extended protocol this proves that nothing of it was committed: PostgreSQL commits
  /// it at the Sync and says that it is ready before it looks for such a request again. No proof for COMMIT or any
  /// other text in the simple protocol: there it may look between the commit and the answer, when it logs durations.
  bool ended_by_request = false;
  /// PostgreSQL had said so before the statement was sent: it was never executed, whatever it is.
  bool ended_before = false;

  /// PostgreSQL's own function `name` reported it, so that the SQLSTATE means what it does in PostgreSQL: code that
  /// users wrote, in triggers and functions, can raise any. True as well when nothing is known about its origin. See
  /// error_origin.h.
  bool ReportedBy(std::string_view name) const;
};

/// Reads a result whose status is PGRES_FATAL_ERROR.
PgError ReadPgError(const pg_result* result);

}  // namespace rowkeeper::db
