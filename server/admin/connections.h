#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/file_descriptor.h"
#include "server/observe/counter.h"

namespace rowkeeper::admin {

/// What a connection is refused or ended for.
enum class AdminLimit : uint8_t {
  /// AdminOptions::max_connections: the oldest had to go.
  kConnections,
  /// AdminOptions::request_limit.
  kTime,
  /// AdminOptions::max_header_bytes, or what came is no HTTP.
  kHeaders,
  /// It could not be accepted for want of descriptors or memory.
  kOpenFiles,
};
inline constexpr size_t kAdminLimits = static_cast<size_t>(AdminLimit::kOpenFiles) + 1;

/// "connections".
std::string_view AdminLimitName(AdminLimit limit);

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
  /// A request of `socket` came whole, and has its answer.
  void NoteAnswer(int socket);
  /// Whoever owns `socket` is about to close it.
  void Remove(int socket);
  /// One could not be accepted.
  void NoteRefusal(AdminLimit limit) { refused_[static_cast<size_t>(limit)].Add(); }
  /// Ends those that are open for too long; gives when to look again, Time::max() when there are none.
  Time EndLate(Time now);
  size_t size() const;
  /// Since the start.
  uint64_t refused(AdminLimit limit) const { return refused_[static_cast<size_t>(limit)].value(); }

 private:
  struct Connection {
    FileDescriptor duplicate;
    int socket = -1;
    bool ended = false;
    bool answered = false;
  };
  using Open = std::multimap<Time, Connection>;

  Open::iterator Find(int socket) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void End(Connection* connection, AdminLimit limit) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return open_.size() < limit_; }

  const size_t limit_;
  const std::chrono::milliseconds longest_;
  mutable absl::Mutex mutex_;
  /// By the time of accept.
  Open open_ ABSL_GUARDED_BY(mutex_);
  std::array<observe::Counter, kAdminLimits> refused_;
};

}  // namespace rowkeeper::admin
