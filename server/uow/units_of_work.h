#pragma once

// The map of this folder:
//   unit.cc             one unit: a call's turn, its sequence number, failure and lease; unit_driver.cc does what it
//                       says
//   lease_times.h       when a lease ends; options.h: every limit of units, with its default
//   admission.h         which units may be open; begin_runner.cc opens them
//   transaction.cc      BEGIN, the fence, COMMIT; units and Run share it
//   commit_resolver.cc  what became of a COMMIT without an answer
//   handle.h            what a handle holds; ended_units.h: how units ended; kept_results.h: for calls that are sent
//                       again

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/completion.h"
#include "server/base/timers.h"
#include "server/db/cancellation.h"
#include "server/db/connection.h"
#include "server/db/pool.h"
#include "server/observe/call_context.h"
#include "server/uow/options.h"
#include "server/uow/stats.h"
#include "server/uow/unit_info.h"

namespace rowkeeper::uow {

class CommitResolver;
class Task;

/// The units of work of one server: who holds which transaction, for how long, and how each ended.
///
/// No method blocks, except Drain and the destructor: statements run on this object's own threads, one call of a unit
/// at a time, in the order they came. A `done` callback is called exactly once, on one of those threads or on the
/// caller's; it must not block. Thread-safe.
///
/// A unit holds a lease of the pool from Begin to its end. It ends by Commit, Rollback, an expired lease, a lost
/// connection or Drain; it is then rolled back unless it was committed, its connection goes back, and what became of it
/// is remembered for UnitOptions::remember. A running statement is cancelled when the total limit passes; when it does
/// not end soon after, its connection is given up. Callers hear of an end when the connection is given back.
///
/// Errors that all calls on a handle share: INVALID_ARGUMENT INVALID_HEADER for a malformed handle; NOT_FOUND
/// UNIT_OF_WORK_NOT_FOUND for one that is not the caller's, or never was anybody's (the same words for both);
/// FAILED_PRECONDITION UNIT_OF_WORK_ELSEWHERE with the other server's address; ABORTED UNIT_OF_WORK_EXPIRED, with cause
/// and time, for a unit that ended without its caller, or with an earlier process of this server; FAILED_PRECONDITION
/// UNIT_OF_WORK_ENDED for one that its caller ended; ABORTED UNIT_OF_WORK_BUSY when another call of the unit ran for
/// longer than busy_wait; FAILED_PRECONDITION UNIT_OF_WORK_FAILED after a failed statement.
class UnitsOfWork {
 public:
  /// Who calls, on which unit.
  struct Reference {
    std::string handle;
    /// Identity of the caller; a unit answers only to the one that began it.
    std::string caller;
    /// Told where the time of the call goes, and named in what is logged meanwhile; lives as long as `done`. May be
    /// null.
    observe::CallContext* call = nullptr;
  };

  /// What to do in a unit's transaction.
  struct Step {
    /// For List and logs, "planner.v1.TodoRepository.Create".
    std::string name;
    /// A write is refused in a read-only unit with UNIT_OF_WORK_READ_ONLY, and makes Commit look at the outcome.
    db::Query::Effect effect = db::Query::Effect::kWrite;
    /// Runs on a thread of this object. Gives the response's bytes. An error fails the unit only when it left the
    /// database's transaction failed.
    std::function<absl::StatusOr<std::string>(db::Connection&, db::Cancellation*)> run;
  };

  struct StepOptions {
    Clock::time_point deadline = Clock::time_point::max();
    /// Of the header rowkeeper-sequence. Larger than the last one: executes. One whose result is kept: gives that
    /// result. Else ABORTED UNIT_OF_WORK_SEQUENCE.
    std::optional<uint64_t> sequence;
    /// A hash of method and request: the same number with another one is INVALID_ARGUMENT.
    uint64_t fingerprint = 0;
  };

  /// A call under way. Cancel never blocks; a waiting call ends at once, a running statement is cancelled, which fails
  /// the unit. Commit, once it runs, is not cancelled, and Rollback never is: a caller who leaves wants it all the
  /// more. Copyable; may outlive the call.
  class Ticket {
   public:
    Ticket() = default;
    void Cancel(db::Cancellation::Cause cause);

   private:
    friend class UnitsOfWork;
    explicit Ticket(const std::shared_ptr<Task>& task) : task_(task) {}

    std::weak_ptr<Task> task_;
  };

  struct Begun {
    std::string handle;
    UnitInfo info;
  };

  using BeginDone = Completion<absl::StatusOr<Begun>>;
  using StepDone = Completion<absl::StatusOr<std::string>>;
  using CommitDone = Completion<absl::StatusOr<UnitInfo>>;
  using RollbackDone = Completion<absl::StatusOr<UnitState>>;

  /// `pool` and `timers` outlive this object; `resolver` finds out what became of a COMMIT. Drain tells it to give up.
  UnitsOfWork(UnitOptions options, db::Pool* pool, std::shared_ptr<CommitResolver> resolver, Timers* timers);
  /// With a resolver of its own; `connection` is for its connections, which are outside the pool.
  UnitsOfWork(UnitOptions options, db::Pool* pool, db::ConnectionOptions connection, Timers* timers);
  /// Rolls back what is open.
  ~UnitsOfWork();
  UnitsOfWork(const UnitsOfWork&) = delete;
  UnitsOfWork& operator=(const UnitsOfWork&) = delete;

  /// Errors: INVALID_ARGUMENT for a limit above the server's or a mode that makes no sense; RESOURCE_EXHAUSTED
  /// UNIT_OF_WORK_LIMIT or UNIT_OF_WORK_CALLER_LIMIT with RetryInfo; UNAVAILABLE SHUTTING_DOWN; those of Pool::Acquire.
  /// A unit whose Begin was cancelled does not stay open.
  Ticket Begin(const BeginOptions& options, const std::string& caller, Clock::time_point deadline, BeginDone done);
  Ticket Execute(const Reference& reference, Step step, const StepOptions& options, StepDone done);

  /// Gives the name of the new savepoint.
  Ticket Savepoint(const Reference& reference, const std::string& name, const StepOptions& options, StepDone done);
  /// The result is empty. NOT_FOUND SAVEPOINT_NOT_FOUND for a name that is not open.
  Ticket RollbackTo(const Reference& reference, const std::string& name, const StepOptions& options, StepDone done);
  Ticket Release(const Reference& reference, const std::string& name, const StepOptions& options, StepDone done);

  /// Repeated, it gives the stored outcome. A handle of an earlier process of this server is UNKNOWN
  /// COMMIT_OUTCOME_UNKNOWN.
  Ticket Commit(const Reference& reference, Clock::time_point deadline, CommitDone done);
  /// Stops a call that runs, goes before those that wait, and ends the unit; waits only for a Commit, and gives what
  /// that came to. kUnspecified for a unit that is not known to this caller. Errors are UNIT_OF_WORK_ELSEWHERE and a
  /// malformed handle's, and UNIT_OF_WORK_BUSY where many Rollbacks of the unit wait already.
  Ticket Rollback(const Reference& reference, Clock::time_point deadline, RollbackDone done);

  /// UNKNOWN COMMIT_OUTCOME_UNKNOWN for a handle of an earlier process of this server.
  absl::StatusOr<UnitInfo> Get(const Reference& reference) const;
  enum class OperatorEnd {
    kNotOpen,      ///< there is no such unit, or it has ended
    kEndsAlready,  ///< its caller rolls it back, or it was to end before this
    kCommitting,   ///< its COMMIT is under way and goes on
    kEnded,        ///< it is rolled back, as soon as a call that runs in it is stopped
  };
  /// For an operator: ends the unit with that UnitInfo::id. Does not wait.
  OperatorEnd EndByOperator(std::string_view id);
  /// BeginOptions::catalogue of the open unit that `handle` names, whoever's it is; null where none is open.
  std::shared_ptr<const void> CatalogueOf(std::string_view handle) const;
  /// Open units, oldest first.
  std::vector<UnitInfo> List() const;
  UnitStats stats() const;
  /// Where callers reach this server: UnitOptions::server.
  const std::string& server() const;

  /// Refuses Begin from now on; open units may go on until `deadline`, then they are rolled back, and a COMMIT whose
  /// answer was lost is no longer asked about. Blocks until none is open. Call once.
  void Drain(Clock::time_point deadline);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rowkeeper::uow
