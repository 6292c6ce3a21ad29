#include "server/app/pending_migrations.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/observe/log.h"
#include "server/schema/migration_options.h"

namespace rowkeeper::app {
namespace {

constexpr std::chrono::seconds kCheckPeriod{30};
constexpr std::chrono::seconds kCountLimit{10};

}  // namespace

PendingMigrations::PendingMigrations(std::string directory, exec::Executor* executor, Timers* timers)
    : directory_(std::move(directory)),
      executor_(executor),
      clock_(timers->clock()),
      timer_(timers, kCheckPeriod, [this] { Start(); }) {
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

std::shared_ptr<const std::vector<schema::MigrationState>> PendingMigrations::states() const {
  const absl::MutexLock lock(&mutex_);
  return states_;
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
                      if (!status.ok()) states_ = nullptr;
                      counting_ = false;  // from here on the destructor may be through
                    });
}

absl::Status PendingMigrations::Count(db::Connection& connection) {
  auto states = schema::ReadMigrationStates(connection, directory_, schema::MigratorOptions().history_table);
  if (!states.ok()) return states.status();
  using Kind = schema::MigrationState::Kind;
  const auto pending = std::count_if(states->begin(), states->end(), [](const schema::MigrationState& state) {
    return state.kind == Kind::kPending || state.kind == Kind::kOutOfOrder;
  });
  const bool has_history = static_cast<size_t>(pending) < states->size();
  count_ = has_history ? static_cast<int>(pending) : kUnknown;
  auto seen = std::make_shared<const std::vector<schema::MigrationState>>(*std::move(states));
  const absl::MutexLock lock(&mutex_);
  states_ = std::move(seen);
  return absl::OkStatus();
}

}  // namespace rowkeeper::app
