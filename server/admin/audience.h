#pragma once

#include <cstdint>
#include <string_view>

struct sockaddr;

namespace rowkeeper::admin {

/// Who may read a page.
enum class Audience : uint8_t {
  /// Whoever reaches the listener, by whatever name: probes and collectors of metrics.
  kAnyone,
  /// Whoever reaches it. From this machine only under a name that is its own, so that no web site whose name was made
  /// to lead here (DNS rebinding) reads the page through a browser.
  kNetwork,
  /// As kNetwork, and from this machine alone.
  kThisMachine,
};

enum class PeerPlace : uint8_t { kUnixSocket, kThisMachine, kElsewhere };

/// Where a peer is: on a unix socket, which no browser reaches, at 127.0.0.0/8 or ::1, or elsewhere, as is null.
PeerPlace PlaceOf(const sockaddr* peer);

/// Whether a header Host can be meant for this machine: an IP address or "localhost", with or without a port, or
/// nothing. Nobody can make a browser send these for a web site of another name.
bool MayNameThisMachine(std::string_view host);

}  // namespace rowkeeper::admin
