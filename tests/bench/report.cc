#include "tests/bench/report.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <cstdio>

namespace rowkeeper::bench {
namespace {

double MedianOf(const Series& series, double Measurement::*figure) {
  std::vector<double> values;
  for (const Measurement& round : series.rounds) values.push_back(round.*figure);
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

}  // namespace

Channels Connect(const std::string& address, int count) {
  Channels channels;
  for (int i = 0; i < count; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
    channels.push_back(grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments));
  }
  return channels;
}

void PrintHeader() {
  std::printf("%9s  %-28s %10s %10s %10s %10s %8s %8s\n", "in flight", "operation", "per second", "p50 us", "p95 us",
              "p99 us", "ratio", "errors");
}

void PrintReport(int in_flight, const std::vector<Series>& series) {
  const double baseline = MedianOf(series.front(), &Measurement::per_second);
  for (const Series& one : series) {
    uint64_t errors = 0;
    for (const Measurement& round : one.rounds) errors += round.errors;
    const double rate = MedianOf(one, &Measurement::per_second);
    std::printf("%9d  %-28s %10.0f %10.0f %10.0f %10.0f %8.2f %8llu\n", in_flight, one.name.c_str(), rate,
                MedianOf(one, &Measurement::p50), MedianOf(one, &Measurement::p95), MedianOf(one, &Measurement::p99),
                rate / baseline, static_cast<unsigned long long>(errors));
  }
  std::fflush(stdout);
}

}  // namespace rowkeeper::bench
