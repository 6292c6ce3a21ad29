#pragma once

#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/db/pool.h"
#include "server/uow/ended_unit.h"
#include "server/uow/kept_results.h"
#include "server/uow/lease_times.h"
#include "server/uow/savepoint_stack.h"
#include "server/uow/unit_task.h"

namespace rowkeeper::uow {

/// One unit of work: its state, the calls that wait for it, and who may use its connection. It executes nothing and
/// calls nobody back: its methods say what is to be done, and the UnitDriver does it when no lock is held.
///
/// The connection belongs to the thread that runs the current call; while there is none, to whoever holds the lock; and
/// after the end to the thread that got Work::over. Thread-safe. Its lock is taken with no other held, and
/// nothing but a Cancellation's is taken under it.
class Unit {
 public:
  using Result = absl::StatusOr<std::string>;

  struct Options {
    LeaseTimes::Limits limits;
    std::chrono::milliseconds busy_wait{0};
    int waiting_calls = 0;
    int savepoints = 0;
    KeptResults::Limits kept;
    /// See BeginOptions.
    std::shared_ptr<const void> catalogue = nullptr;
  };

  /// A call that is over.
  struct Answer {
    std::shared_ptr<UnitTask> task;
    Result result;
  };

  /// What asking for the end leads to.
  enum class EndEffect {
    kNone,     ///< it has ended, or ends already: by its caller, or for what was asked first
    kEnds,     ///< it ends for the cause that was given, at once or as soon as the running call is stopped
    kCommits,  ///< nothing ends: a COMMIT is under way and goes on
  };

  /// What is left to do after a method.
  struct Work {
    /// To execute, then Finish.
    std::shared_ptr<UnitTask> next;
    /// The unit has ended just now: its connection is to be given back, rolled back unless committed, before the
    /// answers are told; then Closed.
    bool over = false;
    std::vector<Answer> answers;
    /// Of RequestEnd.
    EndEffect effect = EndEffect::kNone;
    /// When Tick will next find something to do, unless another method is called before.
    Clock::time_point tick_by = Clock::time_point::max();
  };

  /// How the current call went.
  struct Completion {
    Result result;
    /// Otherwise it was given up before it began.
    bool executed = true;
    /// The transaction has failed.
    bool failed = false;
    /// The connection is lost.
    bool lost = false;
    /// The call ended the unit: `result` is of no interest, for the end has its own answers.
    std::optional<Ending> ending;
  };

  enum class Check { kClock, kClockAndConnection };

  /// `secret` is its handle's. `clock` outlives the unit.
  Unit(std::string secret, UnitInfo info, const Options& options, Clock* clock, db::Lease lease);

  /// A new call: executed, kept waiting or answered.
  Work Admit(std::shared_ptr<UnitTask> task);
  /// By the thread that executed the current call.
  Work Finish(Completion completion);
  /// By the thread that got Work::over, when the connection is given back: calls that came since the end are answered.
  Work Closed();
  /// What the time that has passed leads to.
  Work Tick(Clock::time_point now, Check check);
  /// Ends it as Work::effect says. A Commit or Rollback that runs goes on.
  Work RequestEnd(EndCause cause);
  /// See Work.
  Clock::time_point TickBy() const;
  /// Takes a waiting call back; false when it does not wait any more.
  bool Withdraw(const UnitTask& task);

  UnitInfo Info() const;
  /// Null while it is open.
  std::shared_ptr<const EndedUnit> ended() const;
  const std::string& id() const { return description_.id; }
  const std::string& caller() const { return description_.caller; }
  const std::string& secret() const { return secret_; }
  /// See BeginOptions.
  const std::shared_ptr<const void>& catalogue() const { return options_.catalogue; }

  /// Of the connection's owner.
  db::Connection& connection() { return **lease_; }
  bool has_connection() const { return lease_.has_value(); }
  void GiveConnectionBack() { lease_.reset(); }

 private:
  /// A call that comes now has to wait.
  bool busy() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return running_ != nullptr || closing_; }
  void TakeNext(Work* work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  /// The answer to a call that is not to be executed; nullopt when it is. Fills the call's orders.
  std::optional<Result> AnswerAtOnce(UnitTask* task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status PrepareStep(const UnitTask& task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status PrepareSavepoint(UnitTask* task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void PrepareCommit(UnitTask* task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Record(const UnitTask& task, const Completion& completion) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void End(const Ending& ending, Work* work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  std::optional<Ending> EndingOf(const Completion& completion) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  EndEffect EndOrStop(EndCause cause, Work* work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ExpireWaiting(Clock::time_point now, Work* work) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Clock::time_point BusyBy(const UnitTask& task) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Clock::time_point NextDue() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  UnitInfo InfoNow() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Failed() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const std::string secret_;
  const UnitInfo description_;
  const Options options_;
  Clock& clock_;
  std::optional<db::Lease> lease_;

  mutable absl::Mutex mu_;
  UnitState state_ ABSL_GUARDED_BY(mu_) = UnitState::kOpen;
  std::shared_ptr<const EndedUnit> ended_ ABSL_GUARDED_BY(mu_);
  /// It has ended, and its connection is not given back yet: nobody is to hear of the end before its locks are free.
  bool closing_ ABSL_GUARDED_BY(mu_) = false;
  /// The current call, from its turn to Finish. None waits while there is none, unless closing_.
  std::shared_ptr<UnitTask> running_ ABSL_GUARDED_BY(mu_);
  std::list<std::shared_ptr<UnitTask>> waiting_ ABSL_GUARDED_BY(mu_);
  /// The running call is being stopped for this.
  EndCause end_requested_ ABSL_GUARDED_BY(mu_) = EndCause::kNone;
  LeaseTimes times_ ABSL_GUARDED_BY(mu_);
  SavepointStack savepoints_ ABSL_GUARDED_BY(mu_);
  KeptResults results_ ABSL_GUARDED_BY(mu_);
  Transaction::Wrote wrote_ ABSL_GUARDED_BY(mu_) = Transaction::Wrote::kNothing;
  /// The first since the unit was last well.
  absl::Status failure_ ABSL_GUARDED_BY(mu_);
  int64_t calls_ ABSL_GUARDED_BY(mu_) = 0;
};

}  // namespace rowkeeper::uow
