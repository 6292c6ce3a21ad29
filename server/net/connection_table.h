#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "server/base/file_descriptor.h"
#include "server/net/connection_limits.h"
#include "server/net/peer.h"

namespace rowkeeper::net {

using Time = std::chrono::steady_clock::time_point;

/// A connection that is open. The table's watch is a duplicate of its socket, for whoever serves it never says when it
/// ends.
struct Connection {
  Peer peer;
  FileDescriptor watch;
  Time since;
  /// Set when the peer has sent its last byte.
  std::optional<Time> half_closed;
};

/// The connections that are open, and how many each peer has. For one thread.
class ConnectionTable {
 public:
  explicit ConnectionTable(const ConnectionLimits& limits) : limits_(limits) {}

  /// Whether there is no place for a connection of `peer` by now, and why.
  std::optional<Refusal> WhyNot(const Peer& peer) const;
  /// Gives the number that the connection is known by; numbers are never given twice.
  uint64_t Add(Connection connection);
  void Remove(uint64_t number);
  /// nullptr for one that is gone.
  Connection* Find(uint64_t number);
  void ForEach(const std::function<void(uint64_t number, Connection& connection)>& visit);
  size_t size() const { return connections_.size(); }

 private:
  const ConnectionLimits limits_;
  std::map<uint64_t, Connection> connections_;
  /// By Peer::key; only of peers that have any.
  std::map<std::string, int> by_peer_;
  uint64_t next_ = 1;
};

}  // namespace rowkeeper::net
