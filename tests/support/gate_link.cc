#include "tests/support/gate_link.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

namespace rowkeeper::testing {
namespace {

bool WouldBlock() { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

}  // namespace

void GateDirection::Read() {
  char bytes[1 << 16];
  while (wants_read()) {
    const ssize_t size = recv(from_, bytes, sizeof(bytes), 0);
    if (size < 0 && WouldBlock()) return;
    if (size <= 0) {
      ended_ = true;
      return;
    }
    reader_.Append(std::string_view(bytes, static_cast<size_t>(size)));
    if (static_cast<size_t>(size) < sizeof(bytes)) return;
    break;  // the gate looks at the messages first
  }
}

bool GateDirection::Flush() {
  size_t sent = 0;
  while (sent < out_.size()) {
    const ssize_t size = send(to_, out_.data() + sent, out_.size() - sent, MSG_NOSIGNAL);
    if (size < 0 && !WouldBlock()) return false;
    if (size <= 0) break;
    sent += static_cast<size_t>(size);
  }
  out_.erase(0, sent);
  if (ended_ && out_.empty() && !end_sent_) {
    shutdown(to_, SHUT_WR);
    end_sent_ = true;
  }
  return true;
}

void GateLink::Close() {
  if (state == State::kClosed) return;
  state = State::kClosed;
  for (const int socket : {client, server}) {
    shutdown(socket, SHUT_RDWR);  // at once, also while another thread polls it
    close(socket);
  }
}

}  // namespace rowkeeper::testing
