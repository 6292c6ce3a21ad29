#pragma once

#include <exception>
#include <string>
#include <string_view>

namespace rowkeeper::db {

/// What PostgreSQL or libpq said about a failed statement.
struct PgError {
  /// Empty when the failure did not come from the server.
  std::string sqlstate;
  std::string constraint;
  std::string table;
  std::string column;
  /// The whole message, several lines. It may hold row values and SQL: for the operator of a script only.
  std::string message;
  /// The session is gone, or in a state that nobody knows.
  bool lost = false;
};

/// Reads an exception of libpqxx, thrown by a session with verbose messages.
PgError ReadPgError(const std::exception& exception);

/// The parts of a verbose message that PgError names; `lost` follows from the SQLSTATE and the severity.
PgError ParsePgMessage(std::string_view message);

/// True for the SQLSTATEs after which PostgreSQL has closed the session.
bool MeansConnectionLost(std::string_view sqlstate);

}  // namespace rowkeeper::db
