#pragma once

#include <atomic>
#include <cstdint>
#include <list>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/observe/call_context.h"

namespace rowkeeper::db {

/// The statements that run now, on all connections of the process: so that somebody may look at those that take long.
/// In real time, as PostgreSQL runs them. Thread-safe.
class RunningStatements {
 public:
  using time_point = Clock::time_point;

  /// The process's own.
  static RunningStatements& Process();

  /// One connection's place. Of its thread.
  class Place {
   public:
    Place();
    ~Place();
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

    /// `backend`: PostgreSQL's process; 0 when it is not known. It runs for the call that is this thread's now.
    void Begin(int backend, time_point now) {
      const observe::CallContext* const call = observe::CallScope::Current();
      const bool is_known = call != nullptr && call->progress != nullptr;
      backend_.store(backend, std::memory_order_relaxed);
      call_.store(is_known ? call->progress->number() : 0, std::memory_order_relaxed);
      since_.store(now.time_since_epoch().count(), std::memory_order_relaxed);
    }
    void End() { since_.store(0, std::memory_order_relaxed); }

   private:
    friend class RunningStatements;
    std::atomic<int> backend_{0};
    std::atomic<uint64_t> call_{0};
    /// 0: nothing runs.
    std::atomic<time_point::rep> since_{0};
    std::list<Place*>::iterator position_;
  };

  struct Running {
    int backend = 0;
    /// observe::CallProgress::number of the call that it runs for; 0: of none.
    uint64_t call = 0;
    time_point since;
    /// Since then.
    Clock::duration ran{0};
  };

  /// Those that have run for `time` or longer, on sessions whose process is known.
  std::vector<Running> RunningFor(Clock::duration time) const;

 private:
  mutable absl::Mutex mutex_;
  std::list<Place*> places_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::db
