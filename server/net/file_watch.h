#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/observe/counter.h"

namespace rowkeeper::net {

/// Looks at files every second, on a thread of its own, from when it is made until it is destroyed: files are compared
/// by what they hold, so it does not matter how they change. Files that change one after the other are given a second
/// before that counts as a problem. Thread-safe.
class FileWatch {
 public:
  static constexpr std::chrono::milliseconds kBetweenLooks{1000};
  /// Between two looks that were asked for.
  static constexpr std::chrono::milliseconds kCooldown{250};

  struct Callbacks {
    /// Reads the files, and takes what they hold if it is new. An error says in one line what is wrong with them.
    std::function<absl::Status()> look;
    /// Told once of each problem that a second look still finds.
    std::function<void(const std::string& problem)> tell;
  };

  /// `clock` and what the callbacks use outlive this object. Callbacks come one at a time.
  FileWatch(Callbacks callbacks, Clock* clock);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  /// Has the files looked at now, or when the last look is kCooldown ago, however often it is asked. Does not wait.
  void LookSoon();
  /// How many problems were told.
  uint64_t problems() const { return problems_.value(); }

 private:
  void Run();
  /// False when it is time to end.
  bool Pause();
  void Note(const absl::Status& seen);

  const Callbacks callbacks_;
  Clock& clock_;
  observe::Counter problems_;
  /// What the last look found, since when, and whether it was told; of the thread alone.
  std::string problem_;
  Clock::time_point since_;
  bool told_ = false;

  absl::Mutex mutex_;
  absl::CondVar wake_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace rowkeeper::net
