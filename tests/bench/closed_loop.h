#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rowkeeper::bench {

/// What one measured stretch of calls came to.
struct Measurement {
  double calls_per_second = 0;
  /// Microseconds.
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  uint64_t errors = 0;
};

struct Load {
  std::string path;
  /// The serialized request of call number `i`.
  std::function<std::string(uint64_t i)> request;
  /// Calls in flight at any time.
  int in_flight = 1;
  std::chrono::milliseconds duration{1000};
};

/// Keeps `in_flight` calls going for the duration: each answer starts the next call. Blocks.
Measurement RunClosedLoop(const std::vector<std::shared_ptr<grpc::Channel>>& channels, const Load& load);

}  // namespace rowkeeper::bench
