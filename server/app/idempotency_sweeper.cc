#include "server/app/idempotency_sweeper.h"

#include <algorithm>
#include <memory>
#include <string>

#include "server/observe/log.h"

namespace rowkeeper::app {
namespace {

using std::chrono::seconds;

constexpr seconds kBatchLimit{30};

/// Often enough that few keys are much older than they may be.
std::chrono::milliseconds Period(seconds age) { return std::clamp(age / 10, seconds(1), seconds(60)); }

}  // namespace

IdempotencySweeper::IdempotencySweeper(const exec::IdempotencyKeys* keys, exec::Executor* executor, seconds age,
                                       Timers* timers)
    : keys_(*keys), executor_(executor), clock_(timers->clock()), timer_(timers, Period(age), [this] { Sweep(); }) {}

IdempotencySweeper::~IdempotencySweeper() {
  timer_.Stop();
  const absl::MutexLock lock(&mutex_);
  stopping_ = true;
  mutex_.Await(absl::Condition(
      +[](bool* sweeping) { return !*sweeping; }, &sweeping_));
}

void IdempotencySweeper::Sweep() {
  {
    const absl::MutexLock lock(&mutex_);
    if (sweeping_) return;  // the last one is not over yet
    sweeping_ = true;
    swept_ = 0;
  }
  SubmitBatch();
}

void IdempotencySweeper::SubmitBatch() {
  auto batch = std::make_shared<int64_t>(0);
  executor_->Submit(
      [this, batch](db::Connection& connection, db::Cancellation*) {
        const absl::StatusOr<int64_t> freed = keys_.Sweep(connection);
        *batch = freed.value_or(0);
        return freed.status();
      },
      {}, clock_.Now() + kBatchLimit, [this, batch](const absl::Status& status) { BatchDone(status, *batch); });
}

void IdempotencySweeper::BatchDone(const absl::Status& status, int64_t batch) {
  if (status.ok()) swept_total_.Add(static_cast<uint64_t>(batch));
  if (!status.ok()) {
    observe::Log(observe::LogLevel::kDebug, "idempotency keys not swept, trying again later",
                 {{"reason", std::string(status.message())}});
  }
  {
    const absl::MutexLock lock(&mutex_);
    if (status.ok()) swept_ += batch;
    const bool over = stopping_ || !status.ok() || batch < exec::IdempotencyKeys::kSweepRows;
    if (over) {
      if (swept_ > 0) observe::Log(observe::LogLevel::kDebug, "idempotency keys swept", {{"keys", swept_}});
      sweeping_ = false;  // from here on the destructor may be through
      return;
    }
  }
  SubmitBatch();
}

}  // namespace rowkeeper::app
