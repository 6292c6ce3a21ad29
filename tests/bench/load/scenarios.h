#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/load/loop.h"
#include "tests/bench/load/operation.h"

namespace rowkeeper::bench {

struct ScenarioOptions {
  /// Profiles in the database.
  uint64_t rows = 100000;
  /// Of the empty call, bytes.
  size_t request_bytes = 0;
  size_t response_bytes = 0;
};

/// One kind of operation, as the command line names it: "list_by_owner:50".
struct Scenario {
  Load load;
  /// Rows that one operation reads or writes.
  int rows_per_operation = 1;
};

/// What the names are, for help.
std::vector<std::string> ScenarioNames();
/// INVALID_ARGUMENT when there is none of this name, or its number is out of range. `channels` lead to the server, for
/// scenarios that must ask it something first.
absl::StatusOr<Scenario> MakeScenario(const std::string& name, const ScenarioOptions& options,
                                      const Channels& channels);

/// One to-do as the benchmark creates them: the same for the server, its peers, pgbench and \copy.
std::string CreateTodoRequestBytes(uint64_t number);

}  // namespace rowkeeper::bench
