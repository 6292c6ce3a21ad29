#include "server/net/conduct.h"

#include <gtest/gtest.h>

#include <set>

namespace rowkeeper::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Trust = Conduct::Trust;

constexpr auto kLook = milliseconds(50);

AbuseLimits SmallRequests() {
  AbuseLimits limits;
  limits.max_request_bytes = 1000;
  return limits;
}

/// A connection whose counts grow by the same at each look.
class ConductTest : public ::testing::Test {
 protected:
  /// The first cut in `looks` looks.
  std::optional<Cut> Go(const StreamCounts& each, uint64_t bytes_each, int looks, Trust trust = Trust::kNormal) {
    for (int i = 0; i < looks; ++i) {
      now_ += kLook;
      counts_.started += each.started;
      counts_.succeeded += each.succeeded;
      counts_.failed += each.failed;
      counts_.messages += each.messages;
      bytes_ += bytes_each;
      if (const std::optional<Cut> cut = conduct_.Judge(bytes_, counts_, trust, now_)) return cut;
    }
    return std::nullopt;
  }

  Conduct conduct_{SmallRequests()};
  StreamCounts counts_;
  uint64_t bytes_ = 0;
  Time now_;
};

constexpr int kHour = 3600 * 20;

TEST_F(ConductTest, CallsThatAreAnsweredAreNeverTooMany) {
  EXPECT_EQ(Go({1000, 1000, 0, 1000}, 200000, kHour), std::nullopt);
  EXPECT_EQ(Go({1000, 1000, 0, 1000}, 200000, kHour, Trust::kLittle), std::nullopt);
}

TEST_F(ConductTest, AnImportIsNeverTooLong) {
  EXPECT_EQ(Go({1, 0, 0, 1}, 1000, 1), std::nullopt);
  EXPECT_EQ(Go({0, 0, 0, 10}, 10000, kHour), std::nullopt);
}

TEST_F(ConductTest, AllCallsMayRunIntoTheirDeadline) {
  for (int second = 0; second < 600; ++second) {
    EXPECT_EQ(Go({1000, 0, 0, 1000}, 100000, 1), std::nullopt);
    EXPECT_EQ(Go({}, 0, 18), std::nullopt);
    EXPECT_EQ(Go({0, 0, 1000, 0}, 13000, 1), std::nullopt) << second;
  }
}

TEST_F(ConductTest, HalfOfTheCallsMayBeCancelledAtAnyRate) {
  EXPECT_EQ(Go({1000, 500, 500, 1000}, 200000, kHour), std::nullopt);
  EXPECT_EQ(Go({1000, 500, 500, 1000}, 200000, kHour, Trust::kLittle), std::nullopt);
}

TEST_F(ConductTest, CallsThatAreResetBeforeTheirRequestAreSoonTooMany) {
  EXPECT_EQ(Go({500, 0, 500, 0}, 14000, 10), Cut::kResets);
}

TEST_F(ConductTest, SoAreThoseWhoseMemoryIsStillHeld) { EXPECT_EQ(Go({500, 0, 0, 0}, 14000, 10), Cut::kResets); }

TEST_F(ConductTest, SoAreThoseThatAreResetAfterTheirRequest) {
  EXPECT_EQ(Go({500, 0, 500, 500}, 20000, 100), Cut::kResets);
}

TEST_F(ConductTest, WhoseNeighbourWasCutMayResetLess) {
  EXPECT_EQ(Go({100, 0, 100, 100}, 3000, 2, Trust::kLittle), std::nullopt);
  EXPECT_EQ(Go({100, 0, 100, 100}, 3000, 1, Trust::kLittle), Cut::kResets);
}

TEST_F(ConductTest, MoreStreamsThanAreAllowedEndTheConnection) {
  EXPECT_EQ(Go({1500, 0, 0, 1500}, 1000, 1), std::nullopt) << "it may not know yet";
  EXPECT_EQ(Go({}, 0, 99), std::nullopt);
  EXPECT_EQ(Go({}, 0, 3), Cut::kStreams) << "it does not want to know";
}

TEST_F(ConductTest, TwiceAsManyStreamsEndItAtOnce) { EXPECT_EQ(Go({2001, 0, 0, 2001}, 1000, 1), Cut::kStreams); }

TEST_F(ConductTest, BytesThatBringNoCallFurtherAreAFlood) {
  EXPECT_EQ(Go({}, 100000, 10), std::nullopt);
  EXPECT_EQ(Go({}, 100000, 10), Cut::kFlood);
}

TEST_F(ConductTest, OpenCallsMaySendTheirRequests) {
  EXPECT_EQ(Go({1000, 0, 0, 0}, 1000, 1), std::nullopt);
  EXPECT_EQ(Go({}, 100000, 20), std::nullopt);
  EXPECT_EQ(Go({}, 100000, 10), Cut::kFlood) << "all of them are larger than may be";
}

TEST_F(ConductTest, CallsThatNeverSendTheirRequestEndAConnectionWithoutOthers) {
  EXPECT_EQ(Go({10, 0, 0, 0}, 100, 1), std::nullopt);
  EXPECT_EQ(Go({}, 0, 20 * 60), std::nullopt);
  EXPECT_EQ(Go({}, 0, 2), Cut::kUnfinished);
}

TEST_F(ConductTest, ARequestMayBeSentSlowly) {
  AbuseLimits limits;
  limits.max_request_bytes = 100 << 20;
  Conduct conduct(limits);
  Time now;
  uint64_t bytes = 0;
  for (int second = 0; second < 600; ++second) {
    now += std::chrono::seconds(1);
    bytes += 70 << 10;  // 41 MiB in ten minutes
    ASSERT_EQ(conduct.Judge(bytes, {1, 0, 0, 0}, Trust::kNormal, now), std::nullopt) << second;
  }
}

TEST_F(ConductTest, CountsOfAnotherConnectionSayNothing) {
  EXPECT_EQ(Go({100, 90, 10, 90}, 5000, 10), std::nullopt);
  EXPECT_EQ(conduct_.Judge(bytes_ + 5000, {10, 9, 1, 9}, Trust::kNormal, now_ + kLook), std::nullopt);
}

TEST_F(ConductTest, ACallMayTakeAsLongAsItWants) {
  EXPECT_EQ(Go({10, 0, 0, 10}, 100, 1), std::nullopt);
  EXPECT_EQ(Go({}, 0, kHour), std::nullopt);
}

TEST(CutTest, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kCuts; ++i) EXPECT_TRUE(names.insert(CutName(static_cast<Cut>(i))).second);
  EXPECT_EQ(names.count(""), 0u);
}

}  // namespace
}  // namespace rowkeeper::net
