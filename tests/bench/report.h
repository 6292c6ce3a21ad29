#pragma once

#include <memory>
#include <string>
#include <vector>

#include "tests/bench/closed_loop.h"

namespace rowkeeper::bench {

using Channels = std::vector<std::shared_ptr<grpc::Channel>>;

/// Connections to `address`, each of its own.
Channels Connect(const std::string& address, int count);

/// The rounds of one operation.
struct Series {
  std::string name;
  std::vector<Measurement> rounds;
};

void PrintHeader();
/// A line a series: medians, and the rate as a share of the first one's.
void PrintReport(int in_flight, const std::vector<Series>& series);

}  // namespace rowkeeper::bench
