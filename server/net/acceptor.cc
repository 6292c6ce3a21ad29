#include "server/net/acceptor.h"

#include <fcntl.h>
#include <linux/tcp.h>  // its tcp_info has more than that of netinet/tcp.h
#include <netinet/in.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "server/base/errors.h"

namespace rowkeeper::net {
namespace {

using std::chrono::steady_clock;

/// Between two looks at the connections while something happens on them, so that a busy connection costs no more than
/// this many looks.
constexpr std::chrono::milliseconds kBetweenLooks{50};
/// Before accepting again when the system has no memory for a connection.
constexpr std::chrono::milliseconds kExhaustedPause{100};
/// Between two walks over all connections.
constexpr std::chrono::seconds kBetweenWalks{10};
/// Whoever serves a connection has this long to notice that its peer has closed it.
constexpr std::chrono::seconds kHalfClosedLimit{10};
/// After StopAccepting: how long idle clients have to go by themselves, and how often is looked who is idle.
constexpr std::chrono::milliseconds kGoodbye{1000};
constexpr std::chrono::milliseconds kBetweenDrains{250};
/// Connections accepted from one listener before others have their turn.
constexpr int kAcceptedInARow = 64;

/// A connection is judged when it brought so much, or, if it is a second since it was, a little.
constexpr uint64_t kBytesBetweenJudgements = uint64_t{64} << 10;
constexpr uint64_t kFewBytes = 4096;
constexpr std::chrono::seconds kBetweenJudgements{1};
/// So many between two judgements are no honest caller's, when its peer resets far too many.
constexpr uint64_t kManyResets = 100;

constexpr size_t kDroppedAtOnce = size_t{1} << 20;

std::optional<uint64_t> BytesReceived(int socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return info.tcpi_bytes_received;
}

/// What a peer sent before it went away would still be read, and be work. The kernel discards it without copying.
void DropReceived(int socket) {
  char unused = 0;
  while (recv(socket, &unused, kDroppedAtOnce, MSG_TRUNC | MSG_DONTWAIT) > 0) {
  }
}

bool IsOutOfFiles(int error) { return error == EMFILE || error == ENFILE; }

FileDescriptor OpenReserve() { return FileDescriptor(open("/dev/null", O_RDONLY | O_CLOEXEC)); }

FileDescriptor AcceptOne(const Listener& listener) {
  return FileDescriptor(accept4(listener.socket.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

/// What gRPC sets for connections that it accepts itself.
void SetUp(int socket, const ConnectionLimits& limits) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const auto unacknowledged = static_cast<unsigned>(limits.unacknowledged_limit.count());
  if (unacknowledged > 0) {
    setsockopt(socket, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged, sizeof(unacknowledged));
  }
}

void SetNonBlocking(int socket) { fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK); }

}  // namespace

absl::StatusOr<std::unique_ptr<Acceptor>> Acceptor::Start(const ConnectionLimits& limits,
                                                          std::vector<Entrance> entrances, StreamLook* look) {
  std::unique_ptr<Acceptor> acceptor(new Acceptor(limits, std::move(entrances), look));
  if (absl::Status status = acceptor->Open(); !status.ok()) return status;
  Acceptor* const self = acceptor.get();
  acceptor->thread_ = std::thread([self] { self->Run(); });
  return acceptor;
}

Acceptor::Acceptor(const ConnectionLimits& limits, std::vector<Entrance> entrances, StreamLook* look)
    : limits_(limits), entrances_(std::move(entrances)), table_(limits), look_(look) {}

absl::Status Acceptor::Open() {
  watches_ = FileDescriptor(epoll_create1(EPOLL_CLOEXEC));
  wake_ = FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  reserve_ = OpenReserve();
  if (!watches_.valid() || !wake_.valid() || !reserve_.valid()) {
    return absl::ResourceExhaustedError("no file descriptor is left to accept connections with; raise `ulimit -n`");
  }
  for (const Entrance& entrance : entrances_) {
    for (const Listener& listener : entrance.listeners) SetNonBlocking(listener.socket.get());
  }
  return absl::OkStatus();
}

Acceptor::~Acceptor() {
  StopAccepting();
  if (!thread_.joinable()) return;
  {
    const absl::MutexLock lock(&mutex_);
    end_ = true;
  }
  eventfd_write(wake_.get(), 1);
  thread_.join();
}

void Acceptor::StopAccepting() {
  if (!thread_.joinable()) return CloseListeners();
  const absl::MutexLock lock(&mutex_);
  stop_accepting_ = true;
  eventfd_write(wake_.get(), 1);
  const auto stopped = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !accepting_; };
  mutex_.Await(absl::Condition(&stopped));
}

ConnectionStats Acceptor::stats() const {
  ConnectionStats stats;
  stats.open = open_.load(std::memory_order_relaxed);
  stats.max_open = limits_.max_connections;
  stats.accepted_total = accepted_.value();
  stats.refused_total = refusals_.counts();
  stats.cut_total = cuts_.counts();
  return stats;
}

void Acceptor::Run() {
  while (Wait()) {
  }
}

bool Acceptor::Wait() {
  const Time now = steady_clock::now();
  std::vector<pollfd> polled = {{wake_.get(), POLLIN, 0}};
  Time until = Time::max();
  if (now >= next_look_) {
    polled.push_back({watches_.get(), POLLIN, 0});
    if (table_.size() > 0) until = next_walk_;
    if (!to_judge_.empty()) until = now;
  } else {
    until = next_look_;
  }
  const size_t first_listener = polled.size();
  if (now >= accept_again_) {
    for (const Entrance& entrance : entrances_) {
      for (const Listener& listener : entrance.listeners) polled.push_back({listener.socket.get(), POLLIN, 0});
    }
  } else {
    until = std::min(until, accept_again_);
  }
  if (draining_since_) until = std::min(until, now + kBetweenDrains);
  const bool forever = until == Time::max();
  const auto pause = forever ? Time::duration::zero() : std::max(until - now, Time::duration::zero());
  const int timeout = forever ? -1 : static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(pause).count());
  const bool failed = poll(polled.data(), polled.size(), timeout) < 0;
  if (failed && errno == EINTR) return true;
  if (failed) std::this_thread::sleep_for(kExhaustedPause);

  if (steady_clock::now() >= next_look_) Look(steady_clock::now());
  if (steady_clock::now() >= next_walk_) Walk(steady_clock::now());
  if (draining_since_ && steady_clock::now() - *draining_since_ >= kGoodbye) EndIdle();
  if (first_listener < polled.size()) {
    size_t place = first_listener;
    for (const Entrance& entrance : entrances_) {
      for (const Listener& listener : entrance.listeners) {
        if (polled[place++].revents != 0) AcceptFrom(entrance, listener);
      }
    }
  }
  if (polled[0].revents == 0 && !failed) return true;
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
  const absl::MutexLock lock(&mutex_);
  if (stop_accepting_ && accepting_) {
    CloseListeners();
    accepting_ = false;
    draining_since_ = steady_clock::now();
  }
  return !end_;
}

void Acceptor::AcceptFrom(const Entrance& entrance, const Listener& listener) {
  for (int i = 0; i < kAcceptedInARow; ++i) {
    FileDescriptor socket = AcceptOne(listener);
    if (socket.valid()) {
      Take(entrance, std::move(socket));
      continue;
    }
    if (errno == ECONNABORTED || errno == EINTR) continue;
    if (IsOutOfFiles(errno)) {
      RefuseForWantOfFiles(listener);
    } else if (errno != EAGAIN) {
      accept_again_ = steady_clock::now() + kExhaustedPause;
    }
    return;
  }
}

/// The reserve makes room for the connection to be accepted and closed. Where another thread takes the room, the peer
/// waits for a moment.
void Acceptor::RefuseForWantOfFiles(const Listener& listener) {
  reserve_ = FileDescriptor();
  {
    const FileDescriptor socket = AcceptOne(listener);
    if (socket.valid()) {
      Refuse(PeerOf(socket.get()), Refusal::kOpenFiles);
    } else {
      accept_again_ = steady_clock::now() + kExhaustedPause;
    }
  }
  reserve_ = OpenReserve();
}

void Acceptor::Take(const Entrance& entrance, FileDescriptor socket) {
  Connection connection;
  connection.peer = PeerOf(socket.get());
  connection.since = steady_clock::now();
  if (connection.peer.key.empty()) return;
  std::optional<Refusal> refusal = table_.WhyNot(connection.peer, connection.since);
  if (refusal == Refusal::kMaxConnections || refusal == Refusal::kMaxConnectionsPerPeer) {
    // Some may have ended since the last look.
    ReadWatches(connection.since);
    refusal = table_.WhyNot(connection.peer, connection.since);
  }
  if (refusal) return Refuse(connection.peer, *refusal);
  if (!connection.peer.uid) SetUp(socket.get(), limits_);
  connection.watch = FileDescriptor(fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!connection.watch.valid()) return Refuse(connection.peer, Refusal::kOpenFiles);
  if (look_ != nullptr && !connection.peer.uid) {
    connection.conduct.emplace(limits_.abuse);
  }
  const uint32_t bytes_come = connection.conduct ? uint32_t{EPOLLIN} : 0;
  const int watch = connection.watch.get();
  const uint64_t number = table_.Add(std::move(connection));
  epoll_event event{};
  event.events = EPOLLRDHUP | EPOLLET | bytes_come;
  event.data.u64 = number;
  if (epoll_ctl(watches_.get(), EPOLL_CTL_ADD, watch, &event) != 0) {
    const Peer peer = table_.Find(number)->peer;
    table_.Remove(number);
    return Refuse(peer, Refusal::kOpenFiles);
  }
  accepted_.Add();
  open_.store(static_cast<int64_t>(table_.size()), std::memory_order_relaxed);
  entrance.serve(std::move(socket));
}

void Acceptor::Refuse(const Peer& peer, Refusal refusal) { refusals_.Note(refusal, peer.key, steady_clock::now()); }

void Acceptor::Look(Time now) {
  const int told = ReadWatches(now);
  std::set<uint64_t> again;
  for (const uint64_t number : std::exchange(to_judge_, {})) {
    if (Judge(number, now) == Judged::kAgain) again.insert(number);
  }
  to_judge_ = std::move(again);
  if (told > 0 || !to_judge_.empty()) next_look_ = now + kBetweenLooks;
}

/// gRPC shuts a socket down before it closes its own descriptor, which the duplicate learns as EPOLLHUP; EPOLLRDHUP
/// alone is the peer's doing.
int Acceptor::ReadWatches(Time now) {
  std::array<epoll_event, 256> events;
  int found = 0;
  int all = 0;
  do {
    found = epoll_wait(watches_.get(), events.data(), static_cast<int>(events.size()), 0);
    for (int i = 0; i < found; ++i) {
      const epoll_event& event = events[static_cast<size_t>(i)];
      Connection* const connection = table_.Find(event.data.u64);
      if (connection == nullptr) continue;
      if ((event.events & EPOLLHUP) != 0) {
        DropReceived(connection->watch.get());
        Release(event.data.u64);
        continue;
      }
      if ((event.events & EPOLLRDHUP) != 0 && !connection->half_closed) connection->half_closed = now;
      if ((event.events & EPOLLIN) != 0 && connection->conduct) to_judge_.insert(event.data.u64);
    }
    all += std::max(found, 0);
  } while (found == static_cast<int>(events.size()));
  return all;
}

Acceptor::Judged Acceptor::Judge(uint64_t number, Time now) {
  Connection* const connection = table_.Find(number);
  if (connection == nullptr || !connection->conduct) return Judged::kDone;
  Conduct& conduct = *connection->conduct;
  const std::optional<uint64_t> bytes = BytesReceived(connection->watch.get());
  if (!bytes) return Judged::kDone;
  const uint64_t more = *bytes - conduct.judged_bytes();
  const bool quiet = !conduct.may_go_on(now) && !conduct.crowded();
  if (quiet && more < kFewBytes) return Judged::kDone;
  // Whoever comes, floods and goes at once is not given the time.
  const bool waits = quiet && conduct.proven() && more < kBytesBetweenJudgements;
  if (waits && now - conduct.judged_at().value_or(connection->since) < kBetweenJudgements) return Judged::kAgain;
  const std::optional<StreamCounts> counts = look_->CountsOf(connection->peer.name);
  if (!counts) return Judged::kDone;  // its next bytes, or the next walk, ask again
  std::optional<Cut> cut = conduct.Judge(*bytes, *counts, table_.TrustIn(connection->peer, now), now);
  const uint64_t resets = conduct.last_failed();
  const bool may_reset = table_.MayReset(connection->peer, resets, now);
  if (!cut && !may_reset && resets >= kManyResets) cut = Cut::kResets;
  // A few on each of many connections: those that only reset are told apart from now on.
  if (!may_reset) table_.Distrust(connection->peer, now);
  if (cut) {
    CutOff(number, *cut, now);
    return Judged::kDone;
  }
  return conduct.may_go_on(now) || conduct.crowded() ? Judged::kAgain : Judged::kDone;
}

/// What the kernel still holds of its bytes would be read, and work, for seconds: it is dropped.
void Acceptor::CutOff(uint64_t number, Cut cut, Time now) {
  const Connection& connection = *table_.Find(number);
  cuts_.Note(cut, connection.peer.key, now);
  table_.Distrust(connection.peer, now);
  shutdown(connection.watch.get(), SHUT_RDWR);
  const sockaddr nobody{AF_UNSPEC, {}};
  (void)connect(connection.watch.get(), &nobody, sizeof(nobody));
  Release(number);
}

void Acceptor::Walk(Time now) {
  next_walk_ = now + kBetweenWalks;
  std::vector<uint64_t> over;
  std::vector<uint64_t> unproven;
  table_.ForEach([&](uint64_t number, const Connection& connection) {
    if (connection.half_closed && now - *connection.half_closed > kHalfClosedLimit) over.push_back(number);
    if (connection.conduct && !connection.conduct->proven()) unproven.push_back(number);
  });
  for (const uint64_t number : over) Release(number);
  for (const uint64_t number : unproven) JudgeUnproven(number, now);
  table_.ForgetPeers(now);
}

/// It may bring nothing at all, so that no event would tell of it.
void Acceptor::JudgeUnproven(uint64_t number, Time now) {
  Connection* const connection = table_.Find(number);
  if (connection == nullptr) return;
  const std::optional<StreamCounts> counts = look_->CountsOf(connection->peer.name);
  const std::optional<uint64_t> bytes = BytesReceived(connection->watch.get());
  if (!counts || !bytes) return;
  const Conduct::Trust trust = table_.TrustIn(connection->peer, now);
  const std::optional<Cut> cut = connection->conduct->Judge(*bytes, *counts, trust, now);
  if (cut) CutOff(number, *cut, now);
}

/// gRPC gives clients that do not answer its GOAWAY 20 s to do so, and its server waits for them.
void Acceptor::EndIdle() {
  if (look_ == nullptr) return;
  table_.ForEach([this](uint64_t, const Connection& connection) {
    if (!connection.conduct) return;
    const std::optional<StreamCounts> counts = look_->CountsOf(connection.peer.name);
    if (counts && counts->open() == 0) shutdown(connection.watch.get(), SHUT_RDWR);
  });
}

void Acceptor::Release(uint64_t number) {
  const Connection* const connection = table_.Find(number);
  if (connection != nullptr && connection->conduct) look_->Forget(connection->peer.name);
  table_.Remove(number);
  open_.store(static_cast<int64_t>(table_.size()), std::memory_order_relaxed);
}

void Acceptor::CloseListeners() {
  for (const Entrance& entrance : entrances_) {
    for (const Listener& listener : entrance.listeners) {
      if (listener.address.is_unix()) unlink(listener.address.unix_path().c_str());
    }
  }
  entrances_.clear();
}

}  // namespace rowkeeper::net
