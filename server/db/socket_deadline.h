#pragma once

#include <chrono>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace rowkeeper::db {

/// Shuts a socket down when it outlives `limit`: whoever waits for the peer, in a library that cannot be told when to
/// give up, then sees the connection lost. It costs a thread while it lives; for calls that are rare.
class SocketDeadline {
 public:
  SocketDeadline(int socket, std::chrono::milliseconds limit);
  ~SocketDeadline();
  SocketDeadline(const SocketDeadline&) = delete;
  SocketDeadline& operator=(const SocketDeadline&) = delete;

 private:
  void Watch(std::chrono::milliseconds limit);

  absl::Mutex mu_;
  bool done_ ABSL_GUARDED_BY(mu_) = false;
  /// A descriptor of its own: the number of the other may be another socket's by the time the limit has passed.
  const int socket_;
  std::thread thread_;
};

}  // namespace rowkeeper::db
