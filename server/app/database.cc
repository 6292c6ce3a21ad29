#include "server/app/database.h"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <vector>

#include "server/app/command_line.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/db/conninfo.h"

namespace rowkeeper::app {
namespace {

bool IsSet(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

/// The parts of libpq's environment that say which database is meant (libpq, "Environment Variables").
bool PgEnvironmentNamesDatabase() {
  return IsSet("PGHOST") || IsSet("PGHOSTADDR") || IsSet("PGDATABASE") || IsSet("PGSERVICE") || IsSet("PGPORT");
}

/// `text` is one of those that the command line lets through.
db::Pooler ToPooler(const std::string& text) {
  if (text == "none") return db::Pooler::kNone;
  if (text == "session") return db::Pooler::kSession;
  if (text == "transaction") return db::Pooler::kTransaction;
  return db::Pooler::kAuto;
}

db::ConnectionOptions ConnectionSettings(const DatabaseSettings& settings) {
  db::ConnectionOptions options;
  options.pooler = ToPooler(settings.pooler);
  options.connect_timeout_s = settings.connect_timeout_s;
  options.statement_timeout_ms = settings.statement_timeout_ms;
  options.lock_timeout_ms = settings.lock_timeout_ms;
  return options;
}

/// `source` is the flag or variable that the URL is of: what no retry mends ends the command, and names it.
absl::Status CheckUrl(const std::string& url, const char* source) {
  const absl::Status status = db::CheckConnInfo(url);
  if (status.ok()) return status;
  const std::optional<std::string> problem = ProblemOfField(status, "database_url");
  return absl::InvalidArgumentError(Cat(source, " ", problem.value_or(std::string(status.message()))));
}

void ForgetEnvironmentOfLibpq() {
  std::vector<std::string> names;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    if (text.substr(0, 2) == "PG") names.emplace_back(text.substr(0, text.find('=')));
  }
  for (const std::string& name : names) unsetenv(name.c_str());
}

}  // namespace

embedded::EmbeddedOptions ToEmbeddedOptions(const DatabaseSettings& settings,
                                            std::function<void(const std::string&)> progress) {
  embedded::EmbeddedOptions options;
  options.data_dir = settings.data_dir;
  options.binaries_dir = settings.postgres_bin;
  options.log = std::move(progress);
  return options;
}

absl::StatusOr<std::unique_ptr<embedded::EmbeddedPostgres>> OpenPrivatePostgres(
    const DatabaseSettings& settings, EmbeddedUse use, std::function<void(const std::string&)> progress) {
  ForgetEnvironmentOfLibpq();
  const embedded::EmbeddedOptions options = ToEmbeddedOptions(settings, std::move(progress));
  return use == EmbeddedUse::kOwn ? embedded::EmbeddedPostgres::Start(options)
                                  : embedded::EmbeddedPostgres::OpenOrAttach(options);
}

absl::StatusOr<Database> OpenDatabase(const DatabaseSettings& settings, EmbeddedUse use,
                                      std::function<void(const std::string&)> progress) {
  Database database;
  database.connection = ConnectionSettings(settings);
  if (!settings.url.empty()) {
    database.connection.url = settings.url;
    database.description = "the database of --database-url";
    if (absl::Status status = CheckUrl(settings.url, "--database-url"); !status.ok()) return status;
    return database;
  }
  if (IsSet("DATABASE_URL")) {
    database.connection.url = std::getenv("DATABASE_URL");
    database.description = "the database of DATABASE_URL";
    if (absl::Status status = CheckUrl(database.connection.url, "DATABASE_URL"); !status.ok()) return status;
    return database;
  }
  if (PgEnvironmentNamesDatabase()) {
    database.description = "the database of the PG* variables";
    if (absl::Status status = CheckUrl("", "a connection by the PG* variables"); !status.ok()) return status;
    return database;
  }
  auto embedded = OpenPrivatePostgres(settings, use, std::move(progress));
  if (!embedded.ok()) return embedded.status();
  database.embedded = *std::move(embedded);
  database.connection.url = database.embedded->url();
  database.description = "the private PostgreSQL in " + database.embedded->data_dir();
  return database;
}

absl::StatusOr<Database> OpenSessionDatabase(const DatabaseSettings& settings,
                                             std::function<void(const std::string&)> progress) {
  if (settings.migrations_url.empty()) {
    absl::StatusOr<Database> database = OpenDatabase(settings, EmbeddedUse::kJoin, std::move(progress));
    if (database.ok()) database->connection.use = db::SessionUse::kSession;
    return database;
  }
  Database database;
  database.connection = ConnectionSettings(settings);
  database.connection.url = settings.migrations_url;
  // What --pooler says of the other URL says nothing of this one, unless all of it has sessions.
  if (database.connection.pooler != db::Pooler::kSession) database.connection.pooler = db::Pooler::kAuto;
  database.connection.use = db::SessionUse::kSession;
  database.description = "the database of --migrations-database-url";
  if (absl::Status status = CheckUrl(settings.migrations_url, "--migrations-database-url"); !status.ok()) return status;
  return database;
}

std::unique_ptr<ConnectedDatabase> ConnectOrExplain(const DatabaseSettings& settings) {
  const auto progress = [](const std::string& line) { std::fprintf(stderr, "rowkeeper: %s\n", line.c_str()); };
  absl::StatusOr<Database> database = OpenSessionDatabase(settings, progress);
  if (!database.ok()) {
    Fail(database.status());
    return nullptr;
  }
  auto connected = std::make_unique<ConnectedDatabase>();
  connected->database = *std::move(database);
  db::ConnectionOptions first = connected->database.connection;
  first.prove_session = true;
  auto connection = db::Connection::Open(first);
  if (connection.ok()) {
    connected->connection = *std::move(connection);
    return connected;
  }
  std::fprintf(stderr, "rowkeeper: cannot use %s: %s\n", connected->database.description.c_str(),
               std::string(connection.status().message()).c_str());
  return nullptr;
}

}  // namespace rowkeeper::app
