#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "server/base/clock.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::uow {

enum class UnitState { kUnspecified, kOpen, kFailed, kCommitting, kCommitted, kRolledBack, kOutcomeUnknown };

/// Why a unit is no longer open.
enum class EndCause { kNone, kCaller, kIdleLimit, kTotalLimit, kConnectionLost, kShutdown, kOperator };

/// How a unit stood at one moment. Times are of the wall clock, for people; limits are kept by the monotonic one.
struct UnitInfo {
  using Time = Clock::wall_time_point;

  /// For logs; not a handle.
  std::string id;
  UnitState state = UnitState::kOpen;
  std::string label;
  sql::TransactionMode mode;
  std::string server;
  std::string caller;
  Time begin_time;
  Time expire_time;
  Time total_expire_time;
  /// PostgreSQL's process of its session; 0: not known.
  int backend = 0;
  /// Names, outermost first.
  std::vector<std::string> savepoints;
  int64_t calls = 0;
  /// Name of the step that runs; empty when none does.
  std::string running;
  /// Since when the unit waits for its caller, who has no call in it; none while a call runs and after its end.
  std::optional<Time> idle_since;
  /// Message of the first failure.
  std::string failure;
  EndCause end = EndCause::kNone;
  /// Meaningful when `end` is not kNone.
  Time end_time;
};

}  // namespace rowkeeper::uow
