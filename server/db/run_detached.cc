#include "server/db/run_detached.h"

#include <thread>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace rowkeeper::db {
namespace {

/// How many detached threads run.
class Running {
 public:
  /// Lives as long as the process.
  static Running& All() {
    static auto* const all = new Running();
    return *all;
  }
  void Add(int threads) {
    const absl::MutexLock lock(&mutex_);
    threads_ += threads;
  }
  bool AwaitNone(absl::Duration limit) {
    const absl::MutexLock lock(&mutex_);
    const auto none = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return threads_ == 0; };
    return mutex_.AwaitWithTimeout(absl::Condition(&none), limit);
  }

 private:
  absl::Mutex mutex_;
  int threads_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace

std::shared_ptr<absl::Notification> RunDetached(std::function<void()> task) {
  auto ended = std::make_shared<absl::Notification>();
  Running::All().Add(1);
  try {
    std::thread([ended, task = std::move(task)]() mutable {
      task();
      task = nullptr;
      ended->Notify();
      Running::All().Add(-1);
    }).detach();
  } catch (...) {
    Running::All().Add(-1);
    throw;
  }
  return ended;
}

bool AwaitDetached(Clock::duration limit) { return Running::All().AwaitNone(absl::FromChrono(limit)); }

}  // namespace rowkeeper::db
