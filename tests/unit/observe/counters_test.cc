#include "server/observe/counters.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "server/base/database_errors.h"
#include "server/base/errors.h"
#include "server/observe/operation_durations.h"

namespace rowkeeper::observe {
namespace {

using std::chrono::microseconds;

TEST(CountersTest, CallsAreCountedByMethodAndStatus) {
  Counters counters;
  CallDurations* get = counters.Method("p.R.Get");
  EXPECT_EQ(get, counters.Method("p.R.Get"));
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([get] {
      for (int i = 0; i < 10000; ++i) get->Record(absl::StatusCode::kOk, microseconds(200));
    });
  }
  for (std::thread& thread : threads) thread.join();
  get->Record(absl::StatusCode::kNotFound, microseconds(50));
  counters.Method("p.R.List");
  const CountersSnapshot snapshot = counters.Snapshot();
  const std::map<std::string, uint64_t> expected = {{"OK", 40000}, {"NOT_FOUND", 1}};
  EXPECT_EQ(snapshot.calls.at("p.R.Get"), expected);
  EXPECT_EQ(snapshot.calls.count("p.R.List"), 0u);
  const DurationHistogram::Snapshot durations = get->Of(absl::StatusCode::kOk)->Take();
  EXPECT_EQ(durations.counts[1], 40000u) << "0.1 to 0.25 ms";
  EXPECT_EQ(durations.sum, 40000 * microseconds(200));
  EXPECT_EQ(get->Of(absl::StatusCode::kAborted), nullptr);
}

TEST(CountersTest, RefusalsAreCountedByReasonAndLimit) {
  Counters counters;
  counters.CountRefusal(absl::OkStatus(), counters.UnknownMethod());
  counters.CountRefusal(Deadlock(), counters.UnknownMethod());
  counters.CountRefusal(Deadlock(), counters.UnknownMethod());
  counters.CountRefusal(LimitReached(Reason::kQueueFull, "calls", Limit::kQueueLimit, "1 call"),
                        counters.UnknownMethod());
  counters.CountRefusal(absl::NotFoundError("without a reason"), counters.UnknownMethod());
  const std::map<std::string, uint64_t> reasons = {{"DEADLOCK", 2}, {"QUEUE_FULL", 1}, {"NOT_FOUND", 1}};
  const std::map<std::string, uint64_t> limits = {{"queue-limit", 1}};
  EXPECT_EQ(counters.Snapshot().refusals, reasons);
  EXPECT_EQ(counters.Snapshot().limits, limits);
}

TEST(CountersTest, MethodsThatTheServerDoesNotHaveAreOneSeries) {
  Counters counters;
  for (int i = 0; i < 10000; ++i) counters.UnknownMethod()->Record(absl::StatusCode::kUnimplemented, {});
  const std::map<std::string, uint64_t> expected = {{"UNIMPLEMENTED", 10000}};
  EXPECT_EQ(counters.Snapshot().calls, (std::map<std::string, std::map<std::string, uint64_t>>{{"_OTHER", expected}}));
}

TEST(DurationHistogramTest, ABoundBelongsToTheBucketBelowIt) {
  DurationHistogram histogram;
  histogram.Record(DurationHistogram::Duration(-5));
  for (const auto bound : DurationHistogram::kBounds) histogram.Record(bound);
  for (const auto bound : DurationHistogram::kBounds) histogram.Record(bound + std::chrono::nanoseconds(1));
  const DurationHistogram::Snapshot taken = histogram.Take();
  const size_t last = taken.counts.size() - 1;
  EXPECT_EQ(taken.counts[0], 2u) << "the one below zero, and the first bound";
  for (size_t i = 1; i < last; ++i) EXPECT_EQ(taken.counts[i], 2u) << i;
  EXPECT_EQ(taken.counts[last], 1u);
  EXPECT_EQ(taken.count(), 1 + 2 * DurationHistogram::kBounds.size());
}

TEST(OperationDurationsTest, SqlstatesThatNobodyForesawShareASeries) {
  OperationDurations durations;
  durations.Record(microseconds(50));
  for (int i = 0; i < 1000; ++i) durations.RecordFailure("A" + std::to_string(1000 + i), microseconds(50));
  durations.RecordFailure("", microseconds(50));
  std::map<std::string, uint64_t> counts;
  durations.Visit([&](std::string_view state, const DurationHistogram& ended_so) {
    counts[std::string(state)] = ended_so.count();
  });
  EXPECT_LE(counts.size(), 2 + OperationDurations::kMostStates);
  EXPECT_EQ(counts[""], 1u);
  EXPECT_EQ(counts["A1000"], 1u);
  EXPECT_EQ(counts["_OTHER"], 1001 - OperationDurations::kMostStates);
}

}  // namespace
}  // namespace rowkeeper::observe
