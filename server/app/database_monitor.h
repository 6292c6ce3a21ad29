#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/app/database_probe.h"
#include "server/base/timers.h"

namespace rowkeeper::app {

/// Watches the database over connections of its own, outside the pool, so that health does not depend on how busy the
/// pool is. Finds out whether it is reachable and whether it fits the catalogue, and goes on watching both: every
/// second, or four times a second while it is unreachable. A database without an answer for 3 s counts as unreachable
/// until it comes. Whatever a probe cannot see stays as it was known: only what was seen is ever told to be a misfit.
class DatabaseMonitor {
 public:
  /// Called on the monitor's thread or the timers', one at a time, for every change of what a state says. What it is
  /// behind with is said when that has lasted for a few seconds, and when it ends.
  using OnChange = std::function<void(const DatabaseState& state)>;

  struct Stats {
    int64_t probes = 0;
    /// Without an answer, or that could not see everything.
    int64_t probes_incomplete = 0;
    /// Of the last probe that saw everything; max() before it.
    Clock::duration since_complete = Clock::duration::max();
    /// How long the last probe took.
    Clock::duration last_probe{0};
  };

  /// `timers` outlives this object.
  DatabaseMonitor(std::unique_ptr<DatabaseProbe> probe, OnChange on_change, Timers* timers);
  /// Waits for a probe that is under way, which a database that hangs can draw out.
  ~DatabaseMonitor();

  /// Thread-safe.
  Stats stats() const;

 private:
  void Loop();
  /// The database is asked something.
  void AwaitAnswer();
  /// Says that the database does not answer when it takes too long: libpq itself would wait for it. Gives when to
  /// ask again.
  Clock::time_point ReportHang(Clock::time_point now);
  void Report(const DatabaseState& state);
  void Count(const DatabaseState& state, Clock::time_point began);
  bool IsBehindForLong(const DatabaseState& state);
  /// False when it is time to end.
  bool Pause(const DatabaseState& state);

  const OnChange on_change_;
  Clock& clock_;
  // Of the polling thread alone.
  const std::unique_ptr<DatabaseProbe> probe_;
  std::optional<Clock::time_point> behind_since_;

  absl::Mutex report_mutex_;
  std::optional<DatabaseState> reported_ ABSL_GUARDED_BY(report_mutex_);

  mutable absl::Mutex mutex_ ABSL_ACQUIRED_BEFORE(report_mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Clock::time_point> waiting_since_ ABSL_GUARDED_BY(mutex_);
  Stats stats_ ABSL_GUARDED_BY(mutex_);
  std::optional<Clock::time_point> last_complete_ ABSL_GUARDED_BY(mutex_);
  absl::CondVar stop_requested_;
  Timer hang_;
  std::thread poller_;
};

}  // namespace rowkeeper::app
