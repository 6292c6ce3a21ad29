#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::net {

/// A thread that runs one task at a time for another one, which goes on meanwhile. For one thread.
class HandOver {
 public:
  HandOver();
  /// Waits for a task that was begun.
  ~HandOver();
  HandOver(const HandOver&) = delete;
  HandOver& operator=(const HandOver&) = delete;

  /// The task before has ended.
  void Begin(std::function<void()> task);
  /// Whether the task has ended by now, or does so in the time that is given.
  bool EndsWithin(std::chrono::milliseconds time);

 private:
  void Run();
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return task_ != nullptr || end_; }
  bool IsIdle() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return task_ == nullptr; }

  absl::Mutex mutex_;
  /// Null when it has ended.
  std::function<void()> task_ ABSL_GUARDED_BY(mutex_);
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace rowkeeper::net
