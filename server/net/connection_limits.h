#pragma once

#include <sys/types.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace rowkeeper::net {

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
};

/// Why a connection is refused when it is accepted.
enum class Refusal : uint8_t { kMaxConnections, kMaxConnectionsPerPeer, kAllowUid, kOpenFiles };
inline constexpr size_t kRefusals = static_cast<size_t>(Refusal::kOpenFiles) + 1;

/// "max-connections": where a flag decides, its name without the dashes.
std::string_view RefusalName(Refusal refusal);

struct ConnectionStats {
  int64_t open = 0;
  int64_t max_open = 0;
  uint64_t accepted_total = 0;
  /// By Refusal.
  std::array<uint64_t, kRefusals> refused_total{};
};

}  // namespace rowkeeper::net
