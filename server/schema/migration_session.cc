#include "server/schema/migration_session.h"

#include "server/schema/migration_errors.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {

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

absl::Status ForOperator(const db::Connection& connection, const absl::Status& status) {
  return connection.broken() ? ConnectionLost() : status;
}

}  // namespace rowkeeper::schema
