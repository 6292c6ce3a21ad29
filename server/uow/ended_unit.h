#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/uow/unit_info.h"

namespace rowkeeper::uow {

/// What is remembered of a unit that is over, and what callers are told who come late. Immutable.
struct EndedUnit {
  /// As it stood in the end.
  UnitInfo info;
  /// What Commit answers from now on: OK when it was committed.
  absl::Status outcome;
};

/// How a unit ends.
struct Ending {
  UnitState state = UnitState::kRolledBack;
  EndCause cause = EndCause::kCaller;
  /// What Commit found; OK when something else ended the unit, be it a connection that was lost before anything could
  /// be committed.
  absl::Status outcome;
};

/// The unit that `info` describes, ended so at `time`. `explanation` says the cause for people, with limits in it: "no
/// call came for 10s".
EndedUnit MakeEnded(UnitInfo info, const Ending& ending, const std::string& explanation, UnitInfo::Time time);

/// What a call is told that came after the end: UNIT_OF_WORK_ENDED or UNIT_OF_WORK_EXPIRED.
absl::Status LateCall(const EndedUnit& unit);

/// "IDLE_LIMIT", for programs and logs.
std::string CauseName(EndCause cause);

}  // namespace rowkeeper::uow
