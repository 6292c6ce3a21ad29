#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/timers.h"

namespace rowkeeper::wire {

class StreamSession;

struct StreamLimits {
  /// Imports and exports that may be open at once; more are refused with RESOURCE_EXHAUSTED STREAM_LIMIT. An export
  /// holds a connection and a worker for as long as it lasts, an import while it stores a message. 0: no streams.
  int capacity = 5;
  /// Of these, those that one caller may have open; more are refused with CALLER_LIMIT. No caller has more than its
  /// share, either: see base/share.h. 0: no limit of its own.
  int per_caller = 0;
  /// A stream whose caller has let the server wait for longer than this, and for most of the time, gives its place up
  /// to a caller that has fewer.
  std::chrono::milliseconds slow_after{10000};
  /// How long a caller may neither take what was sent nor send what is waited for.
  std::chrono::milliseconds idle_limit{60000};
};

enum class StreamKind { kImport, kExport };

struct StreamStats {
  int imports = 0;
  int exports = 0;
  /// Because there were too many.
  uint64_t refused_total = 0;
};

/// The streams that are open, and the timer that ends those whose callers do nothing. Thread-safe; outlives its
/// streams.
class StreamRegistry {
 public:
  /// `timers` outlives this object.
  StreamRegistry(StreamLimits limits, Timers* timers);

  const StreamLimits& limits() const { return limits_; }
  Clock& clock() const { return clock_; }
  /// RESOURCE_EXHAUSTED STREAM_LIMIT or CALLER_LIMIT, or FAILED_PRECONDITION STREAMS_OFF. Where slow streams of others
  /// hold the places, one of them is ended: the place is free a moment later.
  absl::Status Admit(const std::shared_ptr<StreamSession>& session, StreamKind kind);
  /// For one that was admitted: another one may be admitted in its stead, but it is still checked …
  void Release(const StreamSession& session, StreamKind kind);
  /// … until it is gone.
  void Leave(const StreamSession* session);
  /// A session that was admitted is to be checked by then.
  void CheckBy(Clock::time_point due) { checks_.RingBy(due); }
  StreamStats stats() const;

 private:
  using Sessions = std::vector<std::shared_ptr<StreamSession>>;

  Clock::time_point CheckAll(Clock::time_point now);
  absl::Status AdmitLocked(const std::shared_ptr<StreamSession>& session, StreamKind kind)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  Sessions OpenSessions() const;
  /// Ends the slowest stream of the callers that have at least two more than `session`'s.
  void EndSlowest(const StreamSession& session);

  const StreamLimits limits_;
  Clock& clock_;
  int& OpenOf(StreamKind kind) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return kind == StreamKind::kImport ? stats_.imports : stats_.exports;
  }

  mutable absl::Mutex mutex_;
  /// Of those with places.
  absl::flat_hash_map<std::string, int> open_by_ ABSL_GUARDED_BY(mutex_);
  StreamStats stats_ ABSL_GUARDED_BY(mutex_);
  std::map<const StreamSession*, std::weak_ptr<StreamSession>> sessions_ ABSL_GUARDED_BY(mutex_);
  Timer checks_;
};

}  // namespace rowkeeper::wire
