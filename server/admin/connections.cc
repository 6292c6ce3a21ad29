#include "server/admin/connections.h"

#include <fcntl.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "absl/time/time.h"

namespace rowkeeper::admin {

bool Connections::MakeRoom() {
  const absl::MutexLock lock(&mutex_);
  if (HasRoom()) return true;
  const auto oldest = std::find_if(open_.begin(), open_.end(), [](const auto& item) { return !item.second.ended; });
  if (oldest != open_.end()) End(&oldest->second);
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
  const auto found =
      std::find_if(open_.begin(), open_.end(), [socket](const auto& item) { return item.second.socket == socket; });
  if (found != open_.end()) open_.erase(found);
}

Connections::Time Connections::EndLate(Time now) {
  const absl::MutexLock lock(&mutex_);
  for (auto& [since, connection] : open_) {
    if (connection.ended) continue;
    if (since + longest_ > now) return since + longest_;
    End(&connection);
  }
  return Time::max();
}

size_t Connections::size() const {
  const absl::MutexLock lock(&mutex_);
  return open_.size();
}

/// Its owner notices, and closes it.
void Connections::End(Connection* connection) {
  connection->ended = true;
  // What the kernel still holds for a client that does not read goes as well.
  const linger drop{1, 0};
  setsockopt(connection->duplicate.get(), SOL_SOCKET, SO_LINGER, &drop, sizeof(drop));
  shutdown(connection->duplicate.get(), SHUT_RDWR);
}

}  // namespace rowkeeper::admin
