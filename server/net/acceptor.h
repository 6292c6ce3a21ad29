#pragma once

// The map of this folder:
//   acceptor.h           the thread that accepts connections and hands them over; hand_over.h: the one that does so
//   connection_watch.h   watches them until they end, and aborts those that flood
//   connection_table.h   which connections are open; connection_limits.h: how many may be, why one is refused
//   abuse_detector.h     judges what a connection brings, so that it can be aborted: bytes (byte_meter.h) and streams
//   stream_tracker.h     what whoever serves connections knows of their streams; held_streams.h: sums of them
//   counted_log.h        counts and logs what was refused and aborted
//   peer.h               who is at the other end
//   file_limit.h         how many connections the process can hold
//   file_watch.h         looks at files and tells of changes; named_file.h: reads one that a flag names
//   tls_certificates.h   the certificates in use, read again when their files change; tls_material.h: what files hold

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/file_descriptor.h"
#include "server/base/listen_address.h"
#include "server/net/connection_limits.h"
#include "server/net/connection_watch.h"
#include "server/net/counted_log.h"
#include "server/net/hand_over.h"
#include "server/observe/counter.h"

namespace rowkeeper::net {

/// Listeners, and who serves the connections that they accept.
struct Endpoint {
  std::vector<Listener> listeners;
  /// Takes a connected socket, non-blocking. Called on a thread of the acceptor's, for one after the other, never after
  /// StopAccepting. As long as it does not return nothing else is accepted.
  std::function<void(FileDescriptor socket)> serve;
};

/// Accepts the connections of all endpoints and keeps to ConnectionLimits: one too many is accepted and closed at once,
/// so that its peer knows. It never stops accepting, whatever runs out: files, memory or places. A ConnectionWatch
/// tells when connections end, and aborts those that flood. Two threads of its own. StartAccepting() and stats() are
/// thread-safe, the rest is for the thread that made it.
class Acceptor {
 public:
  /// kWhenTold: connections wait in the system's queue until StartAccepting.
  enum class Accepting { kAtOnce, kWhenTold };

  /// `tracker` outlives the acceptor; nullptr: no connection is judged. Errors: RESOURCE_EXHAUSTED when the few
  /// descriptors that it needs itself cannot be had.
  static absl::StatusOr<std::unique_ptr<Acceptor>> Start(const ConnectionLimits& limits,
                                                         std::vector<Endpoint> endpoints,
                                                         StreamTracker* tracker = nullptr,
                                                         Accepting accepting = Accepting::kAtOnce);
  /// Stops accepting, too. Connections that are still open are watched no more; they stay open.
  ~Acceptor();
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  void StartAccepting();
  /// Closes the listeners and removes the files of unix sockets. No connection is handed over after it returns. Those
  /// that are open are still watched; a second later those that have no calls are ended, and others as soon as they
  /// have none.
  void StopAccepting();
  ConnectionStats stats() const;

 private:
  Acceptor(const ConnectionLimits& limits, std::vector<Endpoint> endpoints, StreamTracker* tracker,
           Accepting accepting);
  absl::Status Open();
  void Run();
  /// Waits for what happens next; false when it is time to end.
  bool Wait();
  void AcceptFrom(const Endpoint& endpoint, const Listener& listener);
  void Take(const Endpoint& endpoint, FileDescriptor socket);
  void Serve(const Endpoint& endpoint, FileDescriptor socket);
  void Refuse(const Peer& peer, Refusal refusal);
  void RefuseForWantOfFiles(const Listener& listener);
  void NoteOpen();
  void CloseListeners();

  const ConnectionLimits limits_;
  std::vector<Endpoint> endpoints_;
  ConnectionWatch watch_;
  HandOver hand_over_;
  CountedLog<Refusal, kRefusals> refusals_{"connections refused", "limit", &RefusalName};
  /// Readable when one of the requests below was made.
  FileDescriptor wake_;
  /// Given up for a moment to accept a connection, and refuse it, when no other descriptor is left.
  FileDescriptor reserve_;
  Time accept_again_;
  std::optional<Time> draining_since_;

  mutable absl::Mutex mutex_;
  bool start_accepting_ ABSL_GUARDED_BY(mutex_) = false;
  bool stop_accepting_ ABSL_GUARDED_BY(mutex_) = false;
  bool accepting_ ABSL_GUARDED_BY(mutex_) = true;
  bool end_ ABSL_GUARDED_BY(mutex_) = false;
  observe::Counter accepted_;
  std::atomic<int64_t> open_{0};
  std::thread thread_;
};

}  // namespace rowkeeper::net
