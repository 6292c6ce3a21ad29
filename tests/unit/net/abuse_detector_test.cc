#include "server/net/abuse_detector.h"

#include <gtest/gtest.h>

#include <set>

namespace rowkeeper::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Trust = AbuseDetector::Trust;

constexpr auto kPoll = milliseconds(50);
constexpr int kHour = 3600 * 20;

AbuseLimits SmallRequests() {
  AbuseLimits limits;
  limits.max_request_bytes = 1000;
  return limits;
}

/// A connection whose counts grow by the same at each poll.
class AbuseDetectorTest : public ::testing::Test {
 protected:
  /// Why it is aborted within `polls` polls; none when it is not.
  std::optional<AbortCause> Go(const StreamCounts& each, uint64_t bytes_each, int polls, Trust trust = Trust::kNormal) {
    for (int i = 0; i < polls; ++i) {
      now_ += kPoll;
      counts_.started += each.started;
      counts_.succeeded += each.succeeded;
      counts_.failed += each.failed;
      counts_.messages += each.messages;
      counts_.sent += each.sent;
      bytes_ += bytes_each;
      if (const std::optional<AbortCause> cause = detector_.Judge(bytes_, counts_, trust, now_)) return cause;
    }
    return std::nullopt;
  }

  AbuseDetector detector_{SmallRequests()};
  StreamCounts counts_;
  uint64_t bytes_ = 0;
  Time now_;
};

TEST_F(AbuseDetectorTest, CallsThatAreAnsweredAreNeverTooMany) {
  EXPECT_EQ(Go({1000, 1000, 0, 1000}, 200000, kHour), std::nullopt);
  EXPECT_EQ(Go({1000, 1000, 0, 1000}, 200000, kHour, Trust::kLittle), std::nullopt);
}

TEST_F(AbuseDetectorTest, AnImportIsNeverTooLong) {
  EXPECT_EQ(Go({1, 0, 0, 1}, 1000, 1), std::nullopt);
  EXPECT_EQ(Go({0, 0, 0, 10}, 10000, kHour), std::nullopt);
}

/// Its client tells of each part that it took, and sends nothing else.
TEST_F(AbuseDetectorTest, NorIsAnExport) {
  EXPECT_EQ(Go({1, 0, 0, 1, 0}, 1000, 1), std::nullopt);
  EXPECT_EQ(Go({0, 0, 0, 0, 2}, 2 * 3300, 10 * kHour), std::nullopt);
}

TEST_F(AbuseDetectorTest, WhoOnlyListensMayPingForEver) {
  EXPECT_EQ(Go({1, 0, 0, 1, 1}, 1000, 1), std::nullopt);
  for (int ping = 0; ping < 60 * 24 * 365; ++ping) {
    now_ += seconds(10);
    ASSERT_EQ(Go({}, 1024, 1), std::nullopt) << ping;
  }
}

TEST_F(AbuseDetectorTest, AllCallsMayRunIntoTheirDeadline) {
  for (int second = 0; second < 600; ++second) {
    EXPECT_EQ(Go({1000, 0, 0, 1000}, 100000, 1), std::nullopt);
    EXPECT_EQ(Go({}, 0, 18), std::nullopt);
    EXPECT_EQ(Go({0, 0, 1000, 0}, 13000, 1), std::nullopt) << second;
  }
}

TEST_F(AbuseDetectorTest, HalfOfTheCallsMayBeCancelledAtAnyRate) {
  EXPECT_EQ(Go({1000, 500, 500, 1000}, 200000, kHour), std::nullopt);
  EXPECT_EQ(Go({1000, 500, 500, 1000}, 200000, kHour, Trust::kLittle), std::nullopt);
}

TEST_F(AbuseDetectorTest, CallsThatAreResetBeforeTheirRequestAreSoonTooMany) {
  EXPECT_EQ(Go({500, 0, 500, 0}, 14000, 10), AbortCause::kResets);
}

TEST_F(AbuseDetectorTest, SoAreThoseWhoseMemoryIsStillHeld) {
  EXPECT_EQ(Go({500, 0, 0, 0}, 14000, 10), AbortCause::kResets);
}

TEST_F(AbuseDetectorTest, SoAreThoseThatAreResetAfterTheirRequest) {
  EXPECT_EQ(Go({500, 0, 500, 500}, 20000, 100), AbortCause::kResets);
}

TEST_F(AbuseDetectorTest, AnsweredCallsAreNoReserveForResets) {
  EXPECT_EQ(Go({1000, 1000, 0, 1000}, 200000, 100), std::nullopt);
  EXPECT_EQ(Go({5000, 0, 5000, 5000}, 200000, 1), AbortCause::kResets);
}

TEST_F(AbuseDetectorTest, NorForStreamsThatComeToNothing) {
  EXPECT_EQ(Go({1000, 1000, 0, 1000}, 200000, kHour), std::nullopt);
  EXPECT_EQ(Go({500, 0, 500, 0}, 14000, 6), AbortCause::kResets);
}

TEST_F(AbuseDetectorTest, NorAreTheMessagesOfAnImport) {
  EXPECT_EQ(Go({1, 0, 0, 1}, 1000, 1), std::nullopt);
  EXPECT_EQ(Go({0, 0, 0, 1000}, 10000, 1000), std::nullopt);
  EXPECT_EQ(Go({500, 0, 500, 0}, 14000, 6), AbortCause::kResets);
}

/// Each answered call makes up for one that was cancelled before its request had come.
TEST_F(AbuseDetectorTest, AFewOfManyCallsMayBeCancelledAtOnce) {
  EXPECT_EQ(Go({200, 100, 100, 100}, 20000, kHour), std::nullopt);
}

TEST_F(AbuseDetectorTest, WhoseNeighbourWasAbortedMayResetLess) {
  EXPECT_EQ(Go({100, 0, 100, 100}, 3000, 2, Trust::kLittle), std::nullopt);
  EXPECT_EQ(Go({100, 0, 100, 100}, 3000, 1, Trust::kLittle), AbortCause::kResets);
}

TEST_F(AbuseDetectorTest, MoreStreamsThanAreAllowedEndTheConnection) {
  EXPECT_EQ(Go({1500, 0, 0, 1500}, 1000, 1), std::nullopt) << "it may not know yet";
  EXPECT_EQ(Go({}, 0, 99), std::nullopt);
  EXPECT_EQ(Go({}, 0, 3), AbortCause::kStreams) << "it does not want to know";
}

TEST_F(AbuseDetectorTest, TwiceAsManyStreamsEndItAtOnce) {
  EXPECT_EQ(Go({2001, 0, 0, 2001}, 1000, 1), AbortCause::kStreams);
}

TEST_F(AbuseDetectorTest, BytesThatBringNoCallFurtherAreAFlood) {
  EXPECT_EQ(Go({}, 100000, 10), std::nullopt);
  EXPECT_EQ(Go({}, 100000, 10), AbortCause::kFlood);
}

TEST_F(AbuseDetectorTest, SoAreThoseBesideAnExport) {
  EXPECT_EQ(Go({1, 0, 0, 1, 0}, 1000, 1), std::nullopt);
  EXPECT_EQ(Go({0, 0, 0, 0, 1}, 100000, 20), AbortCause::kFlood);
}

TEST_F(AbuseDetectorTest, SoAreThoseBetweenCallsThatComeToNothing) {
  EXPECT_EQ(Go({1, 0, 1, 0}, 100000, 20), AbortCause::kFlood);
}

TEST_F(AbuseDetectorTest, OpenCallsMaySendTheirRequests) {
  EXPECT_EQ(Go({1000, 0, 0, 0}, 1000, 1), std::nullopt);
  EXPECT_EQ(Go({}, 100000, 20), std::nullopt);
  EXPECT_EQ(Go({}, 100000, 10), AbortCause::kFlood) << "all of them are larger than may be";
}

TEST_F(AbuseDetectorTest, CallsThatNeverSendTheirRequestEndAConnectionWithoutOthers) {
  EXPECT_EQ(Go({10, 0, 0, 0}, 100, 1), std::nullopt);
  EXPECT_EQ(Go({}, 0, 20 * 60), std::nullopt);
  EXPECT_EQ(Go({}, 0, 2), AbortCause::kUnfinished);
}

TEST_F(AbuseDetectorTest, NorDoesAByteNowAndThenKeepIt) {
  EXPECT_EQ(Go({1, 0, 0, 0}, 100, 1), std::nullopt);
  EXPECT_EQ(Go({}, 10, 61 * 20), AbortCause::kUnfinished);
}

TEST_F(AbuseDetectorTest, ARequestMayBeSentSlowly) {
  AbuseLimits limits;
  limits.max_request_bytes = 100 << 20;
  AbuseDetector detector(limits);
  Time now;
  uint64_t bytes = 0;
  for (int second = 0; second < 600; ++second) {
    now += std::chrono::seconds(1);
    bytes += 70 << 10;  // 41 MiB in ten minutes
    ASSERT_EQ(detector.Judge(bytes, {1, 0, 0, 0}, Trust::kNormal, now), std::nullopt) << second;
  }
}

TEST_F(AbuseDetectorTest, CountsOfAnotherConnectionSayNothing) {
  EXPECT_EQ(Go({100, 90, 10, 90}, 5000, 10), std::nullopt);
  EXPECT_EQ(detector_.Judge(bytes_ + 5000, {10, 9, 1, 9}, Trust::kNormal, now_ + kPoll), std::nullopt);
}

TEST_F(AbuseDetectorTest, ACallMayTakeAsLongAsItWants) {
  EXPECT_EQ(Go({10, 0, 0, 10}, 100, 1), std::nullopt);
  EXPECT_EQ(Go({}, 0, kHour), std::nullopt);
}

TEST(AbortCauseTest, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kAbortCauses; ++i)
    EXPECT_TRUE(names.insert(AbortCauseName(static_cast<AbortCause>(i))).second);
  EXPECT_EQ(names.count(""), 0u);
}

}  // namespace
}  // namespace rowkeeper::net
