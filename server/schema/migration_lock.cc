#include "server/schema/migration_lock.h"

#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_session.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::schema {
namespace {

constexpr std::chrono::milliseconds kPoll{200};

absl::StatusOr<db::Rows> Select(db::Connection& connection, const std::string& text, int columns) {
  db::Query query;
  query.text = text;
  query.result = ResultShape::Columns(columns);
  query.effect = db::Query::Effect::kRead;
  return connection.Execute(query);
}

std::string DescribeHolder(db::Connection& connection) {
  absl::StatusOr<db::Rows> rows = Select(connection, sql::SelectMigrationLockHolder(), 3);
  if (!rows.ok() || rows->size() == 0) return "unknown";
  return Cat(rows->cell(0, 1), ", PostgreSQL process ", rows->cell(0, 0), ", from ", rows->cell(0, 2));
}

}  // namespace

absl::Status MigrationLock::Check() { return connection_->Ping().ok() ? absl::OkStatus() : MigrationLockLost(); }

absl::StatusOr<MigrationLock> MigrationLock::Acquire(const MigratorOptions& options) {
  absl::StatusOr<std::unique_ptr<db::Connection>> connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  const Clock::time_point deadline = options.clock->Now() + options.runner_timeout;
  bool told = false;
  for (;;) {
    absl::StatusOr<db::Rows> rows = Select(**connection, sql::TryMigrationLock(), 1);
    if (!rows.ok()) return rows.status();
    if (rows->cell(0, 0) == "t") return MigrationLock(*std::move(connection));
    if (options.clock->Now() >= deadline) {
      return AnotherRunnerActive(DescribeHolder(**connection), static_cast<int>(options.runner_timeout.count()));
    }
    if (!told && options.observer.notice) {
      options.observer.notice(Cat("waiting for another migration runner (", DescribeHolder(**connection), ")"));
    }
    told = true;
    options.clock->SleepFor(kPoll);
  }
}

}  // namespace rowkeeper::schema
