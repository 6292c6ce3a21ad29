#pragma once

#include <string>
#include <string_view>

#include "server/wire/unary_rpc.h"

namespace rowkeeper::wire {

/// Who calls, for logs, limits and units of work, which answer to nobody else. As long as callers do not authenticate
/// it is the peer's address without its port: "ipv4:10.0.0.7", "ipv6:[::1]", "unix:". Until Finish.
std::string CallerOf(const UnaryRpc& rpc);

/// The same for gRPC's name of a peer, in which a part may be percent-encoded: "ipv6:%5B::1%5D:40312".
std::string CallerOfPeer(std::string peer);

}  // namespace rowkeeper::wire
