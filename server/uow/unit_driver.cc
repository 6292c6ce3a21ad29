#include "server/uow/unit_driver.h"

#include <exception>
#include <utility>

#include "server/base/errors.h"
#include "server/base/unit_of_work_errors.h"
#include "server/observe/caught.h"
#include "server/observe/log.h"

namespace rowkeeper::uow {
namespace {

using Kind = UnitTask::Kind;

void Tell(std::vector<Unit::Answer>* answers) {
  for (Unit::Answer& answer : *answers) answer.task->done(std::move(answer.result));
  answers->clear();
}

Unit::Result ResultOf(const absl::Status& status, std::string value) {
  if (!status.ok()) return status;
  return value;
}

Unit::Result RunTask(UnitTask& task, db::Connection& connection) {
  Transaction transaction(&connection);
  const SavepointStack::Savepoint& savepoint = task.orders.savepoint;
  switch (task.request.kind) {
    case Kind::kStep:
      return task.request.step.run(connection, &task.cancellation);
    case Kind::kSavepoint:
      return ResultOf(transaction.Savepoint(savepoint.number, &task.cancellation), savepoint.name);
    case Kind::kRollbackTo:
      return ResultOf(transaction.RollbackTo(savepoint.number, &task.cancellation), "");
    case Kind::kRelease:
      return ResultOf(transaction.Release(savepoint.number, &task.cancellation), "");
    case Kind::kCommit:
    case Kind::kRollback:
      break;
  }
  return Internal("a call of a unit of work is of no kind");
}

void LogEnd(const UnitInfo& info) {
  if (info.end == EndCause::kCaller) return;
  observe::Log(observe::LogLevel::kInfo, "a unit of work was ended",
               {{"unit_of_work", info.id},
                {"caller", info.caller},
                {"cause", CauseName(info.end)},
                {"label", info.label},
                {"calls", static_cast<int64_t>(info.calls)}});
}

}  // namespace

void UnitDriver::Proceed(const std::shared_ptr<Unit>& unit, Unit::Work work) {
  parts_.ticks->RingBy(work.tick_by);
  if (!work.over) Tell(&work.answers);
  if (!work.over && work.next == nullptr) return;
  auto rest = std::make_shared<Unit::Work>(std::move(work));
  parts_.workers->Submit([this, unit, rest] { Run(unit, std::move(*rest)); });
}

void UnitDriver::Run(const std::shared_ptr<Unit>& unit, Unit::Work work) {
  while (true) {
    if (work.over) Close(*unit);
    Tell(&work.answers);
    if (work.over) {
      Unit::Work rest = unit->Closed();  // of a unit that has ended: nothing is due any more
      Tell(&rest.answers);
    }
    if (work.next == nullptr) return;
    Unit::Completion completion = Execute(*unit, *work.next);
    work = unit->Finish(std::move(completion));
    parts_.ticks->RingBy(work.tick_by);
  }
}

Unit::Completion UnitDriver::Execute(Unit& unit, UnitTask& task) {
  const observe::CallScope scope(task.request.call);
  if (task.request.kind == Kind::kCommit) return ExecuteCommit(unit, task);
  Unit::Completion completion;
  if (task.request.kind == Kind::kRollback) {
    completion.ending = Ending{};  // Close rolls back
    return completion;
  }
  db::Connection& connection = unit.connection();
  completion.executed = !task.cancellation.cancelled();
  try {
    completion.result =
        completion.executed ? RunTask(task, connection) : db::CancelledStatus(task.cause(), "waiting for its turn");
    completion.failed = connection.in_failed_transaction();
  } catch (const std::exception& error) {
    completion.result = observe::Caught("a call of a unit of work", task.request.step.name, error);
    completion.failed = true;  // nobody knows how far it came, so nothing of it may be committed
  }
  completion.lost = connection.broken();
  return completion;
}

Unit::Completion UnitDriver::ExecuteCommit(Unit& unit, const UnitTask& task) {
  Ending ending;
  if (!task.orders.refusal.ok()) {
    ending.outcome = task.orders.refusal;
  } else {
    const Transaction::CommitResult commit = Transaction(&unit.connection()).SendCommit(task.orders.wrote);
    if (commit.in_doubt) {
      ending = ResolveCommit(unit, *commit.in_doubt);
    } else if (!commit.status.ok() && unit.connection().broken()) {
      ending.cause = EndCause::kConnectionLost;  // before COMMIT, or with nothing to commit
    } else {
      ending.outcome = commit.status;
      if (commit.status.ok()) ending.state = UnitState::kCommitted;
    }
  }
  Unit::Completion completion;
  completion.ending = std::move(ending);
  return completion;
}

Ending UnitDriver::ResolveCommit(Unit& unit, const CommitPoint& point) {
  GiveBack(unit);  // resolving may take long, and needs nothing of it
  switch (parts_.resolver->Resolve(point)) {
    case CommitResolver::CommitState::kCommitted:
      return {UnitState::kCommitted, EndCause::kCaller, absl::OkStatus()};
    case CommitResolver::CommitState::kAborted:
      return {UnitState::kRolledBack, EndCause::kConnectionLost, absl::OkStatus()};
    case CommitResolver::CommitState::kUnknown:
      break;
  }
  return {UnitState::kOutcomeUnknown, EndCause::kConnectionLost, TransactionOutcomeUnknown(point.transaction_id)};
}

void UnitDriver::Close(Unit& unit) {
  const std::shared_ptr<const EndedUnit> ended = unit.ended();
  if (unit.has_connection()) {
    const bool committed = ended->info.state == UnitState::kCommitted;
    if (!committed && !unit.connection().broken()) {
      (void)Transaction(&unit.connection()).Rollback();  // a lost connection rolls back as well
    }
    GiveBack(unit);
  }
  parts_.registry->End(unit.secret(), ended);
  LogEnd(ended->info);
}

void UnitDriver::GiveBack(Unit& unit) {
  unit.GiveConnectionBack();
  parts_.begins->Start(parts_.admission->Release(unit.caller()));
}

}  // namespace rowkeeper::uow
