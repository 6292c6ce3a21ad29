#pragma once

#include <chrono>
#include <cstddef>
#include <map>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/file_descriptor.h"

namespace rowkeeper::admin {

/// The open connections of a listener, oldest first, so that the oldest can be ended. Times are real: they are those of
/// sockets. Thread-safe.
class Connections {
 public:
  using Time = std::chrono::steady_clock::time_point;

  Connections(size_t limit, std::chrono::milliseconds longest) : limit_(limit), longest_(longest) {}

  /// Ends the oldest ones as long as there are as many as the limit says. False when none of them went away within a
  /// second.
  bool MakeRoom();
  /// Notes a connection just accepted. It keeps a duplicate of `socket`, to end it by; false when there can be none.
  bool Add(int socket, Time now);
  /// Whoever owns `socket` is about to close it.
  void Remove(int socket);
  /// Ends those that are open for too long; gives when to look again, Time::max() when there are none.
  Time EndLate(Time now);
  size_t size() const;

 private:
  struct Connection {
    FileDescriptor duplicate;
    int socket = -1;
    bool ended = false;
  };
  using Open = std::multimap<Time, Connection>;

  void End(Connection* connection) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return open_.size() < limit_; }

  const size_t limit_;
  const std::chrono::milliseconds longest_;
  mutable absl::Mutex mutex_;
  /// By the time of accept.
  Open open_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::admin
