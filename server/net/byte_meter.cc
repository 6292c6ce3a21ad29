#include "server/net/byte_meter.h"

#include <linux/tcp.h>  // its tcp_info has more than that of netinet/tcp.h
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>

namespace rowkeeper::net {
namespace {

/// What arrives and is read at once counts for so much, so that a slow sender is not taken for a silent one.
constexpr uint64_t kLeast = 1024;

}  // namespace

void ByteMeter::NoteArrival(int socket) {
  if (kind_ == Kind::kTcp) return;
  int waiting = 0;
  if (ioctl(socket, FIONREAD, &waiting) != 0) waiting = 0;
  seen_ += std::max(static_cast<uint64_t>(std::max(waiting, 0)), kLeast);
}

std::optional<uint64_t> ByteMeter::BytesOf(int socket) const {
  if (kind_ == Kind::kUnix) return seen_;
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return info.tcpi_bytes_received;
}

}  // namespace rowkeeper::net
