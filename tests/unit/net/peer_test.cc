#include "server/net/peer.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "server/base/file_descriptor.h"
#include "server/base/listen_address.h"

namespace rowkeeper::net {
namespace {

/// The server's end of a connection to `host`.
FileDescriptor AcceptedFrom(const std::string& host, FileDescriptor* client) {
  ListenAddress address;
  EXPECT_TRUE(ParseListenAddress(host + ":0", &address).ok());
  absl::StatusOr<std::vector<Listener>> listeners = ListenOnAll(address);
  if (!listeners.ok()) return {};
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  getsockname(listeners->front().socket.get(), reinterpret_cast<sockaddr*>(&name), &size);
  if (name.ss_family == AF_INET6 && host == "[::]") {
    reinterpret_cast<sockaddr_in6&>(name).sin6_addr = in6addr_loopback;
  }
  *client = FileDescriptor(socket(name.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
  EXPECT_EQ(connect(client->get(), reinterpret_cast<sockaddr*>(&name), size), 0);
  return FileDescriptor(accept(listeners->front().socket.get(), nullptr, nullptr));
}

std::string PortOfClient(const FileDescriptor& client) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  getsockname(client.get(), reinterpret_cast<sockaddr*>(&name), &size);
  return std::to_string(ntohs(reinterpret_cast<const sockaddr_in&>(name).sin_port));
}

TEST(PeerTest, AnIpv4PeerIsCountedByItsAddress) {
  FileDescriptor client;
  const FileDescriptor accepted = AcceptedFrom("127.0.0.1", &client);
  const Peer peer = PeerOf(accepted.get());
  EXPECT_EQ(peer.name, "ipv4:127.0.0.1:" + PortOfClient(client));
  EXPECT_EQ(peer.key, "ipv4:127.0.0.1");
  EXPECT_EQ(peer.uid, std::nullopt);
}

TEST(PeerTest, AnIpv6PeerIsCountedByItsNetwork) {
  FileDescriptor client;
  const FileDescriptor accepted = AcceptedFrom("[::1]", &client);
  if (!accepted.valid()) GTEST_SKIP() << "no IPv6 here";
  const Peer peer = PeerOf(accepted.get());
  EXPECT_EQ(peer.name, "ipv6:%5B::1%5D:" + PortOfClient(client));
  EXPECT_EQ(peer.key, "ipv6:::/64");
}

TEST(PeerTest, HostsOfANetworkAreOnePeerAndNeighboursOnALinkAreNot) {
  EXPECT_EQ(KeyOfIpv6("2001:db8:0:1:aaaa::1"), "ipv6:2001:db8:0:1::/64");
  EXPECT_EQ(KeyOfIpv6("2001:db8:0:1:bbbb::2"), "ipv6:2001:db8:0:1::/64");
  EXPECT_EQ(KeyOfIpv6("2001:db8:0:2::1"), "ipv6:2001:db8:0:2::/64");
  EXPECT_EQ(KeyOfIpv6("::ffff:10.0.0.7"), "ipv4:10.0.0.7");
  EXPECT_EQ(KeyOfIpv6("fe80::1%2"), "ipv6:fe80::1%2");
  EXPECT_EQ(KeyOfIpv6("fe80::1%3"), "ipv6:fe80::1%3");
  EXPECT_EQ(KeyOfIpv6("2001:db8::"), "ipv6:2001:db8::/64");
  EXPECT_EQ(KeyOfIpv6(""), std::nullopt);
  EXPECT_EQ(KeyOfIpv6("10.0.0.7"), std::nullopt);
}

TEST(PeerTest, APeerOfAUnixSocketIsItsUser) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  const FileDescriptor one(ends[0]);
  const FileDescriptor other(ends[1]);
  const Peer peer = PeerOf(one.get());
  EXPECT_EQ(peer.name, "unix:");
  EXPECT_EQ(peer.uid, getuid());
  EXPECT_EQ(peer.key, "uid:" + std::to_string(getuid()));
}

TEST(PeerTest, WhoIsGoneHasNoName) {
  FileDescriptor client;
  const FileDescriptor accepted = AcceptedFrom("127.0.0.1", &client);
  const linger at_once{1, 0};
  setsockopt(client.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  client = FileDescriptor();
  EXPECT_EQ(PeerOf(accepted.get()).key, "");
}

}  // namespace
}  // namespace rowkeeper::net
