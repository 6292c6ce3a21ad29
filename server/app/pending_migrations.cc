#include "server/app/pending_migrations.h"

#include <algorithm>
#include <chrono>
#include <set>
#include <utility>
#include <vector>

#include "server/observe/log.h"
#include "server/schema/history.h"
#include "server/schema/migration_file.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::app {
namespace {

constexpr std::chrono::seconds kPeriod{30};
constexpr std::chrono::seconds kCountLimit{10};

}  // namespace

PendingMigrations::PendingMigrations(std::string directory, exec::Executor* executor, Timers* timers)
    : directory_(std::move(directory)),
      executor_(executor),
      clock_(timers->clock()),
      timer_(timers, kPeriod, [this] { Start(); }) {
  Start();
}

PendingMigrations::~PendingMigrations() {
  timer_.Stop();
  const absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](bool* counting) { return !*counting; }, &counting_));
}

std::optional<int> PendingMigrations::count() const {
  const int count = count_.load(std::memory_order_relaxed);
  return count == kUnknown ? std::nullopt : std::optional<int>(count);
}

void PendingMigrations::Start() {
  if (directory_.empty()) return;
  {
    const absl::MutexLock lock(&mutex_);
    if (counting_) return;  // the last one is not over yet
    counting_ = true;
  }
  executor_->Submit([this](db::Connection& connection, db::Cancellation*) { return Count(connection); }, {},
                    clock_.Now() + kCountLimit,
                    [this](const absl::Status& status) {
                      if (!status.ok()) {
                        count_ = kUnknown;
                        observe::Log(observe::LogLevel::kDebug, "pending migrations not counted, trying again later",
                                     {{"reason", std::string(status.message())}});
                      }
                      const absl::MutexLock lock(&mutex_);
                      counting_ = false;  // from here on the destructor may be through
                    });
}

absl::Status PendingMigrations::Count(db::Connection& connection) {
  const auto files = schema::ReadMigrationDirectory(directory_);
  if (!files.ok()) return files.status();
  const auto history = schema::History::Find(connection, schema::MigratorOptions().history_table);
  if (!history.ok()) return history.status();
  const auto applied = history->Read(connection);
  if (!applied.ok()) return applied.status();
  std::set<std::string> versions;
  for (const schema::AppliedMigration& migration : *applied) versions.insert(migration.version);
  const auto pending = std::count_if(files->begin(), files->end(), [&versions](const schema::MigrationFile& file) {
    return versions.count(file.version) == 0;
  });
  count_ = versions.empty() ? kUnknown : static_cast<int>(pending);
  return absl::OkStatus();
}

}  // namespace rowkeeper::app
