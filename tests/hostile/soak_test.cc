// Good callers of all kinds and every kind of abuse at once: the server lives, the good ones are served, and its memory
// does not grow.
//
// ROWKEEPER_SOAK_SECONDS: how long (default 20; a real soak takes 1800). ROWKEEPER_SOAK_DIRECTORY: where soak.csv and
// soak.svg go.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "tests/hostile/abuse.h"
#include "tests/hostile/soak_report.h"
#include "tests/rolling/callers.h"
#include "tests/rolling/fleet.h"
#include "tests/support/memory_figures.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::duration;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// Of the mean memory of the second third, what the last third may have more; and MiB that means differ by anyway.
/// Abuse comes in waves of seconds, which only a long soak evens out.
constexpr double kGrowth = 1.05;
double NoiseOf(seconds time) { return time >= std::chrono::minutes(5) ? 16 : 150; }
constexpr double kMostMemory = 512;
constexpr double kServed = 0.999;

int Total(const std::map<std::string, int>& counts) {
  int total = 0;
  for (const auto& [name, count] : counts) total += count;
  return total;
}

void Employ(const std::string& target, Marks* written, Workforce* workforce) {
  for (int i = 0; i < 2; ++i) {
    workforce->Add(NewReader(target));
    workforce->Add(NewWriter(target, written));
    workforce->Add(NewKeyedWriter(target, written));
    workforce->Add(NewUnitCaller(target, i + 1, written));
  }
  workforce->Add(NewExporter(target));
  workforce->Add(NewImporter(target));
}

std::vector<SoakSample> Watch(pid_t process, const Workforce& workforce, seconds time) {
  std::vector<SoakSample> samples;
  const auto begin = steady_clock::now();
  for (auto next = begin; next <= begin + time; next += seconds(1)) {
    std::this_thread::sleep_until(next);
    samples.push_back(SampleOf(process));
    samples.back().second = duration<double>(steady_clock::now() - begin).count();
    samples.back().done = workforce.done_so_far();
    samples.back().failed = workforce.failed_so_far();
  }
  return samples;
}

TEST(Soak, AbuseOfAllKindsNeitherEndsTheServerNorItsServiceNorMakesItGrow) {
  const char* const given = std::getenv("ROWKEEPER_SOAK_SECONDS");
  const seconds time(given == nullptr ? 20 : std::atoi(given));
  Fleet fleet(1, {"--log-level", "error"});
  ASSERT_TRUE(fleet.ok());
  ServerProgram& server = fleet.server(0);
  Marks written;
  Workforce workforce;
  Employ(fleet.target(), &written, &workforce);
  ASSERT_TRUE(workforce.Achieve(3));
  Abusers abusers(server.address());
  const auto samples = Watch(server.pid(), workforce, time);
  EXPECT_TRUE(workforce.Achieve(1)) << "everybody still gets something done";
  abusers.Stop();
  workforce.Stop();

  for (const auto& [what, times] : workforce.done()) std::printf("  %8d times %s\n", times, what.c_str());
  for (const auto& [what, times] : workforce.failures()) std::printf("  FAILED %d times %s\n", times, what.c_str());
  for (const auto& [what, times] : abusers.times()) {
    std::printf("  %8d times abuse by %s\n", times, what.c_str());
    EXPECT_GT(times, 0) << what;
  }
  const double second_third = MeanMemory(samples, 1), last_third = MeanMemory(samples, 2);
  double most = 0;
  for (const SoakSample& sample : samples) most = std::max(most, sample.memory);
  std::printf("  memory: %.1f MiB in the first third, %.1f in the second, %.1f in the last, %.1f at most\n",
              MeanMemory(samples, 0), second_third, last_third, most);
  const char* const directory = std::getenv("ROWKEEPER_SOAK_DIRECTORY");
  if (directory != nullptr) WriteSoak(samples, directory);

  const double done = Total(workforce.done()), failed = Total(workforce.failures());
  EXPECT_GE(done / (done + failed), kServed);
  if (kMemoryFiguresTell) {
    EXPECT_LE(last_third, second_third * kGrowth + NoiseOf(time));
    EXPECT_LT(most, kMostMemory);
  }
  EXPECT_EQ(server.Stop(), 0) << "the server has lived";
}

}  // namespace
}  // namespace rowkeeper::testing
