#include "tests/support/gate_sockets.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "server/base/text.h"

namespace rowkeeper::testing {
namespace {

std::string ValueOr(const db::ConnInfo& info, const char* key, const char* otherwise) {
  const auto found = info.find(key);
  return found == info.end() ? otherwise : found->second;
}

std::optional<GateTarget> UnixTarget(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return std::nullopt;
  path.copy(address.sun_path, path.size());
  GateTarget result;
  std::memcpy(&result.storage, &address, sizeof(address));
  result.size = sizeof(address);
  return result;
}

/// A socket bound to 127.0.0.1 that does not listen; whoever connects is refused. 0: any port.
int BindLoopback(int port) {
  const int bound = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  if (bind(bound, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0) return bound;
  close(bound);
  return -1;
}

}  // namespace

std::optional<GateTarget> ResolveGateTarget(const db::ConnInfo& info) {
  const std::string host = ValueOr(info, "hostaddr", ValueOr(info, "host", "localhost").c_str());
  const std::string port = ValueOr(info, "port", "5432");
  if (!host.empty() && host[0] == '/') return UnixTarget(Cat(host, "/.s.PGSQL.", port));
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0) return std::nullopt;
  GateTarget result;
  std::memcpy(&result.storage, found->ai_addr, found->ai_addrlen);
  result.size = found->ai_addrlen;
  freeaddrinfo(found);
  return result;
}

std::string UrlThrough(db::ConnInfo info, int port) {
  info.erase("hostaddr");
  info["host"] = "127.0.0.1";
  info["port"] = std::to_string(port);
  info["sslmode"] = "disable";
  info["gssencmode"] = "disable";
  return db::ToUri(info);
}

int BindAnyPort() {
  while (true) {
    // Bound by number, for a port that the kernel chose is lost when the socket ceases to listen.
    const int chosen = BindLoopback(0);
    const int port = PortOf(chosen);
    close(chosen);
    if (const int bound = BindLoopback(port); bound >= 0) return bound;
  }
}

int PortOf(int bound) {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(bound, reinterpret_cast<sockaddr*>(&address), &size);
  return ntohs(address.sin_port);
}

int ConnectTo(const GateTarget& target) {
  const int connected = socket(target.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connected, target.get(), target.size) == 0) {
    fcntl(connected, F_SETFL, O_NONBLOCK);
    return connected;
  }
  close(connected);
  return -1;
}

void SendAtOnce(int connected) {
  const int on = 1;
  setsockopt(connected, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));  // fails on a Unix socket, which has no delay
}

}  // namespace rowkeeper::testing
