#include "server/uow/unit_driver.h"

#include <utility>

#include "server/base/errors.h"
#include "server/observe/log.h"

namespace rowkeeper::uow {
namespace {

using Kind = UnitCall::Kind;

void Tell(std::vector<Unit::Answer>* answers) {
  for (Unit::Answer& answer : *answers) answer.call->done(std::move(answer.result));
  answers->clear();
}

Unit::Result ResultOf(const absl::Status& status, std::string value) {
  if (!status.ok()) return status;
  return value;
}

Unit::Result RunCall(UnitCall& call, db::Connection& connection) {
  Transaction transaction(&connection);
  const SavepointStack::Savepoint& savepoint = call.orders.savepoint;
  switch (call.request.kind) {
    case Kind::kStep:
      return call.request.step.run(connection, &call.cancellation);
    case Kind::kSavepoint:
      return ResultOf(transaction.Savepoint(savepoint.number, &call.cancellation), savepoint.name);
    case Kind::kRollbackTo:
      return ResultOf(transaction.RollbackTo(savepoint.number, &call.cancellation), "");
    case Kind::kRelease:
      return ResultOf(transaction.Release(savepoint.number, &call.cancellation), "");
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
    Unit::Outcome outcome = Execute(*unit, *work.next);
    work = unit->Finish(std::move(outcome));
    parts_.ticks->RingBy(work.tick_by);
  }
}

Unit::Outcome UnitDriver::Execute(Unit& unit, UnitCall& call) {
  if (call.request.kind == Kind::kCommit) return ExecuteCommit(unit, call);
  Unit::Outcome outcome;
  if (call.request.kind == Kind::kRollback) {
    outcome.result = std::string();
    outcome.ending = Ending{};  // Close rolls back
    return outcome;
  }
  db::Connection& connection = unit.connection();
  outcome.executed = !call.cancellation.cancelled();
  outcome.result = outcome.executed ? RunCall(call, connection) : GivenUp(call.cause(), "waiting for its turn");
  outcome.failed = connection.in_failed_transaction();
  outcome.lost = connection.broken();
  return outcome;
}

Unit::Outcome UnitDriver::ExecuteCommit(Unit& unit, const UnitCall& call) {
  Ending ending;
  if (!call.orders.refusal.ok()) {
    ending.outcome = call.orders.refusal;
  } else {
    const Transaction::CommitResult commit = Transaction(&unit.connection()).SendCommit(call.orders.wrote);
    if (commit.in_doubt) {
      ending = ResolveCommit(unit, *commit.in_doubt);
    } else {
      ending.outcome = commit.status;
      if (commit.status.ok()) {
        ending.state = UnitState::kCommitted;
      } else if (unit.connection().broken()) {
        ending.cause = EndCause::kConnectionLost;
      }
    }
  }
  Unit::Outcome outcome;
  outcome.result = ResultOf(ending.outcome, "");
  outcome.ending = std::move(ending);
  return outcome;
}

Ending UnitDriver::ResolveCommit(Unit& unit, const CommitPoint& point) {
  GiveBack(unit);  // resolving may take long, and needs nothing of it
  Ending ending;
  ending.outcome = parts_.resolver->Answer(point);
  if (ending.outcome.ok()) {
    ending.state = UnitState::kCommitted;
    return ending;
  }
  ending.cause = EndCause::kConnectionLost;
  const bool unknown = ReasonOf(ending.outcome) == Reason::kCommitOutcomeUnknown;
  ending.state = unknown ? UnitState::kOutcomeUnknown : UnitState::kRolledBack;
  return ending;
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
  parts_.begins->Start(parts_.places->Release(unit.caller()));
}

}  // namespace rowkeeper::uow
