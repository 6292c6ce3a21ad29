#pragma once

#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::uow {

/// Threads for work that waits for the database. A task never waits for another one to end: when no thread is free
/// there is one more, so whoever submits bounds how many tasks there are; only where the system has no thread left do
/// tasks wait for others to end. Threads are kept for the next task. Thread-safe.
class WorkerThreads {
 public:
  using Task = std::function<void()>;

  /// Begins one thread. Throws std::system_error when there is none.
  WorkerThreads();
  /// Waits for every task, also for those that tasks submit.
  ~WorkerThreads();
  WorkerThreads(const WorkerThreads&) = delete;
  WorkerThreads& operator=(const WorkerThreads&) = delete;

  void Submit(Task task);

 private:
  void Loop();

  absl::Mutex mu_;
  absl::CondVar task_ready_;
  std::deque<Task> tasks_ ABSL_GUARDED_BY(mu_);
  /// Threads that wait, including those that were signalled and have not taken their task yet.
  size_t idle_ ABSL_GUARDED_BY(mu_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  std::vector<std::thread> threads_ ABSL_GUARDED_BY(mu_);
};

}  // namespace rowkeeper::uow
