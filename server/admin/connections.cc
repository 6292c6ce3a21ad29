#include "server/admin/connections.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "absl/time/time.h"

namespace rowkeeper::admin {

namespace {

/// Whether something was sent over a TCP connection; false for others.
bool HasSent(const FileDescriptor& socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  return getsockopt(socket.get(), IPPROTO_TCP, TCP_INFO, &info, &size) == 0 && info.tcpi_bytes_sent > 0;
}

/// The peer has sent its last byte.
bool PeerHasEnded(const FileDescriptor& socket) {
  char byte = 0;
  const ssize_t count = recv(socket.get(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count == 0 || (count < 0 && errno != EAGAIN);
}

}  // namespace

std::string_view AdminLimitName(AdminLimit limit) {
  switch (limit) {
    case AdminLimit::kConnections:
      return "connections";
    case AdminLimit::kTime:
      return "time";
    case AdminLimit::kHeaders:
      return "headers";
    case AdminLimit::kOpenFiles:
      return "open-files";
  }
  return "";
}

bool Connections::MakeRoom() {
  const absl::MutexLock lock(&mutex_);
  if (HasRoom()) return true;
  const auto oldest = std::find_if(open_.begin(), open_.end(), [](const auto& item) { return !item.second.ended; });
  if (oldest != open_.end()) End(&oldest->second, AdminLimit::kConnections);
  const auto has_room = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return HasRoom(); };
  return mutex_.AwaitWithTimeout(absl::Condition(&has_room), absl::Seconds(1));
}

bool Connections::Add(int socket, Time now) {
  Connection connection;
  connection.duplicate = FileDescriptor(fcntl(socket, F_DUPFD_CLOEXEC, 0));
  connection.socket = socket;
  if (!connection.duplicate.valid()) return false;
  const absl::MutexLock lock(&mutex_);
  open_.emplace(now, std::move(connection));
  return true;
}

void Connections::Remove(int socket) {
  const absl::MutexLock lock(&mutex_);
  const auto found = Find(socket);
  if (found == open_.end()) return;
  const Connection& connection = found->second;
  if (!connection.answered && !connection.ended) {
    // The library answers, or closes, what it cannot read, and says so to nobody.
    if (HasSent(connection.duplicate) || !PeerHasEnded(connection.duplicate)) NoteRefusal(AdminLimit::kHeaders);
  }
  open_.erase(found);
}

void Connections::NoteAnswer(int socket) {
  const absl::MutexLock lock(&mutex_);
  const auto found = Find(socket);
  if (found != open_.end()) found->second.answered = true;
}

Connections::Open::iterator Connections::Find(int socket) {
  return std::find_if(open_.begin(), open_.end(), [socket](const auto& item) { return item.second.socket == socket; });
}

Connections::Time Connections::EndLate(Time now) {
  const absl::MutexLock lock(&mutex_);
  for (auto& [since, connection] : open_) {
    if (connection.ended) continue;
    if (since + longest_ > now) return since + longest_;
    End(&connection, AdminLimit::kTime);
  }
  return Time::max();
}

size_t Connections::size() const {
  const absl::MutexLock lock(&mutex_);
  return open_.size();
}

/// Its owner notices, and closes it.
void Connections::End(Connection* connection, AdminLimit limit) {
  connection->ended = true;
  if (!PeerHasEnded(connection->duplicate)) NoteRefusal(limit);  // the library may not have noticed that it left
  // What the kernel still holds for a client that does not read goes as well.
  const linger drop{1, 0};
  setsockopt(connection->duplicate.get(), SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
  shutdown(connection->duplicate.get(), SHUT_RDWR);
}

}  // namespace rowkeeper::admin
