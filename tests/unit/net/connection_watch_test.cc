#include "server/net/connection_watch.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>

#include <map>
#include <string>
#include <utility>

namespace rowkeeper::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// Knows of streams what a test says.
class ToldStreams : public StreamTracker {
 public:
  void Opening(uint64_t connection, const std::string&) override { counts[connection] = StreamCounts(); }
  void Opened(uint64_t) override {}
  std::optional<StreamCounts> CountsOf(uint64_t connection) override {
    const auto found = counts.find(connection);
    return found == counts.end() ? std::nullopt : std::optional(found->second);
  }
  void Forget(uint64_t connection) override { counts.erase(connection); }

  std::map<uint64_t, StreamCounts> counts;
};

ConnectionLimits FewStreams() {
  ConnectionLimits limits;
  limits.abuse.peer_streams = 10000;
  return limits;
}

/// Connections of unix sockets, whose peers are named as a test wants; time passes when it says so.
class ConnectionWatchTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(watch_.Open().ok()); }
  uint64_t Connect(const std::string& peer) {
    int ends[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
    const auto number = watch_.Add({"unix:", peer, uid_t{1}}, ends[1], now_);
    EXPECT_TRUE(number.has_value());
    watch_.NoteServed(*number);
    clients_[*number] = FileDescriptor(ends[0]);
    served_[*number] = FileDescriptor(ends[1]);
    return *number;
  }
  void Bring(uint64_t number, uint64_t bytes) {
    std::string read(bytes, 'b');
    ASSERT_EQ(send(clients_.at(number).get(), read.data(), bytes, MSG_NOSIGNAL), static_cast<ssize_t>(bytes));
  }
  /// Sends some bytes that are read after the watch has seen them.
  void BringAndPoll(uint64_t number) {
    Bring(number, 5000);
    Poll();
    std::string read(5000, '\0');
    (void)recv(served_.at(number).get(), read.data(), read.size(), MSG_DONTWAIT);
  }
  /// As a peer that resets the connection, or as whoever serves it and has enough.
  void Leave(uint64_t number) { shutdown(served_.at(number).get(), SHUT_RDWR); }
  void Poll(milliseconds later = milliseconds(60)) {
    now_ += later;
    watch_.Poll(now_);
  }
  bool IsAborted(uint64_t number) {
    char byte = 0;
    return recv(clients_.at(number).get(), &byte, 1, MSG_DONTWAIT) == 0;
  }
  uint64_t aborted(AbortCause cause) const { return watch_.aborted()[static_cast<size_t>(cause)]; }

  ToldStreams streams_;
  ConnectionWatch watch_{FewStreams(), &streams_};
  std::map<uint64_t, FileDescriptor> clients_;
  std::map<uint64_t, FileDescriptor> served_;
  Time now_ = Time() + seconds(1000);
};

StreamCounts Open(uint64_t open, uint64_t messages) {
  StreamCounts counts;
  counts.started = open;
  counts.messages = messages;
  return counts;
}

TEST_F(ConnectionWatchTest, OneThatOnlyResetsIsCut) {
  const uint64_t bad = Connect("a");
  const uint64_t good = Connect("a");
  streams_.counts[bad] = Open(1300, 0);
  streams_.counts[good] = Open(1, 1);
  BringAndPoll(bad);
  BringAndPoll(good);
  EXPECT_TRUE(IsAborted(bad));
  EXPECT_FALSE(IsAborted(good));
  EXPECT_EQ(aborted(AbortCause::kResets), 1u);
  EXPECT_EQ(watch_.size(), 1u);
}

TEST_F(ConnectionWatchTest, OneWhoseStreamsAreNotKnownYetIsJudgedAsSoonAsTheyAre) {
  const uint64_t bad = Connect("a");
  streams_.counts.erase(bad);
  BringAndPoll(bad);
  Poll();
  EXPECT_FALSE(IsAborted(bad));
  streams_.counts[bad] = Open(1300, 0);
  Poll();
  EXPECT_TRUE(IsAborted(bad)) << "though it brings nothing more";
}

TEST_F(ConnectionWatchTest, OneThatIsGoneBeforeItWasJudgedIsDistrustedAllTheSame) {
  const uint64_t bad = Connect("a");
  streams_.counts[bad] = Open(2000, 0);
  Bring(bad, 5000);
  Leave(bad);
  Poll();
  EXPECT_EQ(aborted(AbortCause::kResets), 1u);
  EXPECT_EQ(watch_.size(), 0u);
}

TEST_F(ConnectionWatchTest, StreamsThatComeToBeAfterTheirConnectionIsGoneAreItsPeers) {
  const uint64_t bad = Connect("a");
  Leave(bad);
  Poll();
  ASSERT_EQ(watch_.size(), 0u);
  streams_.counts[bad] = Open(21000, 0);
  Poll();
  EXPECT_EQ(watch_.WhyNot({"unix:", "a", uid_t{1}}, now_), Refusal::kDistrust);
  EXPECT_EQ(watch_.WhyNot({"unix:", "b", uid_t{1}}, now_), std::nullopt);
}

TEST_F(ConnectionWatchTest, BytesThatAreReadAfterTheLookAreJudgedWithoutAnotherEvent) {
  const uint64_t bad = Connect("a");
  BringAndPoll(bad);
  streams_.counts[bad] = Open(2000, 0);
  Poll();
  EXPECT_TRUE(IsAborted(bad));
}

TEST_F(ConnectionWatchTest, QuietConnectionsDoNotCountForWhatTheyOnceHadOpen) {
  std::vector<uint64_t> quiet;
  for (int i = 0; i < 20; ++i) quiet.push_back(Connect("a"));
  for (const uint64_t number : quiet) {
    streams_.counts[number] = Open(600, 600);
    BringAndPoll(number);
    streams_.counts[number].succeeded = 600;
  }
  EXPECT_EQ(watch_.size(), 20u);
  EXPECT_EQ(aborted(AbortCause::kStreams), 0u);
}

TEST_F(ConnectionWatchTest, TheOneThatIsJudgedMayBeTheWorstOfACrowd) {
  for (int i = 0; i < 16; ++i) {
    const uint64_t flood = Connect("a");
    streams_.counts[flood] = Open(600, 600);
    BringAndPoll(flood);
  }
  ASSERT_EQ(aborted(AbortCause::kStreams), 0u);
  const uint64_t worst = Connect("a");
  streams_.counts[worst] = Open(900, 900);
  BringAndPoll(worst);
  EXPECT_TRUE(IsAborted(worst));
}

TEST_F(ConnectionWatchTest, BytesWithoutCallsAreAFlood) {
  const uint64_t bad = Connect("a");
  for (int i = 0; i < 3000 && !IsAborted(bad); ++i) BringAndPoll(bad);
  EXPECT_TRUE(IsAborted(bad));
  EXPECT_EQ(aborted(AbortCause::kFlood), 1u);
}

TEST_F(ConnectionWatchTest, TheWorstOfAPeerAreCutWhenItHoldsTooManyStreams) {
  std::vector<uint64_t> floods;
  for (int i = 0; i < 20; ++i) floods.push_back(Connect("a"));
  const uint64_t good = Connect("a");
  const uint64_t other = Connect("b");
  streams_.counts[good] = {5000, 4200, 0, 5000, 4200};
  streams_.counts[other] = Open(800, 800);
  BringAndPoll(good);
  BringAndPoll(other);
  for (const uint64_t flood : floods) {
    streams_.counts[flood] = Open(600, 600);
    BringAndPoll(flood);
  }
  EXPECT_GE(aborted(AbortCause::kStreams), 9u);
  EXPECT_FALSE(IsAborted(good));
  EXPECT_FALSE(IsAborted(other));
}

TEST_F(ConnectionWatchTest, APeerGetsNoConnectionWhileStreamsOfThoseThatWereCutAreHeld) {
  std::vector<uint64_t> floods;
  for (int i = 0; i < 20; ++i) floods.push_back(Connect("a"));
  for (const uint64_t flood : floods) {
    streams_.counts[flood] = Open(600, 600);
    BringAndPoll(flood);
  }
  ASSERT_GT(aborted(AbortCause::kStreams), 0u);
  Poll(seconds(1));
  EXPECT_EQ(watch_.WhyNot({"unix:", "a", uid_t{1}}, now_), Refusal::kDistrust);
  EXPECT_EQ(watch_.WhyNot({"unix:", "b", uid_t{1}}, now_), std::nullopt);
  for (auto& [number, counts] : streams_.counts) counts.failed = counts.started;
  Poll(seconds(1));
  EXPECT_EQ(watch_.WhyNot({"unix:", "a", uid_t{1}}, now_), std::nullopt) << "ten a second";
  EXPECT_LE(streams_.counts.size(), watch_.size()) << "those that are over are forgotten";
}

TEST_F(ConnectionWatchTest, NewConnectionsOfADistrustedPeerCountForStreamsThatTheyMayOpen) {
  const uint64_t bad = Connect("a");
  streams_.counts[bad] = Open(1300, 0);
  BringAndPoll(bad);
  ASSERT_TRUE(IsAborted(bad));
  for (auto& [number, counts] : streams_.counts) counts.failed = counts.started;
  Poll(seconds(1));
  int places = 0;
  for (; places < 20 && !watch_.WhyNot({"unix:", "a", uid_t{1}}, now_); ++places) Connect("a");
  EXPECT_EQ(places, 3);
  Poll(seconds(2));
  EXPECT_EQ(watch_.WhyNot({"unix:", "a", uid_t{1}}, now_), std::nullopt) << "they had their time";
}

TEST_F(ConnectionWatchTest, OnlyConnectionsWithoutCallsAreEndedAtTheEnd) {
  const uint64_t idle = Connect("a");
  const uint64_t busy = Connect("a");
  streams_.counts[busy] = Open(1, 1);
  watch_.EndIdle();
  EXPECT_TRUE(IsAborted(idle));
  EXPECT_FALSE(IsAborted(busy));
}

}  // namespace
}  // namespace rowkeeper::net
