// What a server does with more calls than its database can execute: a pool of four, calls of 50 ms, an open loop at
// multiples of the peak with deadlines of 1.5 s, and beside it a polite caller, 10 calls a second with deadlines of 1
// s. Needs ROWKEEPER_TEST_DATABASE_URL. Figures, not a test. Usage: rowkeeper_overload_bench [SECONDS [TIMES …]]

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "tests/pg/server/nap_server.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

double ResidentMegabytes() {
  std::ifstream file("/proc/self/statm");
  double total = 0, resident = 0;
  file >> total >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<size_t>(share * static_cast<double>(values.size() - 1))];
}

struct Summary {
  size_t answered = 0;
  size_t good = 0;
  std::map<std::string, size_t> refused;
  std::vector<double> good_ms;
  std::vector<double> refused_ms;
};

Summary Summarise(const std::vector<ManyCalls::Answer>& answers) {
  Summary summary;
  summary.answered = answers.size();
  for (const ManyCalls::Answer& answer : answers) {
    const double ms = std::chrono::duration<double, std::milli>(answer.took).count();
    const bool good = answer.outcome == "OK";
    summary.good += good ? 1 : 0;
    (good ? summary.good_ms : summary.refused_ms).push_back(ms);
    if (!good) ++summary.refused[answer.outcome];
  }
  return summary;
}

void Measure(NapServer* server, double peak, double times, seconds time) {
  ManyCalls flood(server->get(), server->tcp(), 4), polite(server->get(), server->unix_socket(), 1);
  OpenLoop flooding = {&flood, NapServer::kMethod, "", times * peak, {}};
  flooding.options.timeout = milliseconds(1500);
  OpenLoop asking = {&polite, NapServer::kMethod, "", 10, {}};
  asking.options.timeout = milliseconds(1000);
  RunOpenLoops({flooding, asking}, seconds(5));
  flood.TakeAnswers();
  polite.TakeAnswers();
  const double before = ResidentMegabytes();
  RunOpenLoops({flooding, asking}, time);
  const double after = ResidentMegabytes();
  const Summary flooded = Summarise(flood.TakeAnswers());
  const Summary asked = Summarise(polite.TakeAnswers());
  const double good = static_cast<double>(flooded.good + asked.good) / static_cast<double>(time.count());
  std::printf("%5.1f %9.1f %8.2f %8.0f %8.0f %12.1f %12.1f %6zu/%-6zu %8.0f %8.0f %8.0f\n", times, good, good / peak,
              Percentile(flooded.good_ms, 0.5), Percentile(flooded.good_ms, 0.99), Percentile(flooded.refused_ms, 0.5),
              Percentile(flooded.refused_ms, 0.99), asked.good, asked.answered, Percentile(asked.good_ms, 0.99), before,
              after);
  for (const auto& [reason, count] : flooded.refused) std::printf("      %s %zu\n", reason.c_str(), count);
  std::fflush(stdout);
}

void Run(seconds time, const std::vector<double>& multiples) {
  NapServer server;
  const double peak = MeasurePeak(&server, 8, seconds(10));
  std::printf("peak: %.1f calls a second\n", peak);
  std::printf("%5s %9s %8s %8s %8s %12s %12s %13s %8s %8s %8s\n", "times", "good/s", "of peak", "p50 ms", "p99 ms",
              "refused p50", "refused p99", "polite", "p99 ms", "MB", "MB after");
  for (const double times : multiples) Measure(&server, peak, times, time);
}

}  // namespace
}  // namespace rowkeeper::testing

int main(int argc, char** argv) {
  std::vector<double> multiples;
  for (int i = 2; i < argc; ++i) multiples.push_back(std::atof(argv[i]));
  if (multiples.empty()) multiples = {0.5, 1, 2, 10};
  rowkeeper::testing::Run(std::chrono::seconds(argc > 1 ? std::atoi(argv[1]) : 60), multiples);
  return 0;
}
