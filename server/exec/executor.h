#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <thread>
#include <variant>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/caller_id.h"
#include "server/base/completion.h"
#include "server/base/timers.h"
#include "server/db/pool.h"
#include "server/exec/call_queue.h"
#include "server/exec/runner.h"
#include "server/observe/call_context.h"
#include "server/observe/duration_histogram.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

struct ExecutorOptions {
  /// Threads that execute statements; as many as connections can be leased at once. Range 1 to 2000.
  int workers = 30;
  /// Calls and jobs that may wait for a worker; more are refused with RESOURCE_EXHAUSTED QUEUE_FULL. Range 1 to
  /// 1000000.
  int queue_limit = 10000;
  /// Longest wait for a worker; then RESOURCE_EXHAUSTED POOL_TIMEOUT.
  std::chrono::milliseconds queue_timeout{30000};
  /// See CallQueueOptions::target. Then RESOURCE_EXHAUSTED OVERLOADED.
  std::chrono::milliseconds queue_target{2000};
  /// See CallQueueOptions::per_caller. More are RESOURCE_EXHAUSTED CALLER_LIMIT.
  int calls_per_caller = 0;
  /// How often an autocommitted call, or a job, is run again after a serialization failure or deadlock. Range 0 to 10.
  /// As often as a connection prepares a stale statement again: where a type is remade, each connection that a
  /// transaction tries finds out for itself.
  int conflict_retries = 5;
};

struct ExecutorStats {
  int queued = 0;
  int running = 0;
  /// Because too many waited already, or because they waited for too long.
  uint64_t refused_total = 0;
  /// Runs after the first one, because of a conflict or because the connection was lost.
  uint64_t retried_total = 0;
  uint64_t conflicts_retried_total = 0;
};

/// Runs calls and jobs on its own threads, so that no gRPC thread ever waits for the database. They wait in one queue,
/// in which calls are data; call_queue.h decides who waits, who is next and who is refused. Thread-safe.
class Executor {
 public:
  /// Called exactly once, on a worker, the timers' thread or the thread that submitted or cancelled. Must not block.
  using Done = Completion<absl::StatusOr<Outcome>>;
  /// Several statements as one piece of work on one connection, which brings its own BEGIN and COMMIT. It is run again
  /// as a call is: after a conflict, and after DATABASE_UNAVAILABLE, so it must give these only when nothing is left of
  /// it. What it leaves open is rolled back. Runs on a worker.
  using Job = std::function<absl::Status(db::Connection&, db::Cancellation*)>;
  /// As Done, which calls it.
  using JobDone = std::function<void(absl::Status)>;

  /// Knows who calls. Asked during Submit, and only when it matters.
  class CallerSource {
   public:
    virtual ~CallerSource() = default;
    virtual CallerId Identify() = 0;
  };

  struct Terms {
    /// Work of the server itself.
    Terms(Clock::time_point until) : deadline(until) {}  // NOLINT(google-explicit-constructor)
    Terms(Clock::time_point until, CallerSource* who) : deadline(until), caller(who) {}

    /// When nobody waits for the answer any more: DEADLINE_EXCEEDED. What would not be answered by then, because of
    /// all that waits before it, is refused at once: RESOURCE_EXHAUSTED DEADLINE_UNREACHABLE.
    Clock::time_point deadline;
    /// nullptr: the server itself.
    CallerSource* caller = nullptr;
    CallQueue::Duration duration = CallQueue::Duration::kCall;
    /// Lives as long as `done`; is told where the time went, and named in what is logged meanwhile. nullptr: there is
    /// no call to tell.
    observe::CallContext* context = nullptr;
  };

  /// A submitted call or job. Cancel never blocks: a waiting one ends at once; a running one is told, and its statement
  /// ends as soon as PostgreSQL notices.
  class Ticket {
   public:
    void Cancel(db::Cancellation::Cause cause);

   private:
    friend class Executor;
    struct Work;
    Executor* executor_ = nullptr;
    std::weak_ptr<Work> work_;
  };

  /// All pointers outlive this object.
  Executor(ExecutorOptions options, const Runner* runner, db::Pool* pool, Timers* timers);
  /// What waits ends with SHUTTING_DOWN; what runs is waited for.
  ~Executor();

  Ticket Submit(plan::Call call, const Terms& terms, Done done);
  /// `entity` is the full name of that which the job is about, and outlives the executor; empty for jobs without one.
  Ticket Submit(Job job, std::string_view entity, const Terms& terms, JobDone done);
  ExecutorStats stats() const;
  /// How long calls and jobs waited for a worker that then took them.
  const observe::DurationHistogram& waits() const { return waits_; }

 private:
  using Work = Ticket::Work;
  using Task = std::variant<plan::Call, Job>;

  /// What became of a call that was offered to the queue.
  struct Offered {
    CallQueue::Refusals refused;
    bool stopping = false;
    /// When it has waited for too long; max() when it hardly waits.
    Clock::time_point expiry = Clock::time_point::max();
  };

  Ticket Enqueue(Task task, std::string_view group, const Terms& terms, Done done);
  /// False when `caller` is nullptr and the queue has to know it: nothing was done then.
  bool Offer(const std::shared_ptr<Work>& work, const CallerId* caller, Offered* offered);
  void Tell(const CallQueue::Refusals& refused);

  void WorkerLoop();
  /// The next that may run; null when it is time to end.
  std::shared_ptr<Work> AwaitWork();
  void Execute(Work& work);
  /// As often as it takes.
  absl::StatusOr<Outcome> Perform(Work& work);
  /// A job that succeeds gives an empty outcome.
  absl::StatusOr<Outcome> TryOnce(Work& work);
  absl::StatusOr<Outcome> Attempt(Work& work);
  /// The method that it runs; "a job" for jobs.
  static std::string_view NameOf(const Work& work);
  /// Whether what ended so is to be run once more; waits for the right moment.
  bool TryAgain(const absl::Status& status, Work& work);
  /// Takes `work` out of the queue; false when it is not in it any more.
  bool Withdraw(Work& work);
  /// Ends what has waited too long; gives when the next of those that wait will have.
  Clock::time_point EndExpired(Clock::time_point now);

  const ExecutorOptions options_;
  const Runner* const runner_;
  db::Pool* const pool_;
  Clock& clock_;

  mutable absl::Mutex mutex_;
  CallQueue queue_ ABSL_GUARDED_BY(mutex_);
  int idle_workers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  ExecutorStats stats_ ABSL_GUARDED_BY(mutex_);
  absl::CondVar work_ready_;
  observe::DurationHistogram waits_;

  Timer expiry_;
  std::vector<std::thread> threads_;
};

}  // namespace rowkeeper::exec
