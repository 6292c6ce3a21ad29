#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

namespace rowkeeper::net {

/// Who is at the other end of a connection.
struct Peer {
  /// As gRPC names it: "ipv4:10.0.0.7:41822", "ipv6:%5B2001:db8::1%5D:41822"; "unix:" for every client of a unix
  /// socket.
  std::string name;
  /// By which connections of one peer are counted: "ipv4:10.0.0.7", "ipv6:2001:db8:0:1::/64" (hosts choose the other
  /// half of an IPv6 address themselves), "uid:1000" for a unix socket.
  std::string key;
  /// Of the process at the other end of a unix socket.
  std::optional<uid_t> uid;
};

/// Peer::key of an IPv6 address such as "2001:db8::1" or "fe80::1%2"; none for a text that is no such address.
std::optional<std::string> KeyOfIpv6(const std::string& address);

/// Of a connected socket. One whose other end is gone already has an empty name and key.
Peer PeerOf(int socket);

}  // namespace rowkeeper::net
