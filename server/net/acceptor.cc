#include "server/net/acceptor.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
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
/// Connections accepted from one listener before others have their turn.
constexpr int kAcceptedInARow = 64;

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
                                                          std::vector<Entrance> entrances) {
  std::unique_ptr<Acceptor> acceptor(new Acceptor(limits, std::move(entrances)));
  if (absl::Status status = acceptor->Open(); !status.ok()) return status;
  Acceptor* const self = acceptor.get();
  acceptor->thread_ = std::thread([self] { self->Run(); });
  return acceptor;
}

Acceptor::Acceptor(const ConnectionLimits& limits, std::vector<Entrance> entrances)
    : limits_(limits), entrances_(std::move(entrances)), table_(limits) {}

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
  for (size_t i = 0; i < kRefusals; ++i) stats.refused_total[i] = refusals_.count(static_cast<Refusal>(i));
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
  const bool forever = until == Time::max();
  const auto pause = forever ? Time::duration::zero() : std::max(until - now, Time::duration::zero());
  const int timeout = forever ? -1 : static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(pause).count());
  if (poll(polled.data(), polled.size(), timeout) < 0) return errno == EINTR;

  if (steady_clock::now() >= next_look_) Look(steady_clock::now());
  if (steady_clock::now() >= next_walk_) Walk(steady_clock::now());
  if (first_listener < polled.size()) {
    size_t place = first_listener;
    for (const Entrance& entrance : entrances_) {
      for (const Listener& listener : entrance.listeners) {
        if (polled[place++].revents != 0) AcceptFrom(entrance, listener);
      }
    }
  }
  if (polled[0].revents == 0) return true;
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
  const absl::MutexLock lock(&mutex_);
  if (stop_accepting_ && accepting_) {
    CloseListeners();
    accepting_ = false;
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
  std::optional<Refusal> refusal = table_.WhyNot(connection.peer);
  if (refusal == Refusal::kMaxConnections || refusal == Refusal::kMaxConnectionsPerPeer) {
    // Some may have ended since the last look.
    Look(connection.since);
    refusal = table_.WhyNot(connection.peer);
  }
  if (refusal) return Refuse(connection.peer, *refusal);
  if (!connection.peer.uid) SetUp(socket.get(), limits_);
  connection.watch = FileDescriptor(fcntl(socket.get(), F_DUPFD_CLOEXEC, 0));
  if (!connection.watch.valid()) return Refuse(connection.peer, Refusal::kOpenFiles);
  const int watch = connection.watch.get();
  const uint64_t number = table_.Add(std::move(connection));
  epoll_event event{};
  event.events = EPOLLRDHUP | EPOLLET;
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

void Acceptor::Refuse(const Peer& peer, Refusal refusal) { refusals_.Note(peer, refusal, steady_clock::now()); }

/// gRPC shuts a socket down before it closes its own descriptor, which the duplicate learns as EPOLLHUP; EPOLLRDHUP
/// alone is the peer's doing.
void Acceptor::Look(Time now) {
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
        Release(event.data.u64);
      } else if ((event.events & EPOLLRDHUP) != 0 && !connection->half_closed) {
        connection->half_closed = now;
      }
    }
    all += std::max(found, 0);
  } while (found == static_cast<int>(events.size()));
  if (all > 0) next_look_ = now + kBetweenLooks;
}

void Acceptor::Walk(Time now) {
  next_walk_ = now + kBetweenWalks;
  std::vector<uint64_t> over;
  table_.ForEach([&](uint64_t number, const Connection& connection) {
    if (connection.half_closed && now - *connection.half_closed > kHalfClosedLimit) over.push_back(number);
  });
  for (const uint64_t number : over) Release(number);
}

void Acceptor::Release(uint64_t number) {
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
