#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "server/base/caller_id.h"
#include "server/base/clock.h"
#include "server/exec/fair_queue.h"
#include "server/exec/service_time.h"

namespace rowkeeper::exec {

struct CallQueueOptions {
  /// At least 1.
  int workers = 30;
  /// Calls and jobs that may wait. Range 1 to 1000000.
  int limit = 10000;
  /// Longest wait.
  std::chrono::milliseconds timeout{30000};
  /// A caller whose calls have to wait for longer than this, for longer than this, is refused what would have to wait
  /// for longer; what has waited for twice as long is shed. 0: never.
  std::chrono::milliseconds target{2000};
  /// Calls of one caller that may wait or run; 0: no limit of its own.
  int per_caller = 0;
};

/// Decides which calls wait, who is next and who is refused:
///
/// - at once, whoever would wait for longer than its deadline or the timeout lets it, going by how long calls take and
///   how many are before it;
/// - of a caller whose queue stands (see FairQueue) at once what would wait for longer than the target, and later
///   what has waited for twice the target;
/// - of a caller whose runaway statements are a quarter of the workers, and at least two, every call;
/// - when the queue is full the newest of the caller with the most; when a caller has as many as one may, its next.
///
/// No threads and no clock: guarded by the lock of its owner, who says what time it is, and tells those that are
/// refused once the lock is free.
class CallQueue {
 public:
  enum class Duration {
    kCall,
    /// Holds its worker for as long as its caller likes: says nothing about how long calls take.
    kStream,
  };

  class Waiter : public FairQueue::Waiter {
   public:
    Clock::time_point deadline = Clock::time_point::max();
    Duration duration = Duration::kCall;
    /// What takes about as long each time, its method; null for what has none.
    const void* kind = nullptr;

   private:
    friend class CallQueue;
    /// By the number of calls before it alone; zero when it was not asked for.
    Clock::duration expected_{0};
  };
  using Shared = std::shared_ptr<Waiter>;

  struct Refusal {
    Shared waiter;
    absl::Status status;
  };
  using Refusals = std::vector<Refusal>;

  explicit CallQueue(const CallQueueOptions& options) : options_(options), queue_(options.workers, options.target) {}

  /// Whether `waiter` would find one of `idle` workers, those that wait for work: then nothing keeps it from one.
  bool StartsAtOnce(const Waiter& waiter, int idle) const { return queue_.StartsAtOnce(waiter.group, idle); }
  /// Lets `waiter` of `caller` wait, or adds it to `refusals`, or another one in its place.
  void Admit(const Shared& waiter, const CallerId& caller, int idle, Clock::time_point now, Refusals* refusals);
  /// So many statements of `caller` run on, though they were cancelled and their calls are over. They count as running.
  void NoteRunaway(const CallerId& caller, int statements) { queue_.NoteRunaway(queue_.Find(caller), statements); }
  /// Of all callers nothing runs on any more.
  void NoteNoRunaway() { queue_.NoteNoRunaway(); }
  /// Whether it matters who the caller is: otherwise any will do.
  bool LooksAtCaller(const Waiter& waiter, int idle) const {
    return options_.per_caller > 0 || waiter.duration == Duration::kStream || !StartsAtOnce(waiter, idle);
  }
  /// The next one, which runs until Ended; null when none may run now. Those that are found to be too late on the way
  /// are refused.
  Shared Next(Clock::time_point now, Refusals* refusals);
  bool HasNext() const { return queue_.HasNext(); }
  void Ended(const Waiter& waiter, Clock::time_point now);
  /// False when it does not wait any more.
  bool Withdraw(Waiter* waiter) { return queue_.Remove(waiter); }

  /// When `waiter` has waited for too long.
  Clock::time_point ExpiryOf(const Waiter& waiter) const;
  /// Refuses what has waited for too long; gives when the next will have.
  Clock::time_point Expire(Clock::time_point now, Refusals* refusals);
  /// All that wait.
  std::vector<Shared> Clear();
  /// Nothing of this kind waits or runs, or ever comes again.
  void Forget(const void* kind) { service_of_.erase(kind); }

  int size() const { return queue_.size(); }
  int running() const { return queue_.running(); }

 private:
  /// OK, or why a caller has as many calls as it may.
  absl::Status CheckNumber(const FairQueue::Caller& caller) const;
  /// OK, or why `waiter` of `caller`, which would wait for about `wait`, may not.
  absl::Status Judge(const Waiter& waiter, const FairQueue::Caller& caller, Clock::duration wait,
                     Clock::time_point now) const;
  /// How long `waiter` will hold its worker, as far as is known; else 0.
  Clock::duration OwnTime(const Waiter& waiter) const;
  /// How long the next one of `caller` would wait, going by the calls that are before it.
  Clock::duration ExpectedWait(const FairQueue::Caller& caller) const;
  /// One that was expected to wait for a while has waited for `waited`.
  void NoteWaited(Clock::duration expected, Clock::duration waited);
  void Shed(Clock::time_point now, Refusals* refusals);
  /// Gives how long it held its worker.
  Clock::duration Leave(const Waiter& waiter, Clock::time_point now);

  const CallQueueOptions options_;
  FairQueue queue_;
  /// Of all calls, and by kind.
  ServiceTime service_;
  std::unordered_map<const void*, ServiceTime> service_of_;
  /// How much longer calls wait than is expected of the calls before them: others come, whose turn is sooner.
  double stretch_ = 1;
  int streams_running_ = 0;
  Clock::time_point next_shed_ = Clock::time_point::min();
};

}  // namespace rowkeeper::exec
