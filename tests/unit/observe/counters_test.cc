#include "server/observe/counters.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "server/base/database_errors.h"

namespace rowkeeper::observe {
namespace {

TEST(CountersTest, CallsAreCountedByMethodAndStatus) {
  Counters counters;
  MethodCounter* get = counters.Method("p.R.Get");
  EXPECT_EQ(get, counters.Method("p.R.Get"));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([get] {
      for (int i = 0; i < 10000; ++i) get->Count(absl::StatusCode::kOk);
    });
  }
  for (std::thread& thread : threads) thread.join();
  get->Count(absl::StatusCode::kNotFound);
  counters.Method("p.R.List");
  const CountersSnapshot snapshot = counters.Snapshot();
  const std::map<std::string, uint64_t> expected = {{"OK", 40000}, {"NOT_FOUND", 1}};
  EXPECT_EQ(snapshot.calls.at("p.R.Get"), expected);
  EXPECT_EQ(snapshot.calls.count("p.R.List"), 0u);
}

TEST(CountersTest, RefusalsAreCountedByReason) {
  Counters counters;
  counters.CountRefusal(absl::OkStatus());
  counters.CountRefusal(Deadlock());
  counters.CountRefusal(Deadlock());
  counters.CountRefusal(absl::NotFoundError("without a reason"));
  const std::map<std::string, uint64_t> expected = {{"DEADLOCK", 2}, {"NOT_FOUND", 1}};
  EXPECT_EQ(counters.Snapshot().refusals, expected);
}

}  // namespace
}  // namespace rowkeeper::observe
