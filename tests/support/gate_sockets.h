#pragma once

#include <sys/socket.h>

#include <optional>
#include <string>

#include "server/db/conninfo.h"

namespace rowkeeper::testing {

/// Where a gate leads to.
struct GateTarget {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// Where the server of a connection string is.
std::optional<GateTarget> ResolveGateTarget(const db::ConnInfo& info);
/// The same database on 127.0.0.1:`port`, without encryption.
std::string UrlThrough(db::ConnInfo info, int port);

/// A socket on a free port of 127.0.0.1 that does not listen yet; until it does, whoever connects is refused.
int BindAnyPort();
int PortOf(int bound);
/// A non-blocking socket; -1 when nobody listens there.
int ConnectTo(const GateTarget& target);
/// Messages go out one by one.
void SendAtOnce(int connected);

}  // namespace rowkeeper::testing
