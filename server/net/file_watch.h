#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
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
    /// Told once of each problem that is found again a second or more after it was found first, whatever other problems
    /// there were in between; again only after a look that found none.
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

  struct Problem {
    Clock::time_point since;
    bool told = false;
  };
  /// Of those that are told apart.
  static constexpr size_t kMostProblems = 100;

  const Callbacks callbacks_;
  Clock& clock_;
  observe::Counter problems_;
  /// What looks have found since the last that found nothing; of the thread alone.
  std::map<std::string, Problem, std::less<>> found_;

  absl::Mutex mutex_;
  absl::CondVar wake_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  bool asked_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace rowkeeper::net
