#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::app {

/// Whether the server can be sent calls, and why not. Thread-safe.
class Readiness {
 public:
  struct Obstacle {
    /// A reason as errors have it: "DATABASE_UNAVAILABLE", "SHUTTING_DOWN".
    std::string reason;
    std::string message;
  };

  /// OK: the database is reachable and fits. Until it is called, the server starts.
  void SetDatabase(absl::Status status);
  /// `has_keys`: whether tokens can be checked; asked each time, from any thread. Without it there are no tokens.
  void SetTokens(std::function<bool()> has_keys);
  /// From now on the server is not ready, whatever the database does.
  void SetDraining();
  /// Empty when the server is ready.
  std::vector<Obstacle> Obstacles() const;

 private:
  mutable absl::Mutex mutex_;
  absl::Status database_ ABSL_GUARDED_BY(mutex_);
  bool looked_ ABSL_GUARDED_BY(mutex_) = false;
  std::function<bool()> has_keys_ ABSL_GUARDED_BY(mutex_);
  bool draining_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace rowkeeper::app
