#include "server/net/refusals.h"

#include "server/observe/log.h"

namespace rowkeeper::net {
namespace {

constexpr std::chrono::seconds kBetweenLines{10};

}  // namespace

void RefusalLog::Note(const Peer& peer, Refusal refusal, Time now) {
  Entry& entry = entries_[static_cast<size_t>(refusal)];
  entry.count.Add();
  if (now < entry.next) return;
  entry.next = now + kBetweenLines;
  const uint64_t count = entry.count.value();
  observe::Log(observe::LogLevel::kWarning, "connections refused",
               {{"limit", RefusalName(refusal)},
                {"connections", static_cast<int64_t>(count - entry.told)},
                {"last_peer", peer.key}});
  entry.told = count;
}

}  // namespace rowkeeper::net
