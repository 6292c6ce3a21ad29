#include "server/net/connection_table.h"

#include <algorithm>
#include <iterator>
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
    case Refusal::kDistrust:
      return "distrust";
  }
  return {};
}

ConnectionTable::PeerState::PeerState(const AbuseLimits& limits)
    : resets(limits.peer_resets, limits.peer_resets_each_second),
      connects(limits.distrusted_connections_each_second, limits.distrusted_connections_each_second) {}

ConnectionTable::PeerState& ConnectionTable::StateOf(const Peer& peer) {
  return by_peer_.try_emplace(peer.key, limits_.abuse).first->second;
}

std::optional<Refusal> ConnectionTable::WhyNot(const Peer& peer, Time now) {
  const std::vector<uid_t>& allowed = limits_.allowed_uids;
  if (peer.uid && !allowed.empty() && std::find(allowed.begin(), allowed.end(), *peer.uid) == allowed.end()) {
    return Refusal::kAllowUid;
  }
  if (connections_.size() >= static_cast<size_t>(limits_.max_connections)) return Refusal::kMaxConnections;
  const auto found = by_peer_.find(peer.key);
  if (found == by_peer_.end()) return std::nullopt;
  if (found->second.connections >= limits_.max_connections_per_peer) return Refusal::kMaxConnectionsPerPeer;
  if (TrustIn(peer, now) == AbuseDetector::Trust::kLittle && !found->second.connects.TrySpend(1, now)) {
    return Refusal::kDistrust;
  }
  return std::nullopt;
}

AbuseDetector::Trust ConnectionTable::TrustIn(const Peer& peer, Time now) const {
  const auto found = by_peer_.find(peer.key);
  const bool distrusted = found != by_peer_.end() && found->second.distrusted_until > now;
  return distrusted ? AbuseDetector::Trust::kLittle : AbuseDetector::Trust::kNormal;
}

bool ConnectionTable::MayReset(const Peer& peer, uint64_t resets, Time now) {
  return StateOf(peer).resets.Spend(static_cast<double>(resets), now);
}

void ConnectionTable::Distrust(const Peer& peer, Time now) {
  StateOf(peer).distrusted_until = now + limits_.abuse.distrust;
}

void ConnectionTable::ForgetPeers(Time now) {
  for (auto peer = by_peer_.begin(); peer != by_peer_.end();) {
    PeerState& state = peer->second;
    const bool forgotten = state.connections == 0 && !(state.distrusted_until > now) && state.resets.IsWhole(now);
    peer = forgotten ? by_peer_.erase(peer) : std::next(peer);
  }
}

uint64_t ConnectionTable::Add(Connection connection) {
  ++StateOf(connection.peer).connections;
  connections_.emplace(next_, std::move(connection));
  return next_++;
}

void ConnectionTable::Remove(uint64_t number) {
  const auto found = connections_.find(number);
  if (found == connections_.end()) return;
  --StateOf(found->second.peer).connections;
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
