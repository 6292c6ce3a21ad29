#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "server/base/file_descriptor.h"
#include "server/net/abuse_detector.h"
#include "server/net/byte_meter.h"
#include "server/net/connection_limits.h"
#include "server/net/peer.h"

namespace rowkeeper::net {

/// A connection that is open. The table's watch is a duplicate of its socket, for whoever serves it never says when it
/// ends.
struct Connection {
  explicit Connection(ByteMeter::Kind kind) : meter(kind) {}

  Peer peer;
  FileDescriptor watch;
  Time since;
  ByteMeter meter;
  /// None where nobody knows of streams.
  std::optional<AbuseDetector> detector;
  /// Looked at closely.
  bool close = false;
  /// Set when the peer has sent its last byte.
  std::optional<Time> half_closed;
};

/// The connections that are open, and how many each peer has. For one thread.
class ConnectionTable {
 public:
  explicit ConnectionTable(const ConnectionLimits& limits) : limits_(limits) {}

  /// Whether there is no place for a connection of `peer` by now, and why.
  std::optional<Refusal> WhyNot(const Peer& peer, Time now);
  AbuseDetector::Trust TrustIn(const Peer& peer, Time now) const;
  /// Notes calls of `peer` that were reset, on whichever connection; false when there were too many.
  bool MayReset(const Peer& peer, uint64_t resets, Time now);
  /// A connection of `peer` had to be aborted.
  void Distrust(const Peer& peer, Time now);
  /// Forgets peers that have no connections and did no harm.
  void ForgetPeers(Time now);
  /// Gives the number that the connection is known by; numbers are never given twice.
  uint64_t Add(Connection connection);
  void Remove(uint64_t number);
  /// nullptr for one that is gone.
  Connection* Find(uint64_t number);
  void ForEach(const std::function<void(uint64_t number, Connection& connection)>& visit);
  size_t size() const { return connections_.size(); }

 private:
  struct PeerState {
    explicit PeerState(const AbuseLimits& limits);
    int connections = 0;
    TokenBucket resets;
    /// While it is distrusted.
    TokenBucket connects;
    std::optional<Time> distrusted_until;
  };
  PeerState& StateOf(const Peer& peer);

  const ConnectionLimits limits_;
  std::map<uint64_t, Connection> connections_;
  /// By Peer::key.
  std::map<std::string, PeerState> by_peer_;
  uint64_t next_ = 1;
};

}  // namespace rowkeeper::net
