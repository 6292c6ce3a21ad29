#include "server/admin/audience.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <string>

namespace rowkeeper::admin {
namespace {

constexpr uint32_t kLoopbackNetwork = 127;

bool IsLoopback(uint32_t ipv4) { return ntohl(ipv4) >> 24 == kLoopbackNetwork; }

bool IsLoopback(const in6_addr& address) {
  if (IN6_IS_ADDR_LOOPBACK(&address)) return true;
  return IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == kLoopbackNetwork;
}

bool IsPort(std::string_view text) {
  return text.size() <= 5 && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// `host` without ":port"; the brackets of an IPv6 address stay.
std::string_view WithoutPort(std::string_view host) {
  const size_t colon = host.rfind(':');
  if (colon == std::string_view::npos || host.back() == ']' || !IsPort(host.substr(colon + 1))) return host;
  return host.substr(0, colon);
}

bool IsAddress(std::string_view name) {
  in_addr ipv4{};
  in6_addr ipv6{};
  if (inet_pton(AF_INET, std::string(name).c_str(), &ipv4) == 1) return true;
  if (name.size() < 2 || name.front() != '[' || name.back() != ']') return false;
  return inet_pton(AF_INET6, std::string(name.substr(1, name.size() - 2)).c_str(), &ipv6) == 1;
}

bool IsLocalhost(std::string_view name) {
  constexpr std::string_view kName = "localhost";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace

PeerPlace PlaceOf(const sockaddr* peer) {
  if (peer == nullptr) return PeerPlace::kElsewhere;
  const auto place = [](bool loopback) { return loopback ? PeerPlace::kThisMachine : PeerPlace::kElsewhere; };
  switch (peer->sa_family) {
    case AF_UNIX:
      return PeerPlace::kUnixSocket;
    case AF_INET:
      return place(IsLoopback(reinterpret_cast<const sockaddr_in*>(peer)->sin_addr.s_addr));
    case AF_INET6:
      return place(IsLoopback(reinterpret_cast<const sockaddr_in6*>(peer)->sin6_addr));
    default:
      return PeerPlace::kElsewhere;
  }
}

std::string PeerText(const sockaddr* peer) {
  constexpr char kUnknown[] = "an unknown address";
  if (peer == nullptr) return kUnknown;
  char text[INET6_ADDRSTRLEN] = "";
  const char* written = nullptr;
  switch (peer->sa_family) {
    case AF_UNIX:
      return "a unix socket";
    case AF_INET:
      written = inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(peer)->sin_addr, text, sizeof(text));
      break;
    case AF_INET6:
      written = inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6*>(peer)->sin6_addr, text, sizeof(text));
      break;
    default:
      break;
  }
  return written == nullptr ? kUnknown : written;
}

bool MayNameThisMachine(std::string_view host) {
  if (host.empty()) return true;
  const std::string_view name = WithoutPort(host);
  return IsAddress(name) || IsLocalhost(name);
}

bool MayBeOwnForm(const RequestOrigin& from) {
  if (!from.site.empty()) return from.site == "same-origin";
  if (from.origin.empty()) return true;
  const size_t scheme = from.origin.find("://");
  return scheme != std::string_view::npos && from.origin.substr(scheme + 3) == from.host;
}

}  // namespace rowkeeper::admin
