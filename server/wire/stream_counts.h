#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "server/net/acceptor.h"

namespace rowkeeper::wire {

/// What gRPC counts of each connection for channelz. For one thread, except for the constructor.
class StreamCountsOfGrpc : public net::StreamLook {
 public:
  std::optional<net::StreamCounts> CountsOf(const std::string& peer) override;
  void Forget(const std::string& peer) override;

 private:
  /// Learns of connections that were opened since the last time.
  void FindNew();

  /// gRPC's number of a connection, by the peer's name.
  std::map<std::string, intptr_t> numbers_;
  intptr_t next_ = 0;
};

}  // namespace rowkeeper::wire
