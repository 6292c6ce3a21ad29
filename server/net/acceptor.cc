#include "server/net/acceptor.h"

#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "server/base/errors.h"

namespace rowkeeper::net {
namespace {

using std::chrono::steady_clock;

/// Before accepting again when the system has no memory for a connection.
constexpr std::chrono::milliseconds kExhaustedPause{100};
/// After StopAccepting: how long idle clients have to go by themselves, and how often is looked who is idle.
constexpr std::chrono::milliseconds kDrainGrace{1000};
constexpr std::chrono::milliseconds kBetweenDrains{250};
/// Between two looks at the connections while one is handed over.
constexpr std::chrono::milliseconds kWatchWhileServing{5};
/// Connections accepted from one listener before others, and the connections that are open, have their turn.
constexpr int kAcceptedInARow = 8;

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
                                                          std::vector<Endpoint> endpoints, StreamTracker* tracker,
                                                          Accepting accepting) {
  std::unique_ptr<Acceptor> acceptor(new Acceptor(limits, std::move(endpoints), tracker, accepting));
  if (absl::Status status = acceptor->Open(); !status.ok()) return status;
  Acceptor* const self = acceptor.get();
  acceptor->thread_ = std::thread([self] { self->Run(); });
  return acceptor;
}

Acceptor::Acceptor(const ConnectionLimits& limits, std::vector<Endpoint> endpoints, StreamTracker* tracker,
                   Accepting accepting)
    : limits_(limits),
      endpoints_(std::move(endpoints)),
      watch_(limits, tracker),
      accept_again_(accepting == Accepting::kAtOnce ? Time() : Time::max()) {}

absl::Status Acceptor::Open() {
  wake_ = FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  reserve_ = OpenReserve();
  if (!wake_.valid() || !reserve_.valid()) {
    return absl::ResourceExhaustedError("no file descriptor is left to accept connections with; raise `ulimit -n`");
  }
  if (absl::Status status = watch_.Open(); !status.ok()) return status;
  for (const Endpoint& endpoint : endpoints_) {
    for (const Listener& listener : endpoint.listeners) SetNonBlocking(listener.socket.get());
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

void Acceptor::StartAccepting() {
  const absl::MutexLock lock(&mutex_);
  start_accepting_ = true;
  eventfd_write(wake_.get(), 1);
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
  stats.aborted_total = watch_.aborted();
  return stats;
}

void Acceptor::Run() {
  while (Wait()) {
  }
}

bool Acceptor::Wait() {
  const Time now = steady_clock::now();
  std::vector<pollfd> polled = {{wake_.get(), POLLIN, 0}};
  watch_.AddPolled(now, &polled);
  Time until = watch_.Due(now);
  const size_t first_listener = polled.size();
  if (now >= accept_again_) {
    for (const Endpoint& endpoint : endpoints_) {
      for (const Listener& listener : endpoint.listeners) polled.push_back({listener.socket.get(), POLLIN, 0});
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

  watch_.Poll(steady_clock::now());
  NoteOpen();
  if (draining_since_ && steady_clock::now() - *draining_since_ >= kDrainGrace) watch_.EndIdle();
  if (first_listener < polled.size()) {
    size_t place = first_listener;
    for (const Endpoint& endpoint : endpoints_) {
      for (const Listener& listener : endpoint.listeners) {
        if (polled[place++].revents != 0) AcceptFrom(endpoint, listener);
      }
    }
  }
  if (polled[0].revents == 0 && !failed) return true;
  eventfd_t ignored = 0;
  eventfd_read(wake_.get(), &ignored);
  const absl::MutexLock lock(&mutex_);
  if (std::exchange(start_accepting_, false)) accept_again_ = now;
  if (stop_accepting_ && accepting_) {
    CloseListeners();
    accepting_ = false;
    draining_since_ = steady_clock::now();
  }
  return !end_;
}

void Acceptor::AcceptFrom(const Endpoint& endpoint, const Listener& listener) {
  for (int i = 0; i < kAcceptedInARow; ++i) {
    FileDescriptor socket = AcceptOne(listener);
    if (socket.valid()) {
      Take(endpoint, std::move(socket));
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

/// The reserve makes room for the connection to be accepted; then its number becomes the reserve's again, which closes
/// it, at no moment of which another thread could take the number. Where one takes the room before, the peer waits for
/// a moment.
void Acceptor::RefuseForWantOfFiles(const Listener& listener) {
  reserve_ = FileDescriptor();
  FileDescriptor socket = AcceptOne(listener);
  if (!socket.valid()) {
    accept_again_ = steady_clock::now() + kExhaustedPause;
    reserve_ = OpenReserve();
    return;
  }
  Refuse(PeerOf(socket.get()), Refusal::kOpenFiles);
  if (dup3(wake_.get(), socket.get(), O_CLOEXEC) >= 0) reserve_ = std::move(socket);
}

void Acceptor::Take(const Endpoint& endpoint, FileDescriptor socket) {
  const Peer peer = PeerOf(socket.get());
  if (peer.key.empty()) return;
  const Time now = steady_clock::now();
  if (const std::optional<Refusal> refusal = watch_.WhyNot(peer, now)) return Refuse(peer, *refusal);
  if (!peer.uid) SetUp(socket.get(), limits_);
  const std::optional<uint64_t> number = watch_.Add(peer, socket.get(), now);
  if (!number) return Refuse(peer, Refusal::kOpenFiles);
  accepted_.Add();
  NoteOpen();
  Serve(endpoint, std::move(socket));
  watch_.NoteServed(*number);
}

/// Whoever serves a connection may read what has come at once, as gRPC does, and goes on for as long as more comes. So
/// that happens on another thread: the connections are watched meanwhile, this one among them.
void Acceptor::Serve(const Endpoint& endpoint, FileDescriptor socket) {
  const auto shared = std::make_shared<FileDescriptor>(std::move(socket));
  hand_over_.Begin([&endpoint, shared] { endpoint.serve(std::move(*shared)); });
  while (!hand_over_.EndsWithin(kWatchWhileServing)) {
    watch_.Poll(steady_clock::now());
    NoteOpen();
  }
}

void Acceptor::NoteOpen() { open_.store(static_cast<int64_t>(watch_.size()), std::memory_order_relaxed); }

void Acceptor::Refuse(const Peer& peer, Refusal refusal) { refusals_.Note(refusal, peer.key, steady_clock::now()); }

void Acceptor::CloseListeners() {
  for (const Endpoint& endpoint : endpoints_) {
    for (const Listener& listener : endpoint.listeners) {
      if (listener.address.is_unix()) unlink(listener.address.unix_path().c_str());
    }
  }
  endpoints_.clear();
}

}  // namespace rowkeeper::net
