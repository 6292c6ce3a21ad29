#pragma once

#include <atomic>
#include <string>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/caller_id.h"

namespace rowkeeper::db {

/// Whose statements run on in PostgreSQL though they were cancelled and their processes told to end. Thread-safe.
class RunawayStatements {
 public:
  void Begin(const CallerId& caller) {
    const absl::MutexLock lock(&mutex_);
    ++of_caller_[caller.text()];
    running_.fetch_add(1);
  }

  void End(const CallerId& caller) {
    const absl::MutexLock lock(&mutex_);
    const auto found = of_caller_.find(caller.text());
    if (--found->second == 0) of_caller_.erase(found);
    running_.fetch_sub(1);
  }

  /// Of all callers. Takes no lock.
  int running() const { return running_.load(std::memory_order_relaxed); }

  int RunningOf(const CallerId& caller) const {
    if (running() == 0) return 0;
    const absl::MutexLock lock(&mutex_);
    const auto found = of_caller_.find(caller.text());
    return found == of_caller_.end() ? 0 : found->second;
  }

 private:
  std::atomic<int> running_{0};
  mutable absl::Mutex mutex_;
  std::unordered_map<std::string, int> of_caller_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::db
