#pragma once

#include <chrono>
#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/closed_loop.h"

namespace rowkeeper::bench {

struct PgbenchOptions {
  std::string database_url;
  /// The script of one transaction.
  std::string script;
  int clients = 1;
  /// Whole seconds.
  std::chrono::seconds duration{1};
};

/// PostgreSQL's own load generator, with prepared statements: transactions a second and mean latency (as p50; pgbench
/// gives no percentiles). NOT_FOUND when it is not installed. Blocks.
absl::StatusOr<Measurement> RunPgbench(const PgbenchOptions& options);

}  // namespace rowkeeper::bench
