#pragma once

#include <poll.h>

#include <array>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "server/base/file_descriptor.h"
#include "server/net/connection_limits.h"
#include "server/net/connection_table.h"
#include "server/net/counted_log.h"
#include "server/net/held_streams.h"
#include "server/net/stream_tracker.h"

namespace rowkeeper::net {

/// Knows the connections that are open and learns when they end. It aborts those that an AbuseDetector finds bad, and
/// the worst of a peer that has too many streams on all of its connections together. For one thread; aborted() is
/// thread-safe.
class ConnectionWatch {
 public:
  /// `tracker` outlives the watch; nullptr: no connection is judged.
  ConnectionWatch(const ConnectionLimits& limits, StreamTracker* tracker);
  /// Errors: RESOURCE_EXHAUSTED without file descriptors.
  absl::Status Open();

  /// Whether there is no place for a connection of `peer` by now, and why.
  std::optional<Refusal> WhyNot(const Peer& peer, Time now);
  /// Watches a connection that is about to be served, by a duplicate of `socket`. Gives its number; none without file
  /// descriptors.
  std::optional<uint64_t> Add(const Peer& peer, int socket, Time now);
  /// It was given to whoever serves it.
  void NoteServed(uint64_t number);

  /// Adds what tells that something happened.
  void AddPolled(Time now, std::vector<pollfd>* polled) const;
  /// When Poll is due, though nothing happened.
  Time Due(Time now) const;
  /// Learns which connections ended, and judges those that brought something.
  void Poll(Time now);
  /// Ends connections without calls.
  void EndIdle();

  size_t size() const { return table_.size(); }
  std::array<uint64_t, kAbortCauses> aborted() const { return aborted_.counts(); }

 private:
  /// Connections that are looked at with the same haste. Close ones may turn out to be a flood: nothing of theirs was
  /// answered yet, or their peer is distrusted.
  struct Lane {
    explicit Lane(std::chrono::milliseconds pause) : poll_interval(pause) {}
    const std::chrono::milliseconds poll_interval;
    FileDescriptor watches;
    Time next_poll;
    /// To be judged at the next poll.
    std::set<uint64_t> to_judge;
  };
  enum class Judged { kDone, kAgain };

  Lane& LaneOf(const Connection& connection) { return connection.close ? close_ : calm_; }
  uint64_t StreamsExpectedOf(const Peer& peer, Time now);
  void PollLane(Lane* lane, Time now);
  /// Reads what the watches of `lane` tell; gives how many told something.
  int ReadWatches(Lane* lane, Time now);
  /// kAgain when the connection is to be judged at the next poll, too.
  Judged Judge(uint64_t number, Time now);
  std::optional<AbortCause> VerdictOn(uint64_t number, uint64_t bytes, const StreamCounts& counts, Time now);
  /// It may bring nothing at all, so that no event would tell of it.
  void JudgeUnproven(uint64_t number, Time now);
  void Abort(uint64_t number, AbortCause cause, Time now);
  void AbortCrowd(const Peer& peer, Time now);
  void Distrust(const Peer& peer, Time now);
  void Place(uint64_t number, Time now);
  /// Over all connections, for what no event tells.
  void Walk(Time now);
  /// Streams of connections that are over.
  void PollRemains(Time now);
  /// Asks anew about all connections of `peer`, as often as that may be; false when it was not long ago.
  bool RefreshHeld(const Peer& peer, Time now);
  /// Whether the connections of `peer` hold too many streams together, by what is so now.
  bool IsCrowd(const Peer& peer, Time now);
  /// It was closed, by whoever serves it or by the peer: what it brought is judged all the same.
  void Ended(uint64_t number, Time now);
  void Release(uint64_t number);

  const ConnectionLimits limits_;
  ConnectionTable table_;
  StreamTracker* const tracker_;
  HeldStreams held_;
  Lane calm_;
  Lane close_;
  bool remains_ = false;
  /// The last of them that was looked at.
  uint64_t last_remains_ = 0;
  Time next_refresh_;
  CountedLog<AbortCause, kAbortCauses> aborted_{"connections aborted", "cause", &AbortCauseName};
  Time next_walk_;
};

}  // namespace rowkeeper::net
