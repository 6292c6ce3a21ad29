#include "server/uow/worker_threads.h"

#include <exception>
#include <system_error>
#include <utility>

#include "server/observe/caught.h"
#include "server/observe/log.h"

namespace rowkeeper::uow {

WorkerThreads::WorkerThreads() {
  threads_.emplace_back([this] { Loop(); });
}

WorkerThreads::~WorkerThreads() {
  while (true) {
    std::vector<std::thread> ending;
    {
      const absl::MutexLock lock(&mu_);
      stopping_ = true;
      task_ready_.SignalAll();
      ending.swap(threads_);
    }
    if (ending.empty()) return;
    for (std::thread& thread : ending) thread.join();
  }
}

void WorkerThreads::Submit(Task task) {
  const absl::MutexLock lock(&mu_);
  tasks_.push_back(std::move(task));
  if (tasks_.size() <= idle_) {
    task_ready_.Signal();
    return;
  }
  try {
    threads_.emplace_back([this] { Loop(); });
  } catch (const std::system_error& error) {
    observe::Log(observe::LogLevel::kWarning, "there is no further thread for units of work; their calls wait",
                 {{"error", error.what()}});
    task_ready_.Signal();
  }
}

void WorkerThreads::Loop() {
  while (true) {
    Task task;
    {
      const absl::MutexLock lock(&mu_);
      ++idle_;
      while (tasks_.empty() && !stopping_) task_ready_.Wait(&mu_);
      --idle_;
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    try {
      task();
    } catch (const std::exception& error) {
      (void)observe::Caught("a thread of units of work", "", error);
    }
  }
}

}  // namespace rowkeeper::uow
