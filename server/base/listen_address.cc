#include "server/base/listen_address.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

#include "server/base/errors.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

FileDescriptor NewSocket(int family) { return FileDescriptor(socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0)); }

std::string ErrnoText(int error) { return std::generic_category().message(error); }

absl::Status Refuse(const ListenAddress& address, std::string_view problem) {
  return CannotListen(address.text, problem);
}

absl::Status BadAddress(std::string_view text) {
  return InvalidField("listen address", Cat("\"", text,
                                            "\" is not an address; write host:port, for example "
                                            "127.0.0.1:50051, or unix:/path/to/socket"));
}

absl::Status ExplainBind(const ListenAddress& address, int error) {
  switch (error) {
    case EADDRINUSE:
      return Refuse(address, "another process listens there; stop it, or choose another address");
    case EADDRNOTAVAIL:
      return Refuse(address, "this machine has no such address; use 127.0.0.1 or one of its own");
    case EACCES:
    case EPERM:
      return Refuse(address, "permission denied; ports below 1024 need privileges, choose a higher one");
    default:
      return Refuse(address, ErrnoText(error));
  }
}

enum class Families { kOwn, kBoth };

/// Binds and listens on `info`, an IPv6 one for IPv4 as well when `families` says so; gives errno, or 0.
int TryBind(const addrinfo& info, Families families, FileDescriptor* bound) {
  FileDescriptor socket = NewSocket(info.ai_family);
  if (!socket.valid()) return errno;
  const int on = 1;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  const int only = families == Families::kOwn ? 1 : 0;
  if (info.ai_family == AF_INET6) setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
  if (bind(socket.get(), info.ai_addr, info.ai_addrlen) != 0 || listen(socket.get(), SOMAXCONN) != 0) return errno;
  *bound = std::move(socket);
  return 0;
}

using Resolved = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

absl::StatusOr<Resolved> Resolve(const ListenAddress& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int result = getaddrinfo(address.host().c_str(), address.port().c_str(), &hints, &found);
  Resolved owned(found, &freeaddrinfo);
  if (result != 0) {
    return Refuse(address, Cat("the host is not known (", gai_strerror(result), "); use 127.0.0.1 or an address"));
  }
  return owned;
}

absl::StatusOr<FileDescriptor> BindTcp(const ListenAddress& address) {
  const absl::StatusOr<Resolved> resolved = Resolve(address);
  if (!resolved.ok()) return resolved.status();
  int error = 0;
  for (const addrinfo* info = resolved->get(); info != nullptr; info = info->ai_next) {
    FileDescriptor bound;
    const int attempt = TryBind(*info, Families::kOwn, &bound);
    // A name may resolve to families that this machine lacks; one that works is enough, but none may be taken.
    if (attempt == EADDRINUSE) return ExplainBind(address, attempt);
    if (attempt == 0) return bound;
    error = attempt;
  }
  return ExplainBind(address, error);
}

/// True when a process accepts connections on the socket.
bool IsAlive(const sockaddr_un& name) {
  const FileDescriptor socket = NewSocket(AF_UNIX);
  if (!socket.valid()) return true;
  return connect(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0 || errno == EAGAIN;
}

/// Listens on a socket at `name`; gives errno, or 0.
int TryBindUnix(const sockaddr_un& name, FileDescriptor* bound) {
  FileDescriptor socket = NewSocket(AF_UNIX);
  const bool made = socket.valid() && bind(socket.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0 &&
                    listen(socket.get(), SOMAXCONN) == 0;
  if (!made) return errno;
  *bound = std::move(socket);
  return 0;
}

absl::StatusOr<FileDescriptor> BindUnix(const ListenAddress& address) {
  const std::string path = address.unix_path();
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof(name.sun_path)) {
    return Refuse(address, Cat("the path is longer than ", sizeof(name.sun_path) - 1, " bytes; choose a shorter one"));
  }
  std::copy(path.begin(), path.end(), name.sun_path);
  struct stat file {};
  if (lstat(path.c_str(), &file) == 0) {
    if (!S_ISSOCK(file.st_mode)) return Refuse(address, "the file exists and is not a socket; choose another path");
    if (IsAlive(name)) return ExplainBind(address, EADDRINUSE);
    if (unlink(path.c_str()) != 0) {
      return Refuse(address, Cat("a socket that nobody serves is in the way and cannot be removed (", ErrnoText(errno),
                                 "); remove it"));
    }
  }
  FileDescriptor bound;
  switch (const int error = TryBindUnix(name, &bound)) {
    case 0:
      return bound;
    case ENOENT:
    case ENOTDIR:
      return Refuse(address, "its directory does not exist; create it first");
    case EACCES:
    case EPERM:
    case EROFS:
      return Refuse(address, "no permission to write to its directory; choose another, or change its owner");
    default:
      return ExplainBind(address, error);
  }
}

/// 0 when it cannot be told.
int PortOf(const FileDescriptor& socket) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  if (getsockname(socket.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) return 0;
  if (name.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in&>(name).sin_port);
  if (name.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6&>(name).sin6_port);
  return 0;
}

void SetPort(sockaddr* name, int port) {
  const in_port_t number = htons(static_cast<uint16_t>(port));
  if (name->sa_family == AF_INET) reinterpret_cast<sockaddr_in*>(name)->sin_port = number;
  if (name->sa_family == AF_INET6) reinterpret_cast<sockaddr_in6*>(name)->sin6_port = number;
}

/// On all addresses of both families; where the machine has no IPv6, of IPv4.
absl::StatusOr<Listener> ListenEverywhere(const ListenAddress& address) {
  const absl::StatusOr<Resolved> resolved = Resolve(ListenAddress{Cat("[::]:", address.port())});
  FileDescriptor bound;
  const int error = resolved.ok() ? TryBind(**resolved, Families::kBoth, &bound) : EAFNOSUPPORT;
  if (error == EADDRINUSE) return ExplainBind(address, error);
  if (error == 0) {
    const int port = PortOf(bound);
    return Listener{std::move(bound), ListenAddress{address.WithPort(port)}};
  }
  return Listen(address);
}

bool IsPort(std::string_view text) {
  const bool digits = !text.empty() && text.size() <= 5 &&
                      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits && std::stoi(std::string(text)) <= 65535;
}

}  // namespace

std::string ListenAddress::host() const {
  std::string name = text.substr(0, text.rfind(':'));
  if (name.size() > 2 && name.front() == '[' && name.back() == ']') name = name.substr(1, name.size() - 2);
  return name;
}

std::string ListenAddress::port() const { return text.substr(text.rfind(':') + 1); }

std::string ListenAddress::WithPort(int port) const {
  return is_unix() ? text : Cat(text.substr(0, text.rfind(':')), ":", port);
}

absl::Status ParseListenAddress(std::string_view text, ListenAddress* address) {
  ListenAddress parsed{std::string(text)};
  if (parsed.is_unix()) {
    // gRPC takes "unix:path" and "unix:///path"; one spelling is enough.
    if (parsed.unix_path().rfind("///", 0) == 0) parsed.text = "unix:" + parsed.unix_path().substr(2);
    if (parsed.unix_path().empty()) return BadAddress(text);
  } else {
    const size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0 || !IsPort(text.substr(colon + 1))) return BadAddress(text);
    const bool bare_ipv6 = text.substr(0, colon).find(':') != std::string_view::npos && text.front() != '[';
    if (bare_ipv6 || parsed.host().find_first_of("/ []") != std::string::npos) return BadAddress(text);
  }
  *address = std::move(parsed);
  return absl::OkStatus();
}

absl::StatusOr<Listener> Listen(const ListenAddress& address) {
  absl::StatusOr<FileDescriptor> bound = address.is_unix() ? BindUnix(address) : BindTcp(address);
  if (!bound.ok()) return bound.status();
  const int port = PortOf(*bound);
  return Listener{*std::move(bound), ListenAddress{address.WithPort(port)}};
}

absl::StatusOr<std::vector<Listener>> ListenOnAll(const ListenAddress& address) {
  std::vector<Listener> listeners;
  const bool everywhere = address.host() == "0.0.0.0" || address.host() == "::";
  if (address.is_unix() || everywhere) {
    absl::StatusOr<Listener> one = everywhere ? ListenEverywhere(address) : Listen(address);
    if (!one.ok()) return one.status();
    listeners.push_back(*std::move(one));
    return listeners;
  }
  const absl::StatusOr<Resolved> resolved = Resolve(address);
  if (!resolved.ok()) return resolved.status();
  int error = 0;
  for (addrinfo* info = resolved->get(); info != nullptr; info = info->ai_next) {
    if (!listeners.empty()) SetPort(info->ai_addr, PortOf(listeners.front().socket));
    FileDescriptor bound;
    const int attempt = TryBind(*info, Families::kOwn, &bound);
    if (attempt == EADDRINUSE) return ExplainBind(address, attempt);
    error = attempt;
    if (attempt != 0) continue;
    const int port = PortOf(bound);
    listeners.push_back({std::move(bound), ListenAddress{address.WithPort(port)}});
  }
  if (listeners.empty()) return ExplainBind(address, error);
  return listeners;
}

bool IsOfThisMachine(const Listener& listener) {
  sockaddr_storage name{};
  socklen_t size = sizeof(name);
  if (getsockname(listener.socket.get(), reinterpret_cast<sockaddr*>(&name), &size) != 0) return false;
  constexpr uint32_t kLoopbackNetwork = 127;
  if (name.ss_family == AF_UNIX) return true;
  if (name.ss_family == AF_INET) {
    return ntohl(reinterpret_cast<const sockaddr_in&>(name).sin_addr.s_addr) >> 24 == kLoopbackNetwork;
  }
  if (name.ss_family != AF_INET6) return false;
  const in6_addr& address = reinterpret_cast<const sockaddr_in6&>(name).sin6_addr;
  const bool mapped_loopback = IN6_IS_ADDR_V4MAPPED(&address) && address.s6_addr[12] == kLoopbackNetwork;
  return IN6_IS_ADDR_LOOPBACK(&address) || mapped_loopback;
}

}  // namespace rowkeeper
