#include "server/net/held_streams.h"

#include <algorithm>
#include <utility>

namespace rowkeeper::net {
namespace {

/// An answered call makes up for so many others.
constexpr double kOthersForAnswer = 4;
/// Ending a connection with fewer would help nobody.
constexpr uint64_t kFewStreams = 10;
/// Whoever goes leaves some calls behind.
constexpr int64_t kLeftBehind = 250;

double HarmOf(const StreamCounts& counts) {
  return static_cast<double>(counts.open()) + static_cast<double>(counts.failed) -
         kOthersForAnswer * static_cast<double>(counts.succeeded);
}

}  // namespace

void HeldStreams::Note(uint64_t connection, const std::string& peer, const StreamCounts& counts) {
  entries_[connection].peer = peer;
  NoteAgain(connection, counts);
}

void HeldStreams::NoteAgain(uint64_t connection, const StreamCounts& counts) {
  const auto found = entries_.find(connection);
  if (found == entries_.end()) return;
  Entry& entry = found->second;
  uint64_t& sum = by_peer_[entry.peer];
  sum += counts.open();
  sum -= std::exchange(entry.open, counts.open());
  entry.harm = HarmOf(counts);
  if (sum == 0) by_peer_.erase(entry.peer);
}

void HeldStreams::NoteOver(uint64_t connection, const StreamCounts& counts, int64_t barren) {
  const auto found = entries_.find(connection);
  if (found == entries_.end()) return;
  found->second.over = true;
  found->second.more_barren = barren - counts.barren();
}

std::optional<uint64_t> HeldStreams::NoteRemains(uint64_t connection, const StreamCounts& counts) {
  NoteAgain(connection, counts);
  Entry& entry = entries_.at(connection);
  const bool more = counts.started != std::exchange(entry.started, counts.started);
  if (!more && counts.open() == 0) return std::nullopt;
  const auto barren = static_cast<uint64_t>(std::max<int64_t>(counts.barren() + entry.more_barren - kLeftBehind, 0));
  const uint64_t before = std::exchange(entry.barren, std::max(entry.barren, barren));
  return entry.barren - before;
}

void HeldStreams::Forget(uint64_t connection) {
  NoteAgain(connection, {});
  entries_.erase(connection);
}

uint64_t HeldStreams::of(const std::string& peer) const {
  const auto found = by_peer_.find(peer);
  return found == by_peer_.end() ? 0 : found->second;
}

std::vector<uint64_t> HeldStreams::Worst(const std::string& peer, uint64_t most) const {
  std::vector<std::pair<double, uint64_t>> by_harm;
  uint64_t left = 0;
  for (const auto& [connection, entry] : entries_) {
    if (entry.over || entry.peer != peer) continue;
    left += entry.open;
    if (entry.open >= kFewStreams) by_harm.emplace_back(-entry.harm, connection);
  }
  std::sort(by_harm.begin(), by_harm.end());
  std::vector<uint64_t> worst;
  for (const auto& [harm, connection] : by_harm) {
    if (left <= most) break;
    worst.push_back(connection);
    left -= entries_.at(connection).open;
  }
  return worst;
}

std::vector<uint64_t> HeldStreams::connections(const std::string& peer) const {
  std::vector<uint64_t> all;
  for (const auto& [connection, entry] : entries_) {
    if (entry.peer == peer) all.push_back(connection);
  }
  return all;
}

std::vector<uint64_t> HeldStreams::over(uint64_t after, size_t most) const {
  std::vector<uint64_t> some;
  const auto add = [&](auto from, auto to) {
    for (; from != to && some.size() < most; ++from) {
      if (from->second.over) some.push_back(from->first);
    }
  };
  const auto next = entries_.upper_bound(after);
  add(next, entries_.end());
  add(entries_.begin(), next);
  return some;
}

}  // namespace rowkeeper::net
