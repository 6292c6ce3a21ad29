#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/load/histogram.h"
#include "tests/bench/load/operation.h"

namespace rowkeeper::bench {

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

/// Connections to `address`, each of its own, which take responses of up to 64 MiB.
Channels Connect(const std::string& address, int count,
                 const std::shared_ptr<grpc::ChannelCredentials>& credentials = grpc::InsecureChannelCredentials());

struct LoopOptions {
  /// Operations under way: always so many in a closed loop, at most in an open one.
  int in_flight = 1;
  /// Operations begun each second, whether others have ended or not: an open loop, in which latency counts from when an
  /// operation should have begun. 0: a closed loop, in which the end of each begins the next.
  double rate = 0;
  /// Before anything is counted.
  std::chrono::milliseconds warm_up{0};
  /// What is counted: of a closed loop the operations that end in this time, at least one, for which it waits up to a
  /// minute; of an open one those that should begin in it.
  std::chrono::milliseconds duration{1000};
  /// The header `authorization` of every call; empty: none.
  std::string authorization;
  /// Called where the counted time begins and ends.
  std::function<void()> at_begin = [] {};
  std::function<void()> at_end = [] {};
};

struct LoopResult {
  Histogram latencies;
  /// Between begin and end.
  double seconds = 0;
  /// Of one call, the last one that was measured.
  std::atomic<size_t> request_bytes{0};
  std::atomic<size_t> response_bytes{0};
  uint64_t errors = 0;
  /// The first one.
  std::string error;
};

/// Blocks until the last operation has ended.
void RunLoop(const Channels& channels, const Load& load, const LoopOptions& options, LoopResult* result);

}  // namespace rowkeeper::bench
