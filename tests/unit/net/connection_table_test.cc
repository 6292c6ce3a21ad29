#include "server/net/connection_table.h"

#include <gtest/gtest.h>

#include <set>

#include "server/net/file_limit.h"

namespace rowkeeper::net {
namespace {

Connection Of(const std::string& key, std::optional<uid_t> uid = std::nullopt) {
  Connection connection;
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
  EXPECT_EQ(table.WhyNot(Of("a").peer), Refusal::kMaxConnectionsPerPeer);
  EXPECT_EQ(table.WhyNot(Of("b").peer), std::nullopt);
  table.Add(Of("b"));
  EXPECT_EQ(table.WhyNot(Of("c").peer), Refusal::kMaxConnections);
  table.Remove(first);
  EXPECT_EQ(table.WhyNot(Of("a").peer), std::nullopt) << "as soon as there is room";
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
  const ConnectionTable table(limits);
  EXPECT_EQ(table.WhyNot(Of("uid:1000", 1000).peer), std::nullopt);
  EXPECT_EQ(table.WhyNot(Of("uid:0", 0).peer), std::nullopt);
  EXPECT_EQ(table.WhyNot(Of("uid:1001", 1001).peer), Refusal::kAllowUid);
  EXPECT_EQ(table.WhyNot(Of("ipv4:10.0.0.7").peer), std::nullopt);
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
