#pragma once

#include <chrono>
#include <map>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"

namespace rowkeeper::wire {

class StreamSession;

struct StreamLimits {
  /// Imports and exports that may be open at once; more are refused with RESOURCE_EXHAUSTED STREAM_LIMIT. An export
  /// holds a connection and a worker for as long as it lasts, an import while it stores a message. 0: no streams.
  int capacity = 5;
  /// How long a caller may neither take what was sent nor send what is waited for.
  std::chrono::milliseconds idle_limit{60000};
};

/// The streams that are open, and the timer that ends those whose callers do nothing. Thread-safe; outlives its
/// streams.
class StreamRegistry {
 public:
  /// `timers` outlives this object.
  StreamRegistry(StreamLimits limits, Timers* timers);

  const StreamLimits& limits() const { return limits_; }
  Clock& clock() const { return clock_; }
  /// RESOURCE_EXHAUSTED STREAM_LIMIT, or FAILED_PRECONDITION STREAMS_OFF.
  absl::Status Admit(const std::shared_ptr<StreamSession>& session);
  /// For one that was admitted: another one may be admitted in its stead, but it is still checked …
  void Release();
  /// … until it is gone.
  void Leave(const StreamSession* session);
  /// A session that was admitted is to be checked by then.
  void CheckBy(Clock::time_point due) { checks_.RingBy(due); }

 private:
  Clock::time_point CheckAll(Clock::time_point now);

  const StreamLimits limits_;
  Clock& clock_;
  absl::Mutex mutex_;
  int admitted_ ABSL_GUARDED_BY(mutex_) = 0;
  std::map<const StreamSession*, std::weak_ptr<StreamSession>> sessions_ ABSL_GUARDED_BY(mutex_);
  Timer checks_;
};

}  // namespace rowkeeper::wire
