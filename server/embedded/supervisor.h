#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::embedded {

/// Keeps one child process running on a thread of its own: the kernel ends the child when the thread that forked it
/// ends, so that thread lives as long as this object. A child that ends unasked after it was ready is started again,
/// with growing pauses. Thread-safe.
class Supervisor {
 public:
  struct Options {
    /// Starts the child; called on the supervisor's thread.
    std::function<absl::StatusOr<pid_t>()> spawn;
    /// True once the child `pid` is ready for work.
    std::function<bool(pid_t pid)> ready;
    /// Told of unasked ends and restarts; called on the supervisor's thread, with no lock held.
    std::function<void(const std::string&)> log;
  };

  enum class StartResult { kReady, kEnded, kTimedOut };

  explicit Supervisor(Options options);
  ~Supervisor();
  Supervisor(const Supervisor&) = delete;
  Supervisor& operator=(const Supervisor&) = delete;

  /// Starts the child and waits for it to be ready. Errors: those of `spawn`. Called once.
  absl::StatusOr<StartResult> Start(std::chrono::seconds timeout);
  /// Ends the child: SIGINT, after `timeout` SIGQUIT, then SIGKILL. Returns when it is gone. May be called again.
  void Stop(std::chrono::seconds timeout);

 private:
  void Run();
  /// Spawns and waits for the end of one child. False when it could not be started.
  bool RunOnce();
  void SpawnFailed(const absl::Status& status);
  bool PauseBeforeRestart(std::chrono::milliseconds pause);
  void Signal(int signal_number);
  bool WaitForThread(std::chrono::milliseconds timeout);

  const Options options_;
  std::thread thread_;
  mutable absl::Mutex mutex_;
  absl::Status spawn_status_ ABSL_GUARDED_BY(mutex_);
  /// 0 when no child runs; not reaped while it is set.
  pid_t child_ ABSL_GUARDED_BY(mutex_) = 0;
  bool was_ready_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace rowkeeper::embedded
