#include "server/wire/caller.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/server_context.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "server/identity/spiffe_id.h"
#include "server/net/peer.h"

namespace rowkeeper::wire {
namespace {

constexpr std::string_view kIpv6 = "ipv6:[";

std::string PercentDecoded(std::string text) {
  if (text.find('%') == std::string::npos) return text;
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const char* digits = text.data() + i + 1;
    if (text[i] == '%' && i + 2 < text.size() && std::from_chars(digits, digits + 2, value, 16).ptr == digits + 2) {
      decoded.push_back(static_cast<char>(value));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

}  // namespace

std::string CallerOfPeer(std::string peer) {
  // A client may bind its end of a unix socket to any path: that says nothing about who it is.
  if (peer.compare(0, 4, "unix") == 0) return "unix:";
  std::string caller = PercentDecoded(std::move(peer));
  const size_t port = caller.rfind(':');
  const size_t bracket = caller.rfind(']');
  if (caller.compare(0, kIpv6.size(), kIpv6) == 0 && bracket != std::string::npos) {
    const auto network = net::KeyOfIpv6(caller.substr(kIpv6.size(), bracket - kIpv6.size()));
    if (network) return *network;
  }
  const bool has_port =
      port != std::string::npos && port > caller.find(':') && (bracket == std::string::npos || port == bracket + 1);
  if (has_port) caller.resize(port);
  return caller;
}

std::optional<std::string> SpiffeIdOf(const grpc::ServerContextBase& context) {
  const auto certificate = context.auth_context();
  if (certificate == nullptr || !certificate->IsPeerAuthenticated()) return std::nullopt;
  const std::vector<grpc::string_ref> uris = certificate->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME);
  if (uris.size() != 1) return std::nullopt;
  std::string uri(uris.front().data(), uris.front().size());
  if (!identity::IsSpiffeId(uri)) return std::nullopt;
  return uri;
}

std::string CallerOf(const grpc::ServerContextBase& context) {
  if (std::optional<std::string> id = SpiffeIdOf(context)) return *std::move(id);
  return CallerOfPeer(context.peer());
}

}  // namespace rowkeeper::wire
