#pragma once

#include <grpcpp/channel.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace rowkeeper::bench {

/// What one measured stretch of operations came to.
struct Measurement {
  double per_second = 0;
  /// Microseconds an operation.
  double p50 = 0;
  double p95 = 0;
  double p99 = 0;
  uint64_t errors = 0;
};

/// One call of an operation.
struct Step {
  std::string path;
  /// The serialized request. `i` counts operations; `handle` is what an earlier step of this one gave.
  std::function<std::string(uint64_t i, const std::string& handle)> request;
  /// Reads the handle of a unit of work from the response; the steps that follow carry it as their header.
  std::function<std::string(const std::string& response)> handle = nullptr;
};

/// The same operation over and over.
struct Load {
  /// Its calls, one after the other.
  std::vector<Step> steps;
  /// Operations under way at any time.
  int in_flight = 1;
  std::chrono::milliseconds duration{1000};
};

/// Keeps `in_flight` operations going for the duration: the end of each starts the next. An operation with an error
/// ends there and counts as one. Blocks.
Measurement RunClosedLoop(const std::vector<std::shared_ptr<grpc::Channel>>& channels, const Load& load);

}  // namespace rowkeeper::bench
