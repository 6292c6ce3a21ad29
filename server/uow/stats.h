#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "server/base/clock.h"
#include "server/uow/unit_info.h"

namespace rowkeeper::uow {

/// How many units ended for this cause, in this state.
struct EndedCount {
  EndCause cause = EndCause::kNone;
  UnitState state = UnitState::kUnspecified;
  uint64_t count = 0;
};

struct UnitStats {
  size_t open = 0;
  int capacity = 0;
  /// Calls of Begin that wait for one of the others to end.
  size_t waiting_begins = 0;
  /// Of the unit that is open for the longest; zero when none is.
  Clock::duration oldest{0};
  /// Pairs that occurred.
  std::vector<EndedCount> ended;
};

/// What became of the COMMITs whose answers were lost.
struct InDoubtStats {
  /// Looked up now.
  int looking_up = 0;
  uint64_t committed_total = 0;
  uint64_t aborted_total = 0;
  uint64_t unknown_total = 0;
};

}  // namespace rowkeeper::uow
