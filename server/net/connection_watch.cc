#include "server/net/connection_watch.h"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <utility>

namespace rowkeeper::net {
namespace {

/// Between two polls of the connections while something happens on them, so that a busy connection costs no more than
/// this many polls.
constexpr std::chrono::milliseconds kPollInterval{50};
constexpr std::chrono::milliseconds kClosePollInterval{5};
/// Between two walks over all connections.
constexpr std::chrono::seconds kBetweenWalks{10};
/// Whoever serves a connection has this long to notice that its peer has closed it.
constexpr std::chrono::seconds kHalfClosedLimit{10};

/// A connection is judged when it brought so much, or, if it is a second since it was, a little.
constexpr uint64_t kBytesBetweenJudgements = uint64_t{64} << 10;
constexpr uint64_t kFewBytes = 4096;
constexpr std::chrono::seconds kBetweenJudgements{1};
/// So many between two judgements are no honest caller's, when its peer resets far too many.
constexpr uint64_t kManyResets = 100;

/// What a new connection was seen to open in a flood until it was aborted, and how long that took, on busy processors.
constexpr uint64_t kStreamsBeforeJudgement = 2000;
constexpr std::chrono::seconds kNew{1};

constexpr size_t kDroppedAtOnce = size_t{64} << 10;

/// How many connections that are over are looked at in one go.
constexpr size_t kRemainsAtOnce = 64;
/// Asking about all connections of a peer may take a tenth of the time.
constexpr int kRefreshShare = 10;

/// What a peer sent before it went away would still be read, and be work. Of TCP the kernel discards it without
/// copying; of unix sockets it copies all the same.
void DropReceived(int socket) {
  std::array<char, kDroppedAtOnce> unused;
  while (recv(socket, unused.data(), unused.size(), MSG_TRUNC | MSG_DONTWAIT) > 0) {
  }
}

bool StartWatching(const FileDescriptor& watches, uint64_t number, const Connection& connection) {
  epoll_event event{};
  event.events = EPOLLRDHUP | EPOLLET | (connection.detector ? uint32_t{EPOLLIN} : 0);
  event.data.u64 = number;
  return epoll_ctl(watches.get(), EPOLL_CTL_ADD, connection.watch.get(), &event) == 0;
}

}  // namespace

ConnectionWatch::ConnectionWatch(const ConnectionLimits& limits, StreamTracker* tracker)
    : limits_(limits), table_(limits), tracker_(tracker), calm_(kPollInterval), close_(kClosePollInterval) {}

absl::Status ConnectionWatch::Open() {
  calm_.watches = FileDescriptor(epoll_create1(EPOLL_CLOEXEC));
  close_.watches = FileDescriptor(epoll_create1(EPOLL_CLOEXEC));
  if (calm_.watches.valid() && close_.watches.valid()) return absl::OkStatus();
  return absl::ResourceExhaustedError("no file descriptor is left to watch connections with; raise `ulimit -n`");
}

std::optional<Refusal> ConnectionWatch::WhyNot(const Peer& peer, Time now) {
  std::optional<Refusal> refusal = table_.WhyNot(peer, now);
  if (refusal == Refusal::kMaxConnections || refusal == Refusal::kMaxConnectionsPerPeer) {
    // Some may have ended since the last poll.
    ReadWatches(&calm_, now);
    ReadWatches(&close_, now);
    refusal = table_.WhyNot(peer, now);
  }
  const bool distrusted = table_.TrustIn(peer, now) == AbuseDetector::Trust::kLittle;
  if (!refusal && distrusted) RefreshHeld(peer, now);
  if (refusal || !distrusted || StreamsExpectedOf(peer, now) <= limits_.abuse.peer_streams / 2) return refusal;
  return Refusal::kDistrust;
}

/// Those that are held, and those that its newest connections may open before they are judged.
uint64_t ConnectionWatch::StreamsExpectedOf(const Peer& peer, Time now) {
  uint64_t expected = held_.of(peer.key);
  table_.ForEach([&](uint64_t, const Connection& connection) {
    if (connection.peer.key != peer.key || !connection.detector || connection.detector->proven()) return;
    if (now - connection.since < kNew) expected += kStreamsBeforeJudgement;
  });
  return expected;
}

std::optional<uint64_t> ConnectionWatch::Add(const Peer& peer, int socket, Time now) {
  Connection connection(peer.uid ? ByteMeter::Kind::kUnix : ByteMeter::Kind::kTcp);
  connection.peer = peer;
  connection.since = now;
  connection.watch = FileDescriptor(fcntl(socket, F_DUPFD_CLOEXEC, 0));
  if (!connection.watch.valid()) return std::nullopt;
  if (tracker_ != nullptr) {
    connection.detector.emplace(limits_.abuse);
    connection.close = true;
  }
  const uint64_t number = table_.Add(std::move(connection));
  const Connection& added = *table_.Find(number);
  if (!StartWatching(LaneOf(added).watches, number, added)) {
    table_.Remove(number);
    return std::nullopt;
  }
  if (tracker_ != nullptr) tracker_->Opening(number, peer.name);
  return number;
}

void ConnectionWatch::NoteServed(uint64_t number) {
  if (tracker_ != nullptr) tracker_->Opened(number);
}

void ConnectionWatch::AddPolled(Time now, std::vector<pollfd>* polled) const {
  for (const Lane* lane : {&calm_, &close_}) {
    if (now >= lane->next_poll) polled->push_back({lane->watches.get(), POLLIN, 0});
  }
}

Time ConnectionWatch::Due(Time now) const {
  Time due = table_.size() > 0 ? next_walk_ : Time::max();
  for (const Lane* lane : {&calm_, &close_}) {
    if (now < lane->next_poll || !lane->to_judge.empty()) due = std::min(due, lane->next_poll);
  }
  if (remains_) due = std::min(due, std::max(now, calm_.next_poll));
  return due;
}

void ConnectionWatch::Poll(Time now) {
  if (now >= calm_.next_poll && remains_) PollRemains(now);
  for (Lane* lane : {&calm_, &close_}) {
    if (now >= lane->next_poll) PollLane(lane, now);
  }
  if (now >= next_walk_) Walk(now);
}

void ConnectionWatch::PollLane(Lane* lane, Time now) {
  const int told = ReadWatches(lane, now);
  for (const uint64_t number : std::exchange(lane->to_judge, {})) {
    const Judged judged = Judge(number, now);
    Place(number, now);
    const Connection* const connection = table_.Find(number);
    if (connection != nullptr && judged == Judged::kAgain) LaneOf(*connection).to_judge.insert(number);
  }
  if (told > 0 || !lane->to_judge.empty() || remains_) lane->next_poll = now + lane->poll_interval;
}

/// gRPC shuts a socket down before it closes its own descriptor, which the duplicate learns as EPOLLHUP, as it does
/// when the peer resets the connection; EPOLLRDHUP alone is the peer's doing.
int ConnectionWatch::ReadWatches(Lane* lane, Time now) {
  std::array<epoll_event, 256> events;
  std::vector<uint64_t> ended;
  int found = 0;
  int all = 0;
  do {
    found = epoll_wait(lane->watches.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < found; ++i) {
      const epoll_event& event = events[static_cast<size_t>(i)];
      const uint64_t number = event.data.u64;  // the event is packed: no reference to its members
      Connection* const connection = table_.Find(number);
      if (connection == nullptr) continue;
      if ((event.events & EPOLLHUP) != 0) {
        ended.push_back(number);
        continue;
      }
      if ((event.events & EPOLLRDHUP) != 0 && !connection->half_closed) connection->half_closed = now;
      if ((event.events & EPOLLIN) == 0 || !connection->detector) continue;
      connection->meter.NoteArrival(connection->watch.get());
      lane->to_judge.insert(number);
    }
    all += std::max(found, 0);
  } while (found == static_cast<int>(events.size()));
  for (const uint64_t number : ended) Ended(number, now);
  return all;
}

void ConnectionWatch::Ended(uint64_t number, Time now) {
  Connection* const connection = table_.Find(number);
  if (connection == nullptr) return;
  DropReceived(connection->watch.get());
  if (connection->detector) {
    const std::optional<StreamCounts> counts = tracker_->CountsOf(number);
    const std::optional<uint64_t> bytes = connection->meter.BytesOf(connection->watch.get());
    const std::optional<AbortCause> cause = counts && bytes ? VerdictOn(number, *bytes, *counts, now) : std::nullopt;
    if (cause) return Abort(number, *cause, now);
  }
  Release(number);
}

ConnectionWatch::Judged ConnectionWatch::Judge(uint64_t number, Time now) {
  Connection* const connection = table_.Find(number);
  if (connection == nullptr || !connection->detector) return Judged::kDone;
  const AbuseDetector& detector = *connection->detector;
  const std::optional<uint64_t> bytes = connection->meter.BytesOf(connection->watch.get());
  if (!bytes) return Judged::kDone;
  const uint64_t more = *bytes - detector.judged_bytes();
  const bool quiet = !detector.may_go_on(now) && !detector.crowded();
  if (quiet && more < kFewBytes) return Judged::kDone;
  // Whoever comes, floods and goes at once is not given the time.
  const bool waits = quiet && detector.proven() && more < kBytesBetweenJudgements;
  if (waits && now - detector.judged_at().value_or(connection->since) < kBetweenJudgements) return Judged::kAgain;
  const std::optional<StreamCounts> counts = tracker_->CountsOf(number);
  if (!counts) return Judged::kAgain;  // it may be under way to its first stream
  if (const std::optional<AbortCause> cause = VerdictOn(number, *bytes, *counts, now)) {
    Abort(number, *cause, now);
    return Judged::kDone;
  }
  if (table_.Find(number) == nullptr) return Judged::kDone;  // it was among the worst of a crowd
  return detector.may_go_on(now) || detector.crowded() ? Judged::kAgain : Judged::kDone;
}

std::optional<AbortCause> ConnectionWatch::VerdictOn(uint64_t number, uint64_t bytes, const StreamCounts& counts,
                                                     Time now) {
  Connection* const connection = table_.Find(number);
  const Peer peer = connection->peer;
  std::optional<AbortCause> cause = connection->detector->Judge(bytes, counts, table_.TrustIn(peer, now), now);
  const uint64_t resets = connection->detector->last_failed();
  const bool may_reset = table_.MayReset(peer, resets, now);
  if (!cause && !may_reset && resets >= kManyResets) cause = AbortCause::kResets;
  held_.Note(number, peer.key, counts);
  const bool crowd = IsCrowd(peer, now);
  // A few on each of many connections: those that only reset are told apart from now on.
  if (!may_reset || crowd) Distrust(peer, now);
  if (!crowd) return cause;
  AbortCrowd(peer, now);
  return table_.Find(number) == nullptr ? std::nullopt : cause;
}

/// What is known of quiet connections may be from long ago, for these are not judged.
bool ConnectionWatch::RefreshHeld(const Peer& peer, Time now) {
  if (now < next_refresh_) return false;
  const Time begin = std::chrono::steady_clock::now();
  for (const uint64_t number : held_.connections(peer.key)) {
    if (const std::optional<StreamCounts> counts = tracker_->CountsOf(number)) held_.NoteAgain(number, *counts);
  }
  next_refresh_ = now + kRefreshShare * (std::chrono::steady_clock::now() - begin);
  return true;
}

bool ConnectionWatch::IsCrowd(const Peer& peer, Time now) {
  const auto too_many = [&] { return held_.of(peer.key) > limits_.abuse.peer_streams; };
  return too_many() && RefreshHeld(peer, now) && too_many();
}

/// Their streams are still held, and are not the fault of those that are left.
void ConnectionWatch::AbortCrowd(const Peer& peer, Time now) {
  for (const uint64_t number : held_.Worst(peer.key, limits_.abuse.peer_streams / 2)) {
    Abort(number, AbortCause::kStreams, now);
  }
}

void ConnectionWatch::Distrust(const Peer& peer, Time now) {
  const bool anew = table_.TrustIn(peer, now) == AbuseDetector::Trust::kNormal;
  table_.Distrust(peer, now);
  if (!anew) return;
  table_.ForEach([&](uint64_t number, const Connection& connection) {
    if (connection.peer.key == peer.key) Place(number, now);
  });
}

/// In the lane that what it brought and its peer deserve.
void ConnectionWatch::Place(uint64_t number, Time now) {
  Connection* const connection = table_.Find(number);
  if (connection == nullptr || !connection->detector) return;
  const bool close =
      !connection->detector->proven() || table_.TrustIn(connection->peer, now) == AbuseDetector::Trust::kLittle;
  if (close == connection->close) return;
  Lane& before = LaneOf(*connection);
  connection->close = close;
  Lane& after = LaneOf(*connection);
  if (!StartWatching(after.watches, number, *connection)) {
    connection->close = !close;
    return;
  }
  epoll_ctl(before.watches.get(), EPOLL_CTL_DEL, connection->watch.get(), nullptr);
  if (before.to_judge.erase(number) > 0) after.to_judge.insert(number);
}

/// What the kernel still holds of its bytes would be read, and work, for seconds: it is dropped.
void ConnectionWatch::Abort(uint64_t number, AbortCause cause, Time now) {
  if (table_.Find(number) == nullptr) return;
  const Connection& connection = *table_.Find(number);
  const Peer peer = connection.peer;
  aborted_.Note(cause, peer.key, now);
  shutdown(connection.watch.get(), SHUT_RDWR);
  if (peer.uid) {
    DropReceived(connection.watch.get());
  } else {
    const sockaddr nobody{AF_UNSPEC, {}};
    (void)connect(connection.watch.get(), &nobody, sizeof(nobody));
  }
  Release(number);
  Distrust(peer, now);
}

void ConnectionWatch::Walk(Time now) {
  next_walk_ = now + kBetweenWalks;
  std::vector<uint64_t> over;
  std::vector<uint64_t> unproven;
  table_.ForEach([&](uint64_t number, const Connection& connection) {
    if (connection.half_closed && now - *connection.half_closed > kHalfClosedLimit) over.push_back(number);
    if (connection.detector && !connection.detector->proven()) unproven.push_back(number);
  });
  for (const uint64_t number : over) {
    shutdown(table_.Find(number)->watch.get(), SHUT_RDWR);
    Ended(number, now);
  }
  for (const uint64_t number : unproven) JudgeUnproven(number, now);
  table_.ForgetPeers(now);
}

void ConnectionWatch::JudgeUnproven(uint64_t number, Time now) {
  Connection* const connection = table_.Find(number);
  if (connection == nullptr) return;
  const std::optional<StreamCounts> counts = tracker_->CountsOf(number);
  const std::optional<uint64_t> bytes = connection->meter.BytesOf(connection->watch.get());
  if (!counts || !bytes) return;
  if (const std::optional<AbortCause> cause = VerdictOn(number, *bytes, *counts, now)) Abort(number, *cause, now);
}

void ConnectionWatch::PollRemains(Time now) {
  const std::vector<uint64_t> over = held_.over(last_remains_, kRemainsAtOnce);
  remains_ = !over.empty();
  for (const uint64_t number : over) {
    last_remains_ = number;
    Peer peer;
    peer.key = held_.peer(number);
    const std::optional<StreamCounts> counts = tracker_->CountsOf(number);
    const std::optional<uint64_t> barren = counts ? held_.NoteRemains(number, *counts) : std::nullopt;
    if (!barren) {
      held_.Forget(number);
      tracker_->Forget(number);
    } else if ((*barren > 0 && !table_.MayReset(peer, *barren, now)) || IsCrowd(peer, now)) {
      Distrust(peer, now);
    }
  }
}

/// gRPC gives clients that do not answer its GOAWAY 20 s to do so, and its server waits for them.
void ConnectionWatch::EndIdle() {
  if (tracker_ == nullptr) return;
  table_.ForEach([this](uint64_t number, const Connection& connection) {
    const std::optional<StreamCounts> counts = tracker_->CountsOf(number);
    if (counts && counts->open() == 0) shutdown(connection.watch.get(), SHUT_RDWR);
  });
}

void ConnectionWatch::Release(uint64_t number) {
  const Connection* const connection = table_.Find(number);
  if (connection == nullptr) return;
  if (connection->detector) {
    // Of what was read of it, streams may come to be that nobody has counted yet.
    if (const std::optional<StreamCounts> counts = tracker_->CountsOf(number)) {
      held_.Note(number, connection->peer.key, *counts);
      held_.NoteOver(number, *counts, connection->detector->BarrenBy(*counts));
      remains_ = true;
    } else {
      held_.Forget(number);
      tracker_->Forget(number);
    }
  }
  for (Lane* lane : {&calm_, &close_}) lane->to_judge.erase(number);
  table_.Remove(number);
}

}  // namespace rowkeeper::net
