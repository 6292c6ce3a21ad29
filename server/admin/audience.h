#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct sockaddr;

namespace rowkeeper::admin {

/// Who may read a page.
enum class Audience : uint8_t {
  /// Whoever reaches the listener, by whatever name: probes and collectors of metrics.
  kAnyone,
  /// Whoever is on this machine, and only under a name that is its own, so that no web site whose name was made to lead
  /// here (DNS rebinding) reads the page through a browser.
  kThisMachine,
};

enum class PeerPlace : uint8_t { kUnixSocket, kThisMachine, kElsewhere };

/// Where a peer is: on a unix socket, which no browser reaches, at 127.0.0.0/8 or ::1, or elsewhere, as is null.
PeerPlace PlaceOf(const sockaddr* peer);

/// "127.0.0.1", "::1", "a unix socket", or "an unknown address".
std::string PeerText(const sockaddr* peer);

/// Whether a header Host can be meant for this machine: an IP address or "localhost", with or without a port, or
/// nothing. Nobody can make a browser send these for a web site of another name.
bool MayNameThisMachine(std::string_view host);

/// What a browser says of where a request comes from; empty: the header is not there.
struct RequestOrigin {
  /// Sec-Fetch-Site
  std::string_view site;
  /// Origin
  std::string_view origin;
  /// Host
  std::string_view host;
};
/// Whether a form may have been sent from a page of this listener, or by a program that is no browser. Browsers let no
/// page of another site say so.
bool MayBeOwnForm(const RequestOrigin& from);

}  // namespace rowkeeper::admin
