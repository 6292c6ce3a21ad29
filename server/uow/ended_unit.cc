#include "server/uow/ended_unit.h"

#include <utility>

#include "server/base/reason.h"
#include "server/base/unit_of_work_errors.h"

namespace rowkeeper::uow {
namespace {

std::string Rfc3339(UnitInfo::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(time), absl::UTCTimeZone());
}

const char* OutcomeName(UnitState state) {
  switch (state) {
    case UnitState::kCommitted:
      return "COMMITTED";
    case UnitState::kRolledBack:
      return "ROLLED_BACK";
    default:
      return "UNKNOWN";
  }
}

absl::Status Expired(const UnitInfo& info, const std::string& explanation) {
  return UnitOfWorkExpired(CauseName(info.end), explanation, Rfc3339(info.end_time));
}

absl::Status EndedByCaller(const UnitInfo& info) {
  return UnitOfWorkEnded(OutcomeName(info.state), Rfc3339(info.end_time));
}

}  // namespace

std::string CauseName(EndCause cause) {
  switch (cause) {
    case EndCause::kNone:
      return "NONE";
    case EndCause::kCaller:
      return "CALLER";
    case EndCause::kIdleLimit:
      return "IDLE_LIMIT";
    case EndCause::kTotalLimit:
      return "TOTAL_LIMIT";
    case EndCause::kConnectionLost:
      return "CONNECTION_LOST";
    case EndCause::kShutdown:
      return "SHUTDOWN";
    case EndCause::kOperator:
      return "OPERATOR";
  }
  return "NONE";
}

EndedUnit MakeEnded(UnitInfo info, const Ending& ending, const std::string& explanation, UnitInfo::Time time) {
  info.state = ending.state;
  info.end = ending.cause;
  info.end_time = time;
  info.running.clear();
  info.savepoints.clear();
  EndedUnit ended{std::move(info), ending.outcome};
  // Commit did not end it: Commit, too, is late.
  if (ended.outcome.ok() && ended.info.state != UnitState::kCommitted) {
    ended.outcome = ending.cause == EndCause::kCaller ? EndedByCaller(ended.info) : Expired(ended.info, explanation);
  }
  return ended;
}

absl::Status LateCall(const EndedUnit& unit) {
  const bool by_caller = unit.info.end == EndCause::kCaller || unit.info.state != UnitState::kRolledBack;
  if (by_caller) return EndedByCaller(unit.info);
  // Otherwise, unless Commit came to an error, the outcome says it all.
  if (ReasonOf(unit.outcome) == Reason::kUnitOfWorkExpired) return unit.outcome;
  return Expired(unit.info, "the connection to the database was lost");
}

}  // namespace rowkeeper::uow
