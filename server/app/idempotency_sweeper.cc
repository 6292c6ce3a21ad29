#include "server/app/idempotency_sweeper.h"

#include <algorithm>
#include <memory>
#include <string>

#include "absl/synchronization/notification.h"
#include "server/base/errors.h"
#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using std::chrono::seconds;

constexpr seconds kBatchLimit{30};

/// Often enough that few keys are much older than they may be.
std::chrono::milliseconds Period(seconds age) { return std::clamp(age / 10, seconds(1), seconds(60)); }

}  // namespace

IdempotencySweeper::IdempotencySweeper(const exec::IdempotencyKeys* keys, exec::Executor* executor, seconds age)
    : keys_(*keys), executor_(executor), thread_(Period(age), [this] { Sweep(); }) {}

void IdempotencySweeper::Sweep() {
  int64_t swept = 0;
  int64_t batch = exec::IdempotencyKeys::kSweepRows;
  while (batch == exec::IdempotencyKeys::kSweepRows && !stopping_) {
    batch = SweepBatch();
    swept += batch;
  }
  if (swept > 0) observe::Log(observe::LogLevel::kDebug, "idempotency keys swept", {{"keys", swept}});
}

int64_t IdempotencySweeper::SweepBatch() {
  int64_t swept = 0;
  absl::Status result;
  absl::Notification done;
  executor_->Submit(
      [this, &swept](db::Connection& connection, db::Cancellation*) {
        const absl::StatusOr<int64_t> batch = keys_.Sweep(connection);
        swept = batch.value_or(0);
        return batch.status();
      },
      exec::Executor::Clock::now() + kBatchLimit,
      [&result, &done](const absl::Status& status) {
        result = status;
        done.Notify();
      });
  done.WaitForNotification();
  if (result.ok()) return swept;
  observe::Log(observe::LogLevel::kDebug, "idempotency keys not swept, trying again later",
               {{"reason", std::string(result.message())}});
  return 0;
}

}  // namespace rowkeeper::app
