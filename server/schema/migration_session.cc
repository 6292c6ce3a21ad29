#include "server/schema/migration_session.h"

#include "server/base/error_details.h"
#include "server/base/reason.h"
#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {
namespace {

constexpr std::chrono::seconds kConnectPeriod{1};

bool MayComeUp(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == Reason::kDatabaseUnavailable || reason == Reason::kDatabaseResources;
}

}  // namespace

absl::StatusOr<std::unique_ptr<db::Connection>> OpenMigrationSession(const MigratorOptions& options) {
  db::ConnectionOptions session;
  session.url = options.database_url;
  session.pooler = options.pooler;
  session.use = db::SessionUse::kSession;
  session.prove_session = true;
  session.statement_timeout_ms = 0;
  session.answer_limit_ms = 0;
  session.lock_timeout_ms = options.lock_timeout_ms;
  session.application_name = "rowkeeper migrate";
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = db::Connection::Open(session);
  if (!connection.ok()) return connection;
  if (absl::Status status = (*connection)->ExecuteScript(sql::UnlimitIdleSession(), nullptr); !status.ok()) {
    return status;
  }
  return connection;
}

absl::Status WaitForDatabase(const MigratorOptions& options, std::chrono::seconds limit) {
  const Clock::time_point deadline = Later(options.clock->Now(), limit);
  for (bool told = false;; told = true) {
    const absl::Status status = OpenMigrationSession(options).status();
    if (status.ok() || !MayComeUp(status) || options.clock->Now() >= deadline) return status;
    if (!told && options.observer.notice) {
      options.observer.notice(Cat("waiting for the database: ", std::string(status.message())));
    }
    options.clock->SleepFor(kConnectPeriod);
  }
}

absl::Status ForOperator(const db::Connection& connection, const absl::Status& status) {
  return connection.broken() ? ConnectionLost() : status;
}

}  // namespace rowkeeper::schema
