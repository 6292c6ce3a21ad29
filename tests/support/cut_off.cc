#include "tests/support/cut_off.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <set>

#include "absl/strings/str_split.h"
#include "server/base/text.h"

namespace rowkeeper::testing {
namespace {

constexpr int kDescriptors = 4096;

/// Of an IP socket; 0 for anything else.
int LocalPort(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET) return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  if (address.ss_family == AF_INET6) return ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port);
  return 0;
}

}  // namespace

int CutOff(InProcessServer* server, const std::string& condition) {
  const std::string found = server->database().Value(
      Cat("SELECT string_agg(client_port::text, ' ') FROM pg_stat_activity WHERE datname = current_database() AND "
          "application_name = 'rowkeeper' AND client_port > 0 AND ",
          condition));
  const std::set<std::string> ports = absl::StrSplit(found, ' ', absl::SkipEmpty());
  std::set<int> cut;
  for (int descriptor = 3; descriptor < kDescriptors; ++descriptor) {
    const int port = LocalPort(descriptor);
    if (port != 0 && ports.count(Cat(port)) != 0 && shutdown(descriptor, SHUT_RDWR) == 0) cut.insert(port);
  }
  return static_cast<int>(cut.size());  // the server has more than one descriptor of a socket
}

}  // namespace rowkeeper::testing
