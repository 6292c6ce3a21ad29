#include "server/observe/call_history.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace rowkeeper::observe {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

class CallHistoryTest : public ::testing::Test {
 protected:
  /// Lets a stretch end.
  void PassPeriod() {
    clock_.Advance(CallHistory::kPeriod);
    timers_.Settle();
  }

  rowkeeper::testing::FakeClock clock_;
  Timers timers_{&clock_};
  Counters counters_;
  LoadSample load_;
};

TEST_F(CallHistoryTest, AStretchHasTheCallsThatEndedInIt) {
  CallDurations* calls = counters_.Method("p.R.Get");
  calls->Record(absl::StatusCode::kOk, microseconds(50));  // before the history
  CallHistory history(&counters_, &timers_, [this] { return load_; });
  EXPECT_TRUE(history.Samples().empty());
  for (int i = 0; i < 3; ++i) calls->Record(absl::StatusCode::kOk, microseconds(50));
  calls->Record(absl::StatusCode::kNotFound, microseconds(50));
  calls->Record(absl::StatusCode::kResourceExhausted, microseconds(50));
  counters_.Method("p.R.List")->Record(absl::StatusCode::kInternal, milliseconds(20));
  load_ = {4, 2};
  PassPeriod();
  PassPeriod();
  const auto samples = history.Samples();
  ASSERT_EQ(samples.size(), 2u);
  EXPECT_EQ(samples[0].calls, 6u);
  EXPECT_EQ(samples[0].caller_errors, 1u);
  EXPECT_EQ(samples[0].refused, 1u);
  EXPECT_EQ(samples[0].failed, 1u);
  EXPECT_EQ(samples[0].durations[0], 5u);
  EXPECT_EQ(samples[0].length, milliseconds(10000));
  EXPECT_EQ(samples[0].load.connections_used, 4u);
  EXPECT_EQ(samples[0].load.calls_waiting, 2u);
  EXPECT_EQ(samples[1].calls, 0u);
  EXPECT_EQ(samples[1].end - samples[0].end, CallHistory::kPeriod);
}

TEST_F(CallHistoryTest, AnHourIsKept) {
  CallHistory history(&counters_, &timers_, [this] { return load_; });
  for (uint32_t i = 1; i <= CallHistory::kKept + 5; ++i) {
    load_.calls_waiting = i;
    PassPeriod();
  }
  const auto samples = history.Samples();
  ASSERT_EQ(samples.size(), CallHistory::kKept);
  for (size_t i = 0; i < samples.size(); ++i) EXPECT_EQ(samples[i].load.calls_waiting, i + 6);
  EXPECT_EQ(CallHistory::kPeriod * CallHistory::kKept, std::chrono::hours(1));
}

TEST(QuantileTest, ItIsWithinTheBucketThatHoldsIt) {
  DurationCounts counts{};
  EXPECT_EQ(QuantileOf(counts, 0.5), DurationHistogram::Duration(0));
  counts[1] = 100;  // 0.1 to 0.25 ms
  EXPECT_EQ(QuantileOf(counts, 0.5), microseconds(175));
  EXPECT_EQ(QuantileOf(counts, 1), microseconds(250));
  counts[6] = 100;  // 5 to 10 ms
  EXPECT_EQ(QuantileOf(counts, 0.5), microseconds(250));
  EXPECT_EQ(QuantileOf(counts, 0.75), microseconds(7500));
  counts.back() = 1000;
  EXPECT_EQ(QuantileOf(counts, 0.99), milliseconds(10000)) << "there is no upper bound";
}

TEST(FailureKindTest, EveryCodeHasOne) {
  EXPECT_EQ(KindOfFailure(absl::StatusCode::kOk), FailureKind::kNone);
  EXPECT_EQ(KindOfFailure(absl::StatusCode::kNotFound), FailureKind::kCaller);
  EXPECT_EQ(KindOfFailure(absl::StatusCode::kUnimplemented), FailureKind::kCaller);
  EXPECT_EQ(KindOfFailure(absl::StatusCode::kResourceExhausted), FailureKind::kRefused);
  EXPECT_EQ(KindOfFailure(absl::StatusCode::kUnavailable), FailureKind::kServer);
}

}  // namespace
}  // namespace rowkeeper::observe
