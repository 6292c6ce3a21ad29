#include "client/src/backoff.h"

#include <gtest/gtest.h>

#include <set>

#include "rowkeeper/client/error_details.h"
#include "server/base/database_errors.h"
#include "server/wire/status.h"

namespace rowkeeper::client {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;

BackoffOptions Options(int initial, int longest, double factor) {
  BackoffOptions options;
  options.initial = milliseconds(initial);
  options.longest = milliseconds(longest);
  options.factor = factor;
  return options;
}

const absl::Status kNoDelay = absl::AbortedError("no retry delay");

TEST(Backoff, TheLimitOfThePauseGrowsUpToTheLongest) {
  internal::Backoff backoff(Options(10, 50, 2), [] { return 0.5; });
  EXPECT_EQ(backoff.Next(kNoDelay), milliseconds(5));
  EXPECT_EQ(backoff.Next(kNoDelay), milliseconds(10));
  EXPECT_EQ(backoff.Next(kNoDelay), milliseconds(20));
  EXPECT_EQ(backoff.Next(kNoDelay), milliseconds(25));
  EXPECT_EQ(backoff.Next(kNoDelay), milliseconds(25));
}

TEST(Backoff, JitterIsFull) {
  internal::Backoff least(Options(100, 100, 2), [] { return 0.0; });
  EXPECT_EQ(least.Next(kNoDelay), nanoseconds(0));
  internal::Backoff random(Options(100, 100, 2));
  std::set<nanoseconds> pauses;
  for (int i = 0; i < 200; ++i) {
    const nanoseconds pause = random.Next(kNoDelay);
    EXPECT_GE(pause, nanoseconds(0));
    EXPECT_LT(pause, milliseconds(100));
    pauses.insert(pause);
  }
  EXPECT_GT(pauses.size(), 190u);
  EXPECT_LT(*pauses.begin(), milliseconds(20));
  EXPECT_GT(*pauses.rbegin(), milliseconds(80));
}

TEST(Backoff, TheServersRetryDelayIsTheLeast) {
  const absl::Status failure = ToAbslStatus(wire::ToGrpcStatus(SerializationFailure()));
  const auto delay = DetailsOf(failure).retry_delay;
  ASSERT_TRUE(delay.has_value());
  ASSERT_GT(*delay, nanoseconds(0));
  internal::Backoff least(Options(10, 50, 2), [] { return 0.0; });
  EXPECT_EQ(least.Next(failure), *delay);
  internal::Backoff most(Options(10, 50, 2), [] { return 0.999; });
  EXPECT_GT(most.Next(failure), *delay + milliseconds(9));
}

TEST(Backoff, TimesWithoutEndDoNotOverflow) {
  BackoffOptions options;
  options.initial = milliseconds::max();
  options.longest = milliseconds::max();
  options.factor = 1e300;
  internal::Backoff backoff(options, [] { return 0.999; });
  for (int i = 0; i < 3; ++i) {
    const nanoseconds pause = backoff.Next(kNoDelay);
    EXPECT_GT(pause, std::chrono::hours(24 * 300));
    EXPECT_LE(pause, std::chrono::hours(24 * 365));
  }
}

TEST(Backoff, SenselessOptionsGiveNoNegativePause) {
  internal::Backoff backoff(Options(-5, -1, 0.1), [] { return 0.9; });
  for (int i = 0; i < 5; ++i) EXPECT_EQ(backoff.Next(kNoDelay), nanoseconds(0));
}

}  // namespace
}  // namespace rowkeeper::client
