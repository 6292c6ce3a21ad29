#pragma once

#include <optional>
#include <string>

namespace grpc {
class ServerContextBase;
}  // namespace grpc

namespace rowkeeper::wire {

/// Who calls, as far as the connection tells, for logs, limits and units of work, which answer to nobody else: the
/// SPIFFE ID of the client's certificate (see SpiffeIdOf). Else the peer's address without its port, of IPv6 its
/// network, in which a host chooses its addresses itself: "spiffe://example.org/billing", "ipv4:10.0.0.7",
/// "ipv6:2001:db8:0:1::/64", "unix:". Until the call is finished. A token says more: see Callers.
std::string CallerOf(const grpc::ServerContextBase& context);

/// Of the client's certificate that gRPC has verified: if that has exactly one URI among its names, and it is such an
/// ID. Until the call is finished.
std::optional<std::string> SpiffeIdOf(const grpc::ServerContextBase& context);

/// Of callers without an identity: by gRPC's name of a peer, in which a part may be percent-encoded:
/// "ipv6:%5B::1%5D:40312".
std::string CallerOfPeer(std::string peer);

}  // namespace rowkeeper::wire
