#include "server/identity/key_url.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "server/base/text.h"

namespace rowkeeper::identity {
namespace {

constexpr std::string_view kHttps = "https://";
constexpr std::string_view kHttp = "http://";
constexpr size_t kMostUrlBytes = 2048;
constexpr int kHighestPort = 65535;

absl::Status RefuseUrl(std::string_view problem) { return absl::InvalidArgumentError(Cat("--jwt-keys: ", problem)); }

bool StartsWithScheme(std::string_view text, std::string_view scheme) {
  return absl::StartsWithIgnoreCase(ToAbsl(text), ToAbsl(scheme));
}

/// What may stand in a path or a query as it is.
bool IsUrlCharacter(char c) {
  return absl::ascii_isgraph(static_cast<unsigned char>(c)) &&
         std::string_view("\"<>\\^`{|}#").find(c) == std::string_view::npos;
}

bool IsIpv6(const std::string& text) {
  in6_addr address{};
  return inet_pton(AF_INET6, text.c_str(), &address) == 1;
}

bool IsHostName(std::string_view text) {
  return !text.empty() && text.front() != '.' && text.front() != '-' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-'; });
}

bool IsLoopbackHost(const std::string& host) {
  in_addr address{};
  if (inet_pton(AF_INET, host.c_str(), &address) == 1) return (ntohl(address.s_addr) >> 24) == 127;
  return host == "[::1]" || absl::EqualsIgnoreCase(host, "localhost");
}

bool IsPort(std::string_view text) {
  int port = 0;
  return std::all_of(text.begin(), text.end(), absl::ascii_isdigit) && absl::SimpleAtoi(ToAbsl(text), &port) &&
         port >= 1 && port <= kHighestPort;
}

/// Of "host" or "host:port"; empty when it is neither.
std::string HostOf(std::string_view authority) {
  const size_t bracket = authority.rfind(']');
  const size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  std::string host(authority.substr(0, colon));
  if (colon != std::string_view::npos && !IsPort(authority.substr(colon + 1))) return "";
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return IsIpv6(host.substr(1, host.size() - 2)) ? host : "";
  }
  return IsHostName(host) ? host : "";
}

}  // namespace

bool IsKeyUrl(std::string_view text) { return StartsWithScheme(text, kHttps) || StartsWithScheme(text, kHttp); }

absl::StatusOr<KeyUrl> ParseKeyUrl(std::string_view text) {
  KeyUrl url;
  url.text = std::string(text);
  url.encrypted = StartsWithScheme(text, kHttps);
  if (text.size() > kMostUrlBytes) return RefuseUrl(Cat("a URL has ", kMostUrlBytes, " bytes at most"));
  const size_t begin = url.encrypted ? kHttps.size() : kHttp.size();
  const size_t end = std::min(text.find_first_of("/?#", begin), text.size());
  const std::string_view authority = text.substr(begin, end - begin);
  if (authority.find('@') != std::string_view::npos) {
    return RefuseUrl("a URL must not hold a user or a password; the keys of an issuer are public");
  }
  if (text.find('#') != std::string_view::npos) return RefuseUrl("a URL must not hold a fragment, #…");
  const std::string host = HostOf(authority);
  if (host.empty() || !std::all_of(text.begin(), text.end(), IsUrlCharacter)) {
    return RefuseUrl("the URL cannot be read; write https://HOST/PATH or https://HOST:PORT/PATH, in ASCII");
  }
  if (!url.encrypted && !IsLoopbackHost(host)) {
    return RefuseUrl(
        "keys are fetched from other machines by https:// only: whoever can change them on the way can be anybody");
  }
  url.shown = std::string(text.substr(0, text.find('?')));
  return url;
}

}  // namespace rowkeeper::identity
