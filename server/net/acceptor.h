#pragma once

// The map of this folder:
//   acceptor.h           the thread that accepts connections, hands them over and watches them until they end
//   connection_table.h   which connections are open; connection_limits.h: how many may be, why one is refused
//   conduct.h            judges what a connection brings, so that it can be cut
//   counted_log.h        counts and logs what was refused and cut
//   peer.h               who is at the other end
//   file_limit.h         how many connections the process can hold

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/file_descriptor.h"
#include "server/base/listen_address.h"
#include "server/net/connection_limits.h"
#include "server/net/connection_table.h"
#include "server/net/counted_log.h"
#include "server/observe/counter.h"

namespace rowkeeper::net {

/// Where connections come from, and who serves them.
struct Entrance {
  std::vector<Listener> listeners;
  /// Takes a connected socket, non-blocking. Called on the acceptor's thread, never after StopAccepting.
  std::function<void(FileDescriptor socket)> serve;
};

/// What whoever serves connections knows of their streams. Called on the acceptor's thread.
class StreamLook {
 public:
  virtual ~StreamLook() = default;
  /// `peer` is Peer::name. None while it is not known.
  virtual std::optional<StreamCounts> CountsOf(const std::string& peer) = 0;
  /// The connection of `peer` is over.
  virtual void Forget(const std::string& peer) = 0;
};

/// Accepts the connections of all entrances and keeps to ConnectionLimits: one too many is accepted and closed at once,
/// so that its peer knows. It never stops accepting, whatever runs out: files, memory or places. A TCP connection whose
/// conduct is bad is cut, see Conduct; of unix sockets the kernel counts no bytes. One thread of its own. stats() is
/// thread-safe, the rest is for the thread that made it.
class Acceptor {
 public:
  /// `look` outlives the acceptor; nullptr: no connection is judged. Errors: RESOURCE_EXHAUSTED when the few
  /// descriptors that it needs itself cannot be had.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(const ConnectionLimits& limits,
                                                         std::vector<Entrance> entrances, StreamLook* look = nullptr);
  /// Stops accepting, too. Connections that are still open are watched no more; they stay open.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  /// Closes the listeners and removes the files of unix sockets. No connection is handed over after it returns. Those
  /// that are open are still watched; a second later those of TCP that have no calls are ended, and others as soon as
  /// they have none.
  void StopAccepting();
  ConnectionStats stats() const;

 private:
  Acceptor(const ConnectionLimits& limits, std::vector<Entrance> entrances, StreamLook* look);
  absl::Status Open();
  void Run();
  /// Waits for what happens next; false when it is time to end.
  bool Wait();
  void AcceptFrom(const Entrance& entrance, const Listener& listener);
  void Take(const Entrance& entrance, FileDescriptor socket);
  void Refuse(const Peer& peer, Refusal refusal);
  void RefuseForWantOfFiles(const Listener& listener);
  /// Learns which connections ended, and judges those that brought something.
  void Look(Time now);
  /// Reads what the watches tell; gives how many told something.
  int ReadWatches(Time now);
  enum class Judged { kDone, kAgain };
  /// kAgain when the connection is to be judged at the next look, too.
  Judged Judge(uint64_t number, Time now);
  void JudgeUnproven(uint64_t number, Time now);
  void CutOff(uint64_t number, Cut cut, Time now);
  /// Over all connections, for what no event tells.
  void Walk(Time now);
  /// Ends connections without calls.
  void EndIdle();
  void Release(uint64_t number);
  void CloseListeners();

  const ConnectionLimits limits_;
  std::vector<Entrance> entrances_;
  ConnectionTable table_;
  StreamLook* const look_;
  /// To be judged at the next look.
  std::set<uint64_t> to_judge_;
  CountedLog<Refusal, kRefusals> refusals_{"connections refused", "limit", &RefusalName};
  CountedLog<Cut, kCuts> cuts_{"connections cut", "cause", &CutName};
  /// Of all connections' watches.
  FileDescriptor watches_;
  /// Readable when one of the two requests below was made.
  FileDescriptor wake_;
  /// Given up for a moment to accept a connection, and refuse it, when no other descriptor is left.
  FileDescriptor reserve_;
  Time next_look_;
  Time next_walk_;
  Time accept_again_;
  std::optional<Time> draining_since_;

  mutable absl::Mutex mutex_;
  bool stop_accepting_ ABSL_GUARDED_BY(mutex_) = false;
  bool accepting_ ABSL_GUARDED_BY(mutex_) = true;
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  observe::Counter accepted_;
  std::atomic<int64_t> open_{0};
  std::thread thread_;
};

}  // namespace rowkeeper::net
