#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "server/net/stream_tracker.h"

namespace rowkeeper::wire {

/// What gRPC counts of each connection for channelz. There a connection has a number that gRPC gives it, in rising
/// order and, without transport security, before it is handed over; and the name of its peer, which all clients of unix
/// sockets share and which another connection may have had before. For one thread, except for the constructor.
class GrpcStreamTracker : public net::StreamTracker {
 public:
  void Opening(uint64_t connection, const std::string& peer) override;
  void Opened(uint64_t connection) override;
  std::optional<net::StreamCounts> CountsOf(uint64_t connection) override;
  void Forget(uint64_t connection) override;

 private:
  struct Socket {
    std::string peer;
    /// gRPC's number of it is larger.
    intptr_t after = 0;
    /// 0: not known yet.
    intptr_t number = 0;
  };

  /// Learns the numbers of connections from the sockets that gRPC lists, beginning with `first`.
  void Learn(intptr_t first);
  void Match(intptr_t number, const std::string& peer);

  std::map<uint64_t, Socket> sockets_;
  /// Those whose number is not known, by peer.
  std::multimap<std::string, uint64_t> unknown_;
  /// The largest number that was listed.
  intptr_t last_ = 0;
  std::chrono::steady_clock::time_point learnt_;
};

}  // namespace rowkeeper::wire
