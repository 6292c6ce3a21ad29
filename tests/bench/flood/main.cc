// A flood of empty calls, and beside it a polite caller from another address: 10 calls a second with deadlines of 1 s.
// Prints a line for each second and one for the whole: see Print. rowkeeper_overload_bench calls it.
//
// Usage: rowkeeper_flood ADDRESS PATH CONNECTIONS SECONDS rate CALLS_PER_SECOND
//        rowkeeper_flood ADDRESS PATH CONNECTIONS SECONDS peak CALLS_IN_FLIGHT
#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/flood/connection.h"

namespace rowkeeper::bench {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr std::chrono::microseconds kStep{1000};
/// At the beginning, and not counted.
constexpr double kWarmUp = 3;

double Percentile(std::vector<float> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

/// Connections that take turns.
class Caller {
 public:
  Caller(const Connection::Options& options, int connections) {
    for (int i = 0; i < connections; ++i) connections_.push_back(std::make_unique<Connection>(options, &tally_));
  }

  void Start(Time now) { connections_[next_++ % connections_.size()]->Start(now); }
  void Step(Time now) {
    for (const auto& connection : connections_) connection->Step(now);
  }
  size_t under_way() const {
    size_t all = 0;
    for (const auto& connection : connections_) all += connection->under_way();
    return all;
  }
  Tally& tally() { return tally_; }

 private:
  Tally tally_;
  std::vector<std::unique_ptr<Connection>> connections_;
  size_t next_ = 0;
};

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& time) { return static_cast<double>(time.tv_sec) + time.tv_usec / 1e6; };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

/// name=value …, counts of the flood except for what begins with "polite".
void Print(const Tally& flood, const Tally& polite, double cpu) {
  std::printf(
      "all started=%lu good=%lu refused=%lu late=%lu unsent=%lu cut=%lu unconnected=%lu ended=%lu declined=%lu ",
      flood.started, flood.good, flood.refused, flood.late, flood.expired_unsent, flood.cut, flood.unconnected,
      flood.connections_ended, flood.connections_refused);
  std::printf("good_p50=%.1f good_p99=%.1f refused_p50=%.1f refused_p99=%.1f ", Percentile(flood.good_ms, 0.5),
              Percentile(flood.good_ms, 0.99), Percentile(flood.refused_ms, 0.5), Percentile(flood.refused_ms, 0.99));
  std::printf("polite_started=%lu polite_good=%lu polite_p99=%.1f cpu=%.2f\n", polite.started, polite.good,
              Percentile(polite.good_ms, 0.99), cpu);
}

struct Load {
  double calls_per_second = 0;
  /// Instead of a rate, when it is not 0.
  size_t in_flight = 0;
};

void Run(const Connection::Options& options, int connections, double seconds, const Load& load) {
  Caller flood(options, connections);
  Connection::Options of_polite = options;
  of_polite.source = "127.0.0.2";
  of_polite.timeout = milliseconds(1000);
  Caller polite(of_polite, 1);
  const Time begin = steady_clock::now();
  double elapsed = 0;
  double warm = -kWarmUp;
  double told = 0, cpu = 0;
  int64_t started = 0, asked = 0;
  uint64_t good_before = 0;
  while (warm < seconds) {
    const Time now = steady_clock::now();
    const double passed = Seconds(now - begin).count();
    if (warm < 0 && passed >= kWarmUp) {
      flood.tally() = polite.tally() = Tally();
      cpu = CpuSeconds();
    }
    elapsed = passed;
    warm = elapsed - kWarmUp;
    if (load.in_flight > 0) {
      while (flood.under_way() < load.in_flight) flood.Start(now);
    } else {
      for (const auto due = static_cast<int64_t>(elapsed * load.calls_per_second); started <= due; ++started) {
        flood.Start(now);
      }
    }
    for (const auto due = static_cast<int64_t>(elapsed * 10); asked <= due; ++asked) polite.Start(now);
    flood.Step(now);
    polite.Step(now);
    if (warm >= told + 1) {
      std::printf("second %.0f %lu\n", told++, flood.tally().good - good_before);
      std::fflush(stdout);
      good_before = flood.tally().good;
    }
    std::this_thread::sleep_for(load.in_flight > 0 ? std::chrono::microseconds(200) : kStep);
  }
  Print(flood.tally(), polite.tally(), CpuSeconds() - cpu);
}

}  // namespace
}  // namespace rowkeeper::bench

int main(int argc, char** argv) {
  const std::string_view kind = argc == 7 ? argv[5] : "";
  if (kind != "rate" && kind != "peak") {
    std::fprintf(stderr, "usage: rowkeeper_flood ADDRESS PATH CONNECTIONS SECONDS rate|peak NUMBER\n");
    return 2;
  }
  rowkeeper::bench::Connection::Options options;
  options.address = argv[1];
  options.path = argv[2];
  rowkeeper::bench::Load load;
  if (kind == "rate") {
    load.calls_per_second = std::atof(argv[6]);
  } else {
    load.in_flight = static_cast<size_t>(std::atoi(argv[6]));
  }
  rowkeeper::bench::Run(options, std::atoi(argv[3]), std::atof(argv[4]), load);
  return 0;
}
