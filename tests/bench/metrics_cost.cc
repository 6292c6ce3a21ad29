// What metrics cost: CPU time to record one call, and to scrape 500 methods. Figures, not a test.

#include <ctime>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/base/clock.h"
#include "server/base/text.h"
#include "server/observe/counters.h"
#include "server/observe/exposition.h"

namespace rowkeeper::observe {
namespace {

constexpr int kCalls = 5000000;
constexpr int kMethods = 500;
constexpr absl::StatusCode kCodes[] = {absl::StatusCode::kOk, absl::StatusCode::kNotFound,
                                       absl::StatusCode::kInvalidArgument, absl::StatusCode::kDeadlineExceeded};

/// CPU time of the process, so that other programs on the machine do not count.
double CpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double NanosecondsToRecord(int threads) {
  CallDurations calls;
  const double begin = CpuSeconds();
  std::vector<std::thread> callers;
  for (int t = 0; t < threads; ++t) {
    callers.emplace_back([&calls] {
      for (int i = 0; i < kCalls; ++i) calls.Record(absl::StatusCode::kOk, std::chrono::microseconds(80 + i % 256));
    });
  }
  for (std::thread& caller : callers) caller.join();
  return (CpuSeconds() - begin) * 1e9 / kCalls / threads;
}

double NanosecondsToReadTheClock() {
  const double begin = CpuSeconds();
  int64_t sum = 0;
  for (int i = 0; i < kCalls; ++i) sum += Clock::System().Now().time_since_epoch().count();
  const double seconds = CpuSeconds() - begin;
  return sum == 0 ? 0 : seconds * 1e9 / kCalls;
}

void Scrape(int codes) {
  Counters counters;
  for (int method = 0; method < kMethods; ++method) {
    CallDurations* const calls = counters.Method(Cat("shop.v1.Product", method, "Repository.GetById"));
    for (int i = 0; i < 1000 * codes; ++i) calls->Record(kCodes[i % codes], std::chrono::microseconds(i * 37 % 40000));
  }
  const Metric metric = {"rpc_server_call_duration_seconds", MetricType::kHistogram, "Time of a call"};
  const double begin = CpuSeconds();
  Exposition exposition;
  counters.VisitCalls([&](const std::string& method, absl::StatusCode code, const DurationHistogram& durations) {
    exposition.Add(metric, durations.Take(),
                   {{"rpc_system_name", "grpc"},
                    {"rpc_method", method},
                    {"rpc_response_status_code", absl::StatusCodeToString(code)}});
  });
  const size_t bytes = exposition.Text().size();
  std::printf("scrape of %d methods with %d codes each: %.1f ms, %.1f MB\n", kMethods, codes,
              (CpuSeconds() - begin) * 1e3, static_cast<double>(bytes) / 1e6);
}

void Run() {
  std::printf("record a call: %.1f ns; with two threads on one method: %.1f ns\n", NanosecondsToRecord(1),
              NanosecondsToRecord(2));
  std::printf("read the clock: %.1f ns\n", NanosecondsToReadTheClock());
  for (const int codes : {1, 2, 4}) Scrape(codes);
}

}  // namespace
}  // namespace rowkeeper::observe

int main() { rowkeeper::observe::Run(); }
