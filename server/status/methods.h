#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/observe/call_history.h"
#include "server/status/overview.h"
#include "server/status/view.h"

namespace rowkeeper::status {

/// The calls of one method since the start.
struct MethodUse {
  /// "planner.v1.TodoRepository.List"
  std::string method;
  uint64_t calls = 0;
  uint64_t errors = 0;
  std::chrono::nanoseconds total{0};
  observe::DurationCounts durations{};
};

struct MethodsData {
  Clock::wall_time_point now;
  /// In any order.
  std::vector<MethodUse> methods;
  /// Those that took the most time in all, the first one the most.
  std::vector<StatementState> statements;
};

/// Of all calls since the start.
std::vector<MethodUse> ReadMethodUses(const observe::Counters& counters);

/// Where the time goes: methods and the statements that they execute, those first that took the most in all.
View MakeMethodsView(const MethodsData& data);

/// Whether a statement reads a whole table each time, and slowly.
bool LacksIndex(const StatementState& statement);

}  // namespace rowkeeper::status
