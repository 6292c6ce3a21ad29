#include "server/admin/audience.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

namespace rowkeeper::admin {
namespace {

PeerPlace PlaceOfIpv4(const char* address) {
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  EXPECT_EQ(inet_pton(AF_INET, address, &peer.sin_addr), 1);
  return PlaceOf(reinterpret_cast<const sockaddr*>(&peer));
}

PeerPlace PlaceOfIpv6(const char* address) {
  sockaddr_in6 peer{};
  peer.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, address, &peer.sin6_addr), 1);
  return PlaceOf(reinterpret_cast<const sockaddr*>(&peer));
}

TEST(AudienceTest, OnlyLoopbackAddressesAndUnixSocketsAreOfThisMachine) {
  EXPECT_EQ(PlaceOfIpv4("127.0.0.1"), PeerPlace::kThisMachine);
  EXPECT_EQ(PlaceOfIpv4("127.8.9.10"), PeerPlace::kThisMachine);
  EXPECT_EQ(PlaceOfIpv6("::1"), PeerPlace::kThisMachine);
  EXPECT_EQ(PlaceOfIpv6("::ffff:127.0.0.1"), PeerPlace::kThisMachine);
  for (const char* address : {"10.0.0.1", "128.0.0.1", "126.255.255.255", "0.0.0.0", "192.168.127.1"}) {
    EXPECT_EQ(PlaceOfIpv4(address), PeerPlace::kElsewhere) << address;
  }
  for (const char* address : {"::", "::2", "fe80::1", "::ffff:10.0.0.1", "7f00::1"}) {
    EXPECT_EQ(PlaceOfIpv6(address), PeerPlace::kElsewhere) << address;
  }
  sockaddr_un peer{};
  peer.sun_family = AF_UNIX;
  EXPECT_EQ(PlaceOf(reinterpret_cast<const sockaddr*>(&peer)), PeerPlace::kUnixSocket);
  EXPECT_EQ(PlaceOf(nullptr), PeerPlace::kElsewhere);
}

TEST(AudienceTest, NamesThatSomebodyElseMayOwnAreNotThisMachines) {
  for (const char* host : {"", "localhost", "LocalHost:50052", "127.0.0.1", "127.0.0.1:50052", "[::1]", "[::1]:50052",
                           "10.1.2.3:80", "localhost:"}) {
    EXPECT_TRUE(MayNameThisMachine(host)) << host;
  }
  for (const char* host :
       {"evil.example", "evil.example:50052", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1:5:5",
        "localhost:evil", "evil@localhost", "::1", "[::1", "[evil]", "2130706433", "0x7f.1", "127.1", " localhost",
        "localhost ", "localhost:123456", ":", "[]", "localhost\t"}) {
    EXPECT_FALSE(MayNameThisMachine(host)) << host;
  }
}

TEST(AudienceTest, AFormOfABrowserHasToBeOfThisSite) {
  EXPECT_TRUE(MayBeOwnForm({"", "", "localhost:50052"})) << "curl";
  EXPECT_TRUE(MayBeOwnForm({"same-origin", "http://localhost:50052", "localhost:50052"}));
  EXPECT_TRUE(MayBeOwnForm({"", "http://localhost:50052", "localhost:50052"})) << "a browser that is old";
  EXPECT_TRUE(MayBeOwnForm({"", "http://[::1]:50052", "[::1]:50052"}));
  for (const char* site : {"cross-site", "same-site", "none", "x"}) {
    EXPECT_FALSE(MayBeOwnForm({site, "http://localhost:50052", "localhost:50052"})) << site;
  }
  for (const char* origin : {"null", "http://localhost", "http://localhost:50053", "http://evil.example:50052",
                             "localhost:50052", "http://localhost:50052.evil.example"}) {
    EXPECT_FALSE(MayBeOwnForm({"", origin, "localhost:50052"})) << origin;
  }
}

TEST(AudienceTest, APeerIsNamedByItsAddress) {
  EXPECT_EQ(PeerText(nullptr), "an unknown address");
  sockaddr_in ipv4{};
  ipv4.sin_family = AF_INET;
  ipv4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(PeerText(reinterpret_cast<const sockaddr*>(&ipv4)), "127.0.0.1");
  sockaddr_un socket{};
  socket.sun_family = AF_UNIX;
  EXPECT_EQ(PeerText(reinterpret_cast<const sockaddr*>(&socket)), "a unix socket");
}

}  // namespace
}  // namespace rowkeeper::admin
