#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/net/stream_tracker.h"

namespace rowkeeper::net {

/// How many streams are open on the connections of each peer, and on those that are over: what a stream takes is given
/// back later than its connection ends, and in a flood much later. For one thread.
class HeldStreams {
 public:
  /// Of a connection of the peer with the given Peer::key.
  void Note(uint64_t connection, const std::string& peer, const StreamCounts& counts);
  /// Of a connection that was noted before.
  void NoteAgain(uint64_t connection, const StreamCounts& counts);
  /// The connection is over; streams of it may be left, or may come to be of what was read of it. So many of the others
  /// came to nothing: AbuseDetector::BarrenBy.
  void NoteOver(uint64_t connection, const StreamCounts& counts, int64_t barren);
  /// Of a connection that is over: how many more of its streams came to nothing since the last time, beyond those that
  /// honest connections leave behind; none when it has no streams, and got no more since the last time.
  std::optional<uint64_t> NoteRemains(uint64_t connection, const StreamCounts& counts);
  void Forget(uint64_t connection);

  uint64_t of(const std::string& peer) const;
  /// The Peer::key of a connection that was noted.
  const std::string& peer(uint64_t connection) const { return entries_.at(connection).peer; }
  /// All connections of `peer` that were noted.
  std::vector<uint64_t> connections(const std::string& peer) const;
  /// Connections of `peer` that are not over and to be ended, the worst first, so that no more than `most` are left:
  /// those on which many more calls are open or were reset than were answered.
  std::vector<uint64_t> Worst(const std::string& peer, uint64_t most) const;
  /// Those that are over, `most` at most, from the one after `after` on and then from the first.
  std::vector<uint64_t> over(uint64_t after, size_t most) const;

 private:
  struct Entry {
    std::string peer;
    uint64_t open = 0;
    double harm = 0;
    bool over = false;
    uint64_t started = 0;
    /// What StreamCounts::barren counts too little.
    int64_t more_barren = 0;
    uint64_t barren = 0;
  };
  std::map<uint64_t, Entry> entries_;
  /// Sums of those that are not 0.
  std::map<std::string, uint64_t> by_peer_;
};

}  // namespace rowkeeper::net
