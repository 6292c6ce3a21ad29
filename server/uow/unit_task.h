#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "server/db/cancellation.h"
#include "server/uow/savepoint_stack.h"
#include "server/uow/task.h"
#include "server/uow/transaction.h"
#include "server/uow/units_of_work.h"

namespace rowkeeper::uow {

class Unit;

/// One call of one unit, from its coming to its answer.
class UnitTask final : public Task {
 public:
  enum class Kind { kStep, kSavepoint, kRollbackTo, kRelease, kCommit, kRollback };

  /// What to do; for all but a step, `step.name` alone.
  struct Request {
    Kind kind = Kind::kStep;
    UnitsOfWork::Step step;
    /// Name of the savepoint.
    std::string savepoint;
    UnitsOfWork::StepOptions options;
    /// See UnitsOfWork::Reference.
    observe::CallContext* call = nullptr;
  };

  /// What the unit adds when the call's turn comes.
  struct Orders {
    SavepointStack::Savepoint savepoint;
    /// kCommit: why it is to roll back, when it is.
    absl::Status refusal;
    Transaction::Wrote wrote = Transaction::Wrote::kNothing;
  };

  UnitTask(Request task_request, std::weak_ptr<Unit> unit, UnitsOfWork::StepDone task_done)
      : request(std::move(task_request)), done(std::move(task_done)), unit_(std::move(unit)) {}

  void Cancel(db::Cancellation::Cause cause) override;
  /// Stops it when it runs.
  void Stop(db::Cancellation::Cause cause);
  /// Why it was stopped, if it was.
  db::Cancellation::Cause cause() const { return cause_; }
  /// Commit and Rollback are not to be disturbed once they run.
  bool ends_unit() const { return request.kind == Kind::kCommit || request.kind == Kind::kRollback; }

  const Request request;
  const UnitsOfWork::StepDone done;
  db::Cancellation cancellation;
  /// Written under the unit's lock before the call waits or runs, and read-only from then on.
  Clock::time_point queued_at;
  Orders orders;

 private:
  const std::weak_ptr<Unit> unit_;
  std::atomic<db::Cancellation::Cause> cause_{db::Cancellation::Cause::kCaller};
};

}  // namespace rowkeeper::uow
