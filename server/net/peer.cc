#include "server/net/peer.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "server/base/text.h"

namespace rowkeeper::net {
namespace {

/// Of an IPv6 address, what is given to one host or site.
constexpr size_t kPrefixBytes = 8;

Peer OfIpv4(const in_addr& address, in_port_t port) {
  char text[INET_ADDRSTRLEN] = {};
  inet_ntop(AF_INET, &address, text, sizeof(text));
  const std::string key = Cat("ipv4:", text);
  return {Cat(key, ":", ntohs(port)), key, std::nullopt};
}

in_addr MappedIpv4(const in6_addr& address) {
  in_addr mapped{};
  std::copy_n(address.s6_addr + 12, 4, reinterpret_cast<uint8_t*>(&mapped));
  return mapped;
}

/// `scope` begins with a percent sign, or is empty.
std::string KeyOf(const in6_addr& address, const std::string& scope) {
  if (IN6_IS_ADDR_V4MAPPED(&address)) return OfIpv4(MappedIpv4(address), 0).key;
  // All hosts of a link have the same prefix.
  const bool of_link = IN6_IS_ADDR_LINKLOCAL(&address);
  in6_addr kept = address;
  if (!of_link) std::fill(kept.s6_addr + kPrefixBytes, kept.s6_addr + sizeof(kept.s6_addr), uint8_t{0});
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &kept, text, sizeof(text));
  return Cat("ipv6:", text, of_link ? scope : "/64");
}

Peer OfIpv6(const sockaddr_in6& address) {
  if (IN6_IS_ADDR_V4MAPPED(&address.sin6_addr)) return OfIpv4(MappedIpv4(address.sin6_addr), address.sin6_port);
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(AF_INET6, &address.sin6_addr, text, sizeof(text));
  const std::string scope = address.sin6_scope_id == 0 ? "" : Cat(address.sin6_scope_id);
  const std::string name =
      Cat("ipv6:%5B", text, scope.empty() ? "" : Cat("%25", scope), "%5D:", ntohs(address.sin6_port));
  return {name, KeyOf(address.sin6_addr, scope.empty() ? "" : Cat("%", scope)), std::nullopt};
}

Peer OfUnix(int socket) {
  ucred credentials{};
  socklen_t size = sizeof(credentials);
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return {};
  return {"unix:", Cat("uid:", credentials.uid), credentials.uid};
}

}  // namespace

std::optional<std::string> KeyOfIpv6(const std::string& address) {
  const size_t percent = std::min(address.find('%'), address.size());
  in6_addr parsed{};
  if (inet_pton(AF_INET6, address.substr(0, percent).c_str(), &parsed) != 1) return std::nullopt;
  return KeyOf(parsed, address.substr(percent));
}

Peer PeerOf(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getpeername(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return {};
  switch (address.ss_family) {
    case AF_INET: {
      const auto& ipv4 = reinterpret_cast<const sockaddr_in&>(address);
      return OfIpv4(ipv4.sin_addr, ipv4.sin_port);
    }
    case AF_INET6:
      return OfIpv6(reinterpret_cast<const sockaddr_in6&>(address));
    default:
      return OfUnix(socket);
  }
}

}  // namespace rowkeeper::net
