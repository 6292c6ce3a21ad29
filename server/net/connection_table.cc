#include "server/net/connection_table.h"

#include <algorithm>
#include <utility>

namespace rowkeeper::net {

std::string_view RefusalName(Refusal refusal) {
  switch (refusal) {
    case Refusal::kMaxConnections:
      return "max-connections";
    case Refusal::kMaxConnectionsPerPeer:
      return "max-connections-per-peer";
    case Refusal::kAllowUid:
      return "allow-uid";
    case Refusal::kOpenFiles:
      return "open-files";
  }
  return {};
}

std::optional<Refusal> ConnectionTable::WhyNot(const Peer& peer) const {
  const std::vector<uid_t>& allowed = limits_.allowed_uids;
  if (peer.uid && !allowed.empty() && std::find(allowed.begin(), allowed.end(), *peer.uid) == allowed.end()) {
    return Refusal::kAllowUid;
  }
  if (connections_.size() >= static_cast<size_t>(limits_.max_connections)) return Refusal::kMaxConnections;
  const auto found = by_peer_.find(peer.key);
  if (found != by_peer_.end() && found->second >= limits_.max_connections_per_peer) {
    return Refusal::kMaxConnectionsPerPeer;
  }
  return std::nullopt;
}

uint64_t ConnectionTable::Add(Connection connection) {
  ++by_peer_[connection.peer.key];
  connections_.emplace(next_, std::move(connection));
  return next_++;
}

void ConnectionTable::Remove(uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  const auto peer = by_peer_.find(found->second.peer.key);
  if (--peer->second == 0) by_peer_.erase(peer);
  connections_.erase(found);
}

Connection* ConnectionTable::Find(uint64_t number) {
  const auto found = connections_.find(number);
  return found == connections_.end() ? nullptr : &found->second;
}

void ConnectionTable::ForEach(const std::function<void(uint64_t, Connection&)>& visit) {
  for (auto& [number, connection] : connections_) visit(number, connection);
}

}  // namespace rowkeeper::net
