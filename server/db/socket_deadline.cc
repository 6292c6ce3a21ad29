#include "server/db/socket_deadline.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/time/time.h"

namespace rowkeeper::db {

SocketDeadline::SocketDeadline(int socket, std::chrono::milliseconds limit)
    : socket_(fcntl(socket, F_DUPFD_CLOEXEC, 0)), thread_([this, limit] { Watch(limit); }) {}

SocketDeadline::~SocketDeadline() {
  {
    const absl::MutexLock lock(&mu_);
    done_ = true;
  }
  thread_.join();
  if (socket_ >= 0) close(socket_);
}

void SocketDeadline::Watch(std::chrono::milliseconds limit) {
  const absl::MutexLock lock(&mu_);
  if (!mu_.AwaitWithTimeout(absl::Condition(&done_), absl::FromChrono(limit))) shutdown(socket_, SHUT_RDWR);
}

}  // namespace rowkeeper::db
