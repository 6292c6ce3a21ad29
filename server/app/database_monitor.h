#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/catalogue/catalogue.h"
#include "server/db/connection.h"

namespace rowkeeper::app {

/// Watches the database over a connection of its own, outside the pool, so that health does not depend on how busy the
/// pool is. Finds out whether it is reachable and whether it fits the catalogue, and goes on watching both.
class DatabaseMonitor {
 public:
  enum class State {
    kUnreachable,  ///< no connection; tried again every 250 ms
    kMismatch,     ///< reachable, but the catalogue cannot be served; looked at again every second
    kReady,        ///< checked every second
  };
  /// Called on the monitor's thread for every change; `reason` is OK in kReady.
  using OnChange = std::function<void(State state, const absl::Status& reason)>;

  /// `remedy` is the command that makes the database fit.
  DatabaseMonitor(const catalogue::Catalogue& catalogue, db::ConnectionOptions connection, std::string remedy,
                  OnChange on_change);
  ~DatabaseMonitor();

 private:
  void Loop();
  State Look(absl::Status* reason);
  absl::Status CheckSchema(db::Connection& connection);
  /// False when it is time to end.
  bool Pause(State state);

  const catalogue::Catalogue& catalogue_;
  const db::ConnectionOptions options_;
  const std::string remedy_;
  const OnChange on_change_;
  std::unique_ptr<db::Connection> connection_;
  bool schema_fits_ = false;

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::CondVar stop_requested_;
  std::thread thread_;
};

}  // namespace rowkeeper::app
