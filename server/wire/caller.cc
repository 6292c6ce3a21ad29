#include "server/wire/caller.h"

#include <charconv>
#include <utility>

namespace rowkeeper::wire {
namespace {

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
  const bool has_port =
      port != std::string::npos && port > caller.find(':') && (bracket == std::string::npos || port == bracket + 1);
  if (has_port) caller.resize(port);
  return caller;
}

std::string CallerOf(const UnaryRpc& rpc) { return CallerOfPeer(rpc.peer()); }

}  // namespace rowkeeper::wire
