#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
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
#include "server/db/input_threads.h"
#include "server/db/pool.h"
#include "server/db/runaway_statements.h"
#include "server/exec/call_queue.h"
#include "server/exec/merge_lanes.h"
#include "server/exec/runner.h"
#include "server/observe/call_context.h"
#include "server/observe/duration_histogram.h"
#include "server/plan/call.h"

namespace rowkeeper::exec {

struct ExecutorOptions {
  /// Calls and jobs that run at once, and threads for those that need one; as many as connections can be leased at
  /// once. Range 1 to 2000.
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
  /// Of the pool's connections, and outlives the executor; null: nobody counts them.
  const db::RunawayStatements* runaways = nullptr;
  /// How often an autocommitted call, or a job, is run again after a serialization failure or deadlock. Range 0 to 10.
  /// As often as a connection prepares a stale statement again: where a type is remade, each connection that a
  /// transaction tries finds out for itself.
  int conflict_retries = 5;
  /// Of calls that run as one statement. By default none do.
  MergeLanesOptions lanes{/*lanes=*/0};
};

struct ExecutorStats {
  int queued = 0;
  int running = 0;
  /// Because too many waited already, or because they waited for too long.
  uint64_t refused_total = 0;
  /// Runs after the first one, because of a conflict or because the connection was lost.
  uint64_t retried_total = 0;
  uint64_t conflicts_retried_total = 0;
  /// Calls whose statement was sent without a worker.
  uint64_t sent_ahead_total = 0;
  /// Calls that were answered by a statement that served others, too, …
  uint64_t merged_calls_total = 0;
  /// … and those statements.
  uint64_t merged_statements_total = 0;
  /// Calls that ran alone after all, because their statement …
  struct Unmerged {
    uint64_t failed = 0;   ///< … had failed, …
    uint64_t in_vain = 0;  ///< … had nothing for them, …
    uint64_t left = 0;     ///< … was not sent, for one that it wrote for had left, …
    uint64_t refused = 0;  ///< … or was refused by the queue.
    uint64_t total() const { return failed + in_vain + left + refused; }
  };
  Unmerged unmerged_calls;
  MergeLanes::Halvings merge_halvings;
};

/// Runs calls and jobs so that no gRPC thread ever waits for the database. They wait in one queue, in which calls are
/// data; call_queue.h decides who waits, who is next and who is refused.
///
/// A worker is a thread that may wait. Most calls need none: a call of one statement, which an idle connection has
/// prepared, is sent by whoever finds its turn has come, also by the thread that submits it, and run by
/// one of a few answer threads when its rows are there. Whatever turns out otherwise, a worker goes on with. Such a
/// call counts as if it had a worker all the time, so that there is one for it when it needs one. Reads and single
/// writes that come while others of their kind are under way run together, as one statement: merge_lanes.h says when,
/// Runner::IsMergeable which.
/// Thread-safe.
class Executor {
 public:
  /// Called exactly once, on a worker, an answer thread, the timers' thread or the thread that submitted or cancelled.
  /// Must not block.
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
    /// Runs the call, and keeps what the call points into: the catalogue that it belongs to. Null: the runner that the
    /// executor was made with, of a catalogue that outlives it.
    std::shared_ptr<const Runner> runner = nullptr;
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

  /// All pointers outlive this object. `runner` is for calls whose terms have none; may be null where all have one.
  Executor(ExecutorOptions options, const Runner* runner, db::Pool* pool, Timers* timers);
  /// What waits ends with SHUTTING_DOWN; what runs is waited for.
  ~Executor();

  Ticket Submit(plan::Call call, const Terms& terms, Done done);
  /// `call` belongs to `done`, which may move it away: nothing but its plan is looked at after that.
  Ticket Submit(const plan::Call* call, const Terms& terms, Done done);
  /// `entity` is the full name of that which the job is about, and outlives the job; empty for jobs without one.
  Ticket Submit(Job job, std::string_view entity, const Terms& terms, JobDone done);
  /// The methods of `plans` and the statements `kept`, of which nothing waits or runs, never come back: what was
  /// learned of them is forgotten.
  void Forget(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans,
              const std::vector<std::shared_ptr<const sql::Statement>>& kept);
  ExecutorStats stats() const;
  /// How long calls and jobs waited for a worker that then took them.
  const observe::DurationHistogram& waits() const { return waits_; }

 private:
  using Work = Ticket::Work;
  using Task = std::variant<plan::Call, const plan::Call*, std::shared_ptr<const MergedCalls>, Job>;

  /// What became of a call that was offered to the queue.
  struct Offered {
    CallQueue::Refusals refused;
    bool stopping = false;
    /// Its turn has come already, and whoever submits it starts it.
    bool started = false;
    /// When it has waited for too long; max() when it hardly waits.
    Clock::time_point expiry = Clock::time_point::max();
    /// Nobody waits for it any more, so it does not begin.
    bool unwanted = false;
    /// When somebody is to look whether it waits for its lane still; max() when it does not.
    Clock::time_point overdue = Clock::time_point::max();
  };

  /// What has become of a call that was taken out.
  struct Withdrawn {
    /// It is executed, together with others.
    bool runs = false;
    /// It has nobody left to be executed for; may be null.
    std::shared_ptr<Work> unwanted;
  };

  /// That which it runs, or one of those; nullptr: it is a job.
  static const plan::Call* CallOf(const Task& task);
  Ticket Enqueue(Task task, std::string_view group, const Terms& terms, Done done);
  /// False when `caller` is nullptr and the queue has to know it: nothing was done then.
  bool Offer(const std::shared_ptr<Work>& work, const CallerId* caller, Offered* offered);
  /// Does what is left to do once the queue has `work` or has refused it.
  void GoOn(std::shared_ptr<Work> work, const Offered& offered);
  void Tell(const CallQueue::Refusals& refused);

  /// Ends what waits, and waits for what runs.
  void Stop();
  void WorkerLoop();
  /// The next that may run or needs a worker to go on; null when it is time to end.
  std::shared_ptr<Work> AwaitWork();
  std::shared_ptr<Work> TakeNext(CallQueue::Refusals* refused) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void WakeWorkers() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// Gives what waited for its lane.
  MergeLanes::Together NoteEnd(Work& work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  int free_workers() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return options_.workers - queue_.running(); }

  /// It waits no more.
  void NoteStart(Work& work);

  // In send_ahead.cc, of calls that need no worker. None of these waits.

  /// Starts what has its turn, on whatever thread this is.
  void Start(std::shared_ptr<Work> work);
  /// Sends the statement of a call that has started. False: a worker is to execute it, with the lease that it may have
  /// by now.
  bool SendAhead(const std::shared_ptr<Work>& work);
  /// Has OnInput called when something of the answer is there; false when it never will be.
  bool AwaitInput(const std::shared_ptr<Work>& work);
  /// On an answer thread.
  void OnInput(Work& work);
  /// Its answer is there.
  absl::StatusOr<Outcome> TryWithoutWaiting(Work& work);
  void HandOver(std::shared_ptr<Work> work);
  /// Starts what may run now that `work` has ended.
  void EndAndStartNext(Work& work);

  // In merging.cc, of calls that are executed together.

  /// As one statement; nothing where there are none.
  void RunTogether(MergeLanes::Together calls);
  /// That statement, or the only call that is open; null when none is.
  std::shared_ptr<Work> MakeTogether(const MergeLanes::Together& calls);
  /// What a lane has given begins; false when nobody wants it any more.
  bool BeginGiven(const std::shared_ptr<Work>& work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// Leaves what each gets in work.parts.
  static absl::StatusOr<Outcome> AttemptTogether(Work& work, const MergedCalls& calls, db::Connection& connection);
  /// What has its turn is to be executed now. False: it is not, for it would write for somebody who has left; those
  /// that are open are to run alone.
  bool SetOut(Work& work);
  /// Of what has ended without having run.
  void LeaveLane(Work& work);
  Clock::time_point RunOverdue(Clock::time_point now);
  /// Of what runs, before it leaves its lane: how it has ended, and what it took, without what answering takes.
  void NoteOutcome(Work* together, bool good);
  /// Answers all members, or has them run alone.
  void Divide(Work& together, const absl::StatusOr<Outcome>& outcome);
  void AnswerMembers(const Work& together, const MergeLanes::Together& open);
  void AnswerMember(Work& member, const absl::StatusOr<Outcome>& outcome);
  /// Whether each of those that `together` serves is told its error; else they run alone.
  static bool IsToBeTold(const Work& together, const absl::Status& error);
  void RunAlone(std::shared_ptr<Work> member);
  /// Of `together`, before it is divided: how many of its `open` members are answered, and why others are not.
  void Count(const Work& together, const absl::StatusOr<Outcome>& outcome, uint64_t open)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  /// False: it is in no lane, or has been answered. Else whoever asks is to answer it.
  bool WithdrawFromLane(Work& work, Withdrawn* withdrawn) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  void Execute(Work& work);
  void Answer(Work& work, absl::StatusOr<Outcome> result);
  /// Calls what waits for `work`, or for those that it serves.
  void Complete(Work& work, absl::StatusOr<Outcome> result);
  /// As often as it takes.
  absl::StatusOr<Outcome> Perform(Work& work);
  /// A job that succeeds gives an empty outcome.
  absl::StatusOr<Outcome> TryOnce(Work& work);
  absl::StatusOr<Outcome> Attempt(Work& work);
  /// The method that it runs; "a job" for jobs.
  static std::string_view NameOf(const Work& work);
  /// Whether trying again may help what ended so.
  static bool MayTryAgain(const absl::Status& status);
  /// Whether what ended so is to be run once more; waits for the right moment.
  bool TryAgain(const absl::Status& status, Work& work);
  /// Takes `work` out of the queue; false when it is not in it any more.
  bool Withdraw(Work& work, Withdrawn* withdrawn);
  /// Ends what has waited too long; gives when the next of those that wait will have.
  Clock::time_point EndExpired(Clock::time_point now);

  const ExecutorOptions options_;
  const Runner* const runner_;
  db::Pool* const pool_;
  Clock& clock_;

  mutable absl::Mutex mutex_;
  CallQueue queue_ ABSL_GUARDED_BY(mutex_);
  MergeLanes lanes_ ABSL_GUARDED_BY(mutex_);
  /// What has its turn and needs a worker to go on. There is one for each.
  std::deque<std::shared_ptr<Work>> handed_over_ ABSL_GUARDED_BY(mutex_);
  /// Threads that sleep.
  int idle_workers_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  /// The queue knows of runaway statements.
  bool noted_runaway_ ABSL_GUARDED_BY(mutex_) = false;
  ExecutorStats stats_ ABSL_GUARDED_BY(mutex_);
  absl::CondVar work_ready_;
  observe::DurationHistogram waits_;

  Timer expiry_;
  Timer overdue_;
  std::atomic<uint64_t> sent_ahead_{0};
  std::unique_ptr<db::InputThreads> answer_threads_;
  std::vector<std::thread> threads_;
};

}  // namespace rowkeeper::exec
