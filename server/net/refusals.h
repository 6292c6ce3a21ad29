#pragma once

#include <array>
#include <chrono>

#include "server/net/connection_limits.h"
#include "server/net/connection_table.h"
#include "server/net/peer.h"
#include "server/observe/counter.h"

namespace rowkeeper::net {

/// Counts connections that were refused, and logs them: of each reason a line at most every ten seconds, for those who
/// try to connect decide how often. Note() is for one thread; count() is thread-safe.
class RefusalLog {
 public:
  void Note(const Peer& peer, Refusal refusal, Time now);
  uint64_t count(Refusal refusal) const { return entries_[static_cast<size_t>(refusal)].count.value(); }

 private:
  struct Entry {
    observe::Counter count;
    uint64_t told = 0;
    Time next;
  };
  std::array<Entry, kRefusals> entries_;
};

}  // namespace rowkeeper::net
