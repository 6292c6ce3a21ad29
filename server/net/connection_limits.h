#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rowkeeper::net {

/// What a connection may do that brings no call any further. No setting: honest clients come nowhere near, and what
/// they cost is measured on gRPC, not chosen by operators.
struct AbuseLimits {
  /// Calls reset by the client that a connection may save up, and that come back each second; each call that is
  /// answered allows one more. A client whose calls all run into their deadline resets as many as it had in flight.
  double resets = 4000;
  double resets_each_second = 1000;
  /// The same for all connections of a peer.
  double peer_resets = 20000;
  double peer_resets_each_second = 5000;
  /// Streams open on all connections of a peer, those that are over included while memory is held for them.
  uint64_t peer_streams = 12000;
  /// Bytes without a whole message or an answered call, beyond what open calls may be sending.
  double idle_bytes = 1 << 20;
  /// Streams that may be open, as the client is told. It may be late to learn: twice as many are too many at once, and
  /// more than these for so long.
  int max_streams = 1000;
  std::chrono::milliseconds crowded_limit{5000};
  /// Calls that never send their request, on a connection on which nothing else was ever answered.
  std::chrono::milliseconds unfinished_limit{60000};
  /// Of one request.
  size_t max_request_bytes = size_t{4} << 20;
  /// After a connection is aborted, its peer is trusted less for this time, and each second gets so many new
  /// connections.
  std::chrono::milliseconds distrust{30000};
  double distrusted_connections_each_second = 10;
};

struct ConnectionLimits {
  /// Connections that are open at once. Range 1 to 1000000.
  int max_connections = 2000;
  /// Those of one peer (see Peer::key) among them. Range 1 to 1000000.
  int max_connections_per_peer = 1000;
  /// Users whose processes may connect to unix sockets; empty: all that the mode of the socket's file lets in.
  std::vector<uid_t> allowed_uids;
  /// A connection whose peer acknowledges nothing that was sent for this time is ended by the kernel; 0: the system's
  /// own limit.
  std::chrono::milliseconds unacknowledged_limit{20000};
  AbuseLimits abuse;
};

/// Why a connection is refused when it is accepted.
enum class Refusal : uint8_t { kMaxConnections, kMaxConnectionsPerPeer, kAllowUid, kOpenFiles, kDistrust };
inline constexpr size_t kRefusals = static_cast<size_t>(Refusal::kDistrust) + 1;

/// "max-connections": where a flag decides, its name without the dashes.
std::string_view RefusalName(Refusal refusal);

/// Why the server ends a connection that it had accepted.
enum class AbortCause : uint8_t { kResets, kFlood, kStreams, kUnfinished };
inline constexpr size_t kAbortCauses = static_cast<size_t>(AbortCause::kUnfinished) + 1;

/// "resets".
std::string_view AbortCauseName(AbortCause cause);

struct ConnectionStats {
  int64_t open = 0;
  int64_t max_open = 0;
  uint64_t accepted_total = 0;
  /// By Refusal.
  std::array<uint64_t, kRefusals> refused_total{};
  /// By AbortCause.
  std::array<uint64_t, kAbortCauses> aborted_total{};
};

}  // namespace rowkeeper::net
