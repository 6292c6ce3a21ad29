#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace rowkeeper::bench {

struct Scenario {
  /// Of the server that serves the benchmark's catalogue.
  std::string address;
  std::string database_url;
  int rows = 100000;
  int rounds = 5;
  std::chrono::milliseconds round{1000};
  int channels = 4;
  std::vector<int> in_flight = {1, 16};
  int idle_units = 200;
};

/// The serialized bench.v1.GetProfileByIdRequest of row `i`.
std::string GetByIdRequest(uint64_t i);

/// GetById next to an empty unary call on `empty_address`, so that the ratio says what the data path costs.
void MeasureReads(const Scenario& scenario, const std::string& empty_address, const std::string& empty_path);

/// A server, and what to call it in the report.
struct Route {
  std::string name;
  std::string address;
};

/// GetById, and a unit of work with two of them, over each of `routes`, which lead to the same rows.
void MeasureRoutes(const Scenario& scenario, const std::vector<Route>& routes);

/// Begin + Create + Commit, and Run with one Create, next to the same three statements sent by pgbench.
void MeasureUnits(const Scenario& scenario);

/// GetById with and without `idle_units` open units of work that do nothing. An error when there are not so many.
absl::Status MeasureIdleUnits(const Scenario& scenario);

}  // namespace rowkeeper::bench
