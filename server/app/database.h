#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "server/app/settings.h"
#include "server/db/connection.h"
#include "server/embedded/embedded_postgres.h"

namespace rowkeeper::app {

/// The database that the settings and the environment name, or the embedded one.
struct Database {
  db::ConnectionOptions connection;
  /// nullptr when the database is somebody else's to run.
  std::unique_ptr<embedded::EmbeddedPostgres> embedded;
  /// For people: never holds a password.
  std::string description;
};

/// A server starts the embedded database and is its only owner; a command joins the one that a server runs.
enum class EmbeddedUse { kOwn, kJoin };

/// Where the private PostgreSQL of `settings` is. `progress` gets a line when something takes time.
embedded::EmbeddedOptions ToEmbeddedOptions(const DatabaseSettings& settings,
                                            std::function<void(const std::string&)> progress);

/// Starts the private PostgreSQL, whatever else the settings and the environment name. From then on the process has no
/// PG* variable: libpq would complete the URL by them, here and in programs that it runs, and none is meant for this
/// database. Call before other threads read the environment.
absl::StatusOr<std::unique_ptr<embedded::EmbeddedPostgres>> OpenPrivatePostgres(
    const DatabaseSettings& settings, EmbeddedUse use, std::function<void(const std::string&)> progress);

/// Finds the database; starts the embedded one when none is named. Does not connect to any other. `progress` gets a
/// line when something takes time.
absl::StatusOr<Database> OpenDatabase(const DatabaseSettings& settings, EmbeddedUse use,
                                      std::function<void(const std::string&)> progress);

/// The database for a command that needs a session of its own: that of --migrations-database-url where it is given.
absl::StatusOr<Database> OpenSessionDatabase(const DatabaseSettings& settings,
                                             std::function<void(const std::string&)> progress);

/// A database and a session on it, for a command.
struct ConnectedDatabase {
  Database database;
  std::unique_ptr<db::Connection> connection;
};

/// Joins or starts the embedded database where none is named, and connects to it with a session of its own. Explains a
/// failure on standard error and gives nullptr.
std::unique_ptr<ConnectedDatabase> ConnectOrExplain(const DatabaseSettings& settings);

}  // namespace rowkeeper::app
