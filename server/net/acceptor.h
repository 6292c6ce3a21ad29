#pragma once

// The map of this folder:
//   acceptor.h           the thread that accepts connections, hands them over and watches them until they end
//   connection_table.h   which connections are open; connection_limits.h: how many may be, why one is refused
//   refusals.h           counts and logs what was refused
//   peer.h               who is at the other end
//   file_limit.h         how many connections the process can hold

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/file_descriptor.h"
#include "server/base/listen_address.h"
#include "server/net/connection_limits.h"
#include "server/net/connection_table.h"
#include "server/net/refusals.h"
#include "server/observe/counter.h"

namespace rowkeeper::net {

/// Where connections come from, and who serves them.
struct Entrance {
  std::vector<Listener> listeners;
  /// Takes a connected socket, non-blocking. Called on the acceptor's thread, never after StopAccepting.
  std::function<void(FileDescriptor socket)> serve;
};

/// Accepts the connections of all entrances and keeps to ConnectionLimits: one too many is accepted and closed at once,
/// so that its peer knows. It never stops accepting, whatever runs out: files, memory or places. One thread of its own.
/// stats() is thread-safe, the rest is for the thread that made it.
class Acceptor {
 public:
  /// Errors: RESOURCE_EXHAUSTED when the few descriptors that it needs itself cannot be had.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(const ConnectionLimits& limits,
                                                         std::vector<Entrance> entrances);
  /// Stops accepting, too. Connections that are still open are watched no more; they stay open.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// Closes the listeners and removes the files of unix sockets. No connection is handed over after it returns. Those
  /// that are open are still watched.
  void StopAccepting();
  ConnectionStats stats() const;

 private:
  Acceptor(const ConnectionLimits& limits, std::vector<Entrance> entrances);
  absl::Status Open();
  void Run();
  /// Waits for what happens next; false when it is time to end.
  bool Wait();
  void AcceptFrom(const Entrance& entrance, const Listener& listener);
  void Take(const Entrance& entrance, FileDescriptor socket);
  void Refuse(const Peer& peer, Refusal refusal);
  void RefuseForWantOfFiles(const Listener& listener);
  /// Learns which connections ended.
  void Look(Time now);
  /// Over all connections, for what no event tells.
  void Walk(Time now);
  void Release(uint64_t number);
  void CloseListeners();

  const ConnectionLimits limits_;
  std::vector<Entrance> entrances_;
  ConnectionTable table_;
  RefusalLog refusals_;
  /// Of all connections' watches.
  FileDescriptor watches_;
  /// Readable when one of the two requests below was made.
  FileDescriptor wake_;
  /// Given up for a moment to accept a connection, and refuse it, when no other descriptor is left.
  FileDescriptor reserve_;
  Time next_look_;
  Time next_walk_;
  Time accept_again_;

  mutable absl::Mutex mutex_;
  bool stop_accepting_ ABSL_GUARDED_BY(mutex_) = false;
  bool accepting_ ABSL_GUARDED_BY(mutex_) = true;
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  observe::Counter accepted_;
  std::atomic<int64_t> open_{0};
  std::thread thread_;
};

}  // namespace rowkeeper::net
