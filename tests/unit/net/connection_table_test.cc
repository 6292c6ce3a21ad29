#include "server/net/connection_table.h"

#include <gtest/gtest.h>

#include <set>

#include "server/net/file_limit.h"

namespace rowkeeper::net {
namespace {

constexpr Time kNow;

Connection Of(const std::string& key, std::optional<uid_t> uid = std::nullopt) {
  Connection connection(uid ? ByteMeter::Kind::kUnix : ByteMeter::Kind::kTcp);
  connection.peer = {key, key, uid};
  return connection;
}

ConnectionLimits Limits(int all, int per_peer) {
  ConnectionLimits limits;
  limits.max_connections = all;
  limits.max_connections_per_peer = per_peer;
  return limits;
}

TEST(ConnectionTableTest, OnePeerCannotTakeThePlacesOfAll) {
  ConnectionTable table(Limits(3, 2));
  const uint64_t first = table.Add(Of("a"));
  table.Add(Of("a"));
  EXPECT_EQ(table.WhyNot(Of("a").peer, kNow), Refusal::kMaxConnectionsPerPeer);
  EXPECT_EQ(table.WhyNot(Of("b").peer, kNow), std::nullopt);
  table.Add(Of("b"));
  EXPECT_EQ(table.WhyNot(Of("c").peer, kNow), Refusal::kMaxConnections);
  table.Remove(first);
  EXPECT_EQ(table.WhyNot(Of("a").peer, kNow), std::nullopt) << "as soon as there is room";
  EXPECT_EQ(table.size(), 2u);
}

TEST(ConnectionTableTest, NumbersAreNeverGivenTwice) {
  ConnectionTable table(Limits(1, 1));
  std::set<uint64_t> numbers;
  for (int i = 0; i < 100; ++i) {
    const uint64_t number = table.Add(Of("a"));
    EXPECT_TRUE(numbers.insert(number).second);
    EXPECT_NE(table.Find(number), nullptr);
    table.Remove(number);
    EXPECT_EQ(table.Find(number), nullptr);
    table.Remove(number);
  }
  EXPECT_EQ(table.size(), 0u);
}

TEST(ConnectionTableTest, UsersWhoAreNotAllowedAreRefusedOnUnixSocketsOnly) {
  ConnectionLimits limits = Limits(10, 10);
  limits.allowed_uids = {0, 1000};
  ConnectionTable table(limits);
  EXPECT_EQ(table.WhyNot(Of("uid:1000", 1000).peer, kNow), std::nullopt);
  EXPECT_EQ(table.WhyNot(Of("uid:0", 0).peer, kNow), std::nullopt);
  EXPECT_EQ(table.WhyNot(Of("uid:1001", 1001).peer, kNow), Refusal::kAllowUid);
  EXPECT_EQ(table.WhyNot(Of("ipv4:10.0.0.7").peer, kNow), std::nullopt);
}

TEST(ConnectionTableTest, APeerThatHadToBeCutGetsFewNewConnectionsForAWhileAndOthersNoFewer) {
  ConnectionTable table(Limits(100, 100));
  table.Add(Of("a"));
  table.Distrust(Of("a").peer, kNow);
  EXPECT_EQ(table.TrustIn(Of("a").peer, kNow), AbuseDetector::Trust::kLittle);
  int places = 0;
  for (int i = 0; i < 50; ++i) places += table.WhyNot(Of("a").peer, kNow) ? 0 : 1;
  EXPECT_EQ(places, 10);
  EXPECT_EQ(table.WhyNot(Of("a").peer, kNow), Refusal::kDistrust);
  EXPECT_EQ(table.WhyNot(Of("b").peer, kNow), std::nullopt);
  for (int i = 1; i <= 100; ++i) places += table.WhyNot(Of("a").peer, kNow + i * std::chrono::milliseconds(20)) ? 0 : 1;
  EXPECT_NEAR(places, 30, 1) << "ten more a second, however often it asks";
  const Time later = kNow + std::chrono::seconds(29);
  table.ForgetPeers(later);
  EXPECT_EQ(table.TrustIn(Of("a").peer, later), AbuseDetector::Trust::kLittle);
  const Time over = kNow + std::chrono::seconds(31);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(table.WhyNot(Of("a").peer, over), std::nullopt);
}

TEST(ConnectionTableTest, AllConnectionsOfAPeerShareItsResets) {
  ConnectionTable table(Limits(100, 100));
  EXPECT_TRUE(table.MayReset(Of("a").peer, 15000, kNow));
  EXPECT_FALSE(table.MayReset(Of("a").peer, 15000, kNow));
  EXPECT_TRUE(table.MayReset(Of("b").peer, 15000, kNow));
  EXPECT_TRUE(table.MayReset(Of("a").peer, 5000, kNow + std::chrono::seconds(1)));
}

TEST(ConnectionTableTest, WhoGoesAndComesAgainMayResetNoMore) {
  ConnectionTable table(Limits(100, 100));
  table.Remove(table.Add(Of("a")));
  EXPECT_TRUE(table.MayReset(Of("a").peer, 20000, kNow));
  table.ForgetPeers(kNow);
  EXPECT_FALSE(table.MayReset(Of("a").peer, 1, kNow));
  table.ForgetPeers(kNow + std::chrono::seconds(4));
  EXPECT_TRUE(table.MayReset(Of("a").peer, 20000, kNow + std::chrono::seconds(4)));
  EXPECT_FALSE(table.MayReset(Of("a").peer, 1, kNow + std::chrono::seconds(4)));
}

TEST(RefusalTest, EachHasANameOfItsOwn) {
  std::set<std::string_view> names;
  for (size_t i = 0; i < kRefusals; ++i) EXPECT_TRUE(names.insert(RefusalName(static_cast<Refusal>(i))).second);
  EXPECT_EQ(names.count(""), 0u);
}

TEST(FileLimitTest, EachConnectionTakesTwoFiles) {
  EXPECT_EQ(ConnectionsWithin(1024, 200), 412);
  EXPECT_EQ(ConnectionsWithin(200, 200), 0);
  EXPECT_EQ(ConnectionsWithin(201, 200), 0);
  EXPECT_EQ(ConnectionsWithin(100, 200), 0);
}

}  // namespace
}  // namespace rowkeeper::net
