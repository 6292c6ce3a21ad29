#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/app/loaded_catalogue.h"
#include "server/base/timers.h"
#include "server/db/connection.h"
#include "server/db/describe.h"
#include "server/schema/fit.h"

namespace rowkeeper::app {

/// Watches the database over a connection of its own, outside the pool, so that health does not depend on how busy the
/// pool is. Finds out whether it is reachable and whether it fits the catalogue, and goes on watching both.
class DatabaseMonitor {
 public:
  enum class State {
    kUnreachable,  ///< no connection, or no answer for 3 s; tried again every 250 ms
    kMismatch,     ///< reachable, but the catalogue cannot be served; polled again every second
    kReady,        ///< asked every second, and its schema compared every 5 s
  };
  /// Called on the monitor's thread or the timers', one at a time, for every change; `reason` is OK in kReady.
  using OnChange = std::function<void(State state, const absl::Status& reason)>;

  /// `remedy` is the command that makes the database fit. `timers` outlives this object.
  DatabaseMonitor(const LoadedCatalogue& loaded, db::ConnectionOptions connection, std::string remedy,
                  OnChange on_change, Timers* timers);
  /// Waits for a poll that is under way, which a database that hangs can draw out.
  ~DatabaseMonitor();

 private:
  void Loop();
  /// Says that the database does not answer when a poll takes too long: libpq itself would wait for it. Gives when to
  /// ask again.
  Clock::time_point ReportHang(Clock::time_point now);
  void Report(State state, const absl::Status& reason);
  State Poll(absl::Status* reason);
  absl::Status CheckSchema(db::Connection& connection);
  /// Adds what does not fit of custom queries, which it asks about over a session of its own.
  absl::Status CheckQueries(db::Connection& connection, schema::FitReport* report);
  /// False when it is time to end.
  bool Pause(State state);

  const LoadedCatalogue& loaded_;
  const db::ConnectionOptions options_;
  const std::string remedy_;
  const OnChange on_change_;
  Clock& clock_;
  // Of the polling thread alone.
  std::unique_ptr<db::Connection> connection_;
  std::unique_ptr<db::Describer> describer_;
  bool schema_fits_ = false;
  Clock::time_point schema_checked_;

  absl::Mutex report_mutex_;
  std::optional<State> reported_ ABSL_GUARDED_BY(report_mutex_);
  std::string reported_reason_ ABSL_GUARDED_BY(report_mutex_);

  absl::Mutex mutex_ ABSL_ACQUIRED_BEFORE(report_mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<Clock::time_point> polling_since_ ABSL_GUARDED_BY(mutex_);
  absl::CondVar stop_requested_;
  Timer hang_;
  std::thread poller_;
};

}  // namespace rowkeeper::app
