#include "tests/support/tcp_gate.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/db/conninfo.h"
#include "tests/support/gate_link.h"
#include "tests/support/gate_sockets.h"

namespace rowkeeper::testing {
namespace {

using State = GateLink::State;

/// ErrorResponse (chapter 55.7) as PostgreSQL 15 sends it for pg_terminate_backend.
const std::string kSessionEnds = [] {
  constexpr char kFields[] =
      "SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0Fpostgres.c\0L3232\0"
      "RProcessInterrupts\0";  // and the zero that ends the text ends the fields
  return std::string("E") + std::string("\0\0\0", 3) + static_cast<char>(sizeof(kFields) + 4) +
         std::string(kFields, sizeof(kFields));
}();

}  // namespace

class TcpGate::Impl {
 public:
  Impl(const db::ConnInfo& info, GateTarget target);
  ~Impl();

  const std::string& url() const { return url_; }

  void Add(const Rule& rule) {
    const absl::MutexLock lock(&mu_);
    rules_.push_back(rule);
  }
  void ClearRules() {
    const absl::MutexLock lock(&mu_);
    rules_.clear();
  }
  void CutAll() {
    const absl::MutexLock lock(&mu_);
    CloseAll();
  }
  void StallAll() {
    const absl::MutexLock lock(&mu_);
    stalled_ = true;
    Wake();
  }
  void RefuseNew() {
    const absl::MutexLock lock(&mu_);
    Refuse();
  }
  void GoDown() {
    const absl::MutexLock lock(&mu_);
    Refuse();
    CloseAll();
  }
  void LoseCancels() {
    const absl::MutexLock lock(&mu_);
    loses_cancels_ = true;
  }
  void Resume();
  Seen seen() const {
    const absl::MutexLock lock(&mu_);
    return seen_;
  }
  bool Await(const std::function<bool(const Seen&)>& condition, std::chrono::milliseconds limit) const {
    const absl::MutexLock lock(&mu_);
    const auto holds = [this, &condition]() ABSL_SHARED_LOCKS_REQUIRED(mu_) { return condition(seen_); };
    return mu_.AwaitWithTimeout(absl::Condition(&holds), absl::FromChrono(limit));
  }

 private:
  using Links = std::vector<std::shared_ptr<GateLink>>;

  void Loop();
  /// What to wait for: the wake-up, the listener, and both sockets of `links`, where something may move.
  bool PollSet(std::vector<pollfd>* set, Links* links) const;
  void Accept() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Serve(GateLink& link) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  /// Reads the messages that are there.
  void Pump(GateLink& link) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FromClient(GateLink& link, const PgMessage& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void FromServer(GateLink& link, const PgMessage& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Startup(GateLink& link, const PgMessage& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Apply(const Rule& rule, GateLink& link, const PgMessage& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  /// The rule that `message` meets, which is then forgotten.
  std::optional<Rule> TakeRule(const PgMessage& message) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void ReplyEnded(GateLink& link) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Close(GateLink& link) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void CloseAll() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Refuse() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Wake() const { eventfd_write(wake_, 1); }

  const GateTarget target_;
  const int wake_;
  const int listener_;
  const std::string url_;
  mutable absl::Mutex mu_;
  bool refusing_ ABSL_GUARDED_BY(mu_) = false;
  bool stalled_ ABSL_GUARDED_BY(mu_) = false;
  bool loses_cancels_ ABSL_GUARDED_BY(mu_) = false;
  bool stopping_ ABSL_GUARDED_BY(mu_) = false;
  Links links_ ABSL_GUARDED_BY(mu_);
  std::vector<Rule> rules_ ABSL_GUARDED_BY(mu_);
  Seen seen_ ABSL_GUARDED_BY(mu_);
  std::thread thread_;
};

TcpGate::Impl::Impl(const db::ConnInfo& info, GateTarget target)
    : target_(target),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      listener_(BindAnyPort()),
      url_(UrlThrough(info, PortOf(listener_))) {
  if (listen(listener_, 128) != 0) ADD_FAILURE() << "the gate cannot listen";
  thread_ = std::thread([this] { Loop(); });
}

TcpGate::Impl::~Impl() {
  {
    const absl::MutexLock lock(&mu_);
    stopping_ = true;
    Wake();
  }
  thread_.join();
  const absl::MutexLock lock(&mu_);
  CloseAll();
  close(listener_);
  close(wake_);
}

void TcpGate::Impl::Resume() {
  const absl::MutexLock lock(&mu_);
  stalled_ = false;
  if (refusing_ && listen(listener_, 128) != 0) ADD_FAILURE() << "the gate cannot listen again";
  refusing_ = false;
  for (const auto& link : links_) {
    if (link->state == State::kHeld) {
      link->state = State::kPassing;
      link->up.Send(std::exchange(link->held, {}));
    }
    Serve(*link);
  }
  Wake();
}

void TcpGate::Impl::Refuse() {
  if (refusing_) return;
  refusing_ = true;
  shutdown(listener_, SHUT_RD);  // it keeps its port; whoever waits in its queue is refused as well
  Wake();
}

bool TcpGate::Impl::PollSet(std::vector<pollfd>* set, Links* links) const {
  const absl::MutexLock lock(&mu_);
  set->assign(1, {wake_, POLLIN, 0});
  links->clear();
  if (stopping_ || stalled_) return !stopping_;
  if (!refusing_) set->push_back({listener_, POLLIN, 0});
  for (const auto& link : links_) {
    if (!link->moves()) continue;
    const auto events = [](const GateDirection& in, const GateDirection& out) {
      return static_cast<int16_t>((in.wants_read() ? POLLIN : 0) | (out.wants_write() ? POLLOUT : 0));
    };
    const pollfd client{link->client, events(link->up, link->down), 0};
    const pollfd server{link->server, events(link->down, link->up), 0};
    if (client.events != 0) set->push_back(client);  // else a hang-up would wake the loop again and again
    if (server.events != 0) set->push_back(server);
    links->push_back(link);
  }
  return true;
}

void TcpGate::Impl::Loop() {
  std::vector<pollfd> set;
  Links links;
  while (PollSet(&set, &links)) {
    if (poll(set.data(), set.size(), -1) < 0) continue;
    const absl::MutexLock lock(&mu_);
    eventfd_t ignored = 0;
    eventfd_read(wake_, &ignored);
    if (stalled_ || stopping_) continue;
    if (!refusing_) Accept();
    for (const auto& link : links) Serve(*link);
    links_.erase(
        std::remove_if(links_.begin(), links_.end(), [](const auto& link) { return link->state == State::kClosed; }),
        links_.end());
  }
}

void TcpGate::Impl::Accept() {
  while (true) {
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (client < 0) return;
    const int server = ConnectTo(target_);
    if (server < 0) {
      close(client);
      continue;
    }
    SendAtOnce(client);
    SendAtOnce(server);
    links_.push_back(std::make_shared<GateLink>(client, server));
    ++seen_.open;
  }
}

void TcpGate::Impl::Serve(GateLink& link) {
  if (!link.moves()) return;
  link.up.Read();
  link.down.Read();
  Pump(link);
  if (!link.moves()) return;
  const bool broken = !link.up.Flush() || !link.down.Flush();
  if (broken || (link.up.done() && link.down.done())) Close(link);
}

void TcpGate::Impl::Pump(GateLink& link) {
  while (link.moves()) {
    const auto message = link.up.Next();
    if (!message) break;
    FromClient(link, *message);
  }
  while (link.moves()) {
    const auto message = link.down.Next();
    if (!message) break;
    FromServer(link, *message);
  }
  const bool waits_for_reply = link.state == State::kLosing || link.state == State::kSwallowing;
  if (waits_for_reply && link.down.ended()) ReplyEnded(link);
}

void TcpGate::Impl::FromClient(GateLink& link, const PgMessage& message) {
  if (message.type == PgMessage::kStartup) return Startup(link, message);
  ++seen_.from_client[message.type];
  const auto rule = link.state == State::kPassing ? TakeRule(message) : std::nullopt;
  if (rule) return Apply(*rule, link, message);
  link.up.Send(message.bytes);
}

void TcpGate::Impl::Startup(GateLink& link, const PgMessage& message) {
  if (message.code == PgMessage::kSslRequest || message.code == PgMessage::kGssEncRequest) {
    return link.down.Send("N");  // no encryption here
  }
  const bool cancel = message.code == PgMessage::kCancelRequest;
  ++(cancel ? seen_.cancels : seen_.connections);
  if (cancel && loses_cancels_) return Close(link);
  link.up.Send(message.bytes);
}

std::optional<TcpGate::Rule> TcpGate::Impl::TakeRule(const PgMessage& message) {
  auto taken = rules_.end();
  for (auto rule = rules_.begin(); rule != rules_.end(); ++rule) {
    const bool meets = rule->type == message.type && message.body.find(rule->text) != std::string_view::npos;
    if (meets && --rule->occurrence <= 0 && taken == rules_.end()) taken = rule;
  }
  if (taken == rules_.end()) return std::nullopt;
  Rule rule = std::move(*taken);
  rules_.erase(taken);
  return rule;
}

void TcpGate::Impl::Apply(const Rule& rule, GateLink& link, const PgMessage& message) {
  switch (rule.action) {
    case Action::kCutBefore:
      ++seen_.fired;
      link.up.Flush();
      return Close(link);
    case Action::kStall:
      ++seen_.fired;
      link.up.Flush();
      link.held = std::string(message.bytes);
      link.state = State::kHeld;
      return;
    case Action::kLoseReply:
      link.state = State::kLosing;
      break;
    case Action::kSwallowReply:
      link.state = State::kSwallowing;
      break;
    case Action::kEndBehindReply:
      link.state = State::kEnding;
      break;
    case Action::kCutAfterRows:
      link.state = State::kCountingRows;
      link.rows_left = rule.rows;
      break;
  }
  link.up.Send(message.bytes);
}

void TcpGate::Impl::FromServer(GateLink& link, const PgMessage& message) {
  ++seen_.from_server[message.type];
  const bool ready_for_query = message.type == 'Z';
  switch (link.state) {
    case State::kLosing:
    case State::kSwallowing:
      if (ready_for_query) ReplyEnded(link);
      return;
    case State::kEnding:
      if (ready_for_query) {
        ++seen_.fired;
        link.down.Send(message.bytes);
        link.down.Send(kSessionEnds);
        link.down.Flush();
        return Close(link);
      }
      break;
    case State::kCountingRows:
      if ((message.type == 'D' && link.rows_left-- == 0) || message.type == 'C' || ready_for_query) {
        ++seen_.fired;
        link.down.Flush();
        return Close(link);
      }
      break;
    default:
      break;
  }
  link.down.Send(message.bytes);
}

/// Also when the server ended the session in place of an answer.
void TcpGate::Impl::ReplyEnded(GateLink& link) {
  ++seen_.fired;
  if (link.state == State::kLosing) return Close(link);
  link.state = State::kSilent;
}

void TcpGate::Impl::Close(GateLink& link) {
  if (link.state != State::kClosed) --seen_.open;
  link.Close();
}

void TcpGate::Impl::CloseAll() {
  for (const auto& link : links_) Close(*link);
  links_.clear();
  Wake();
}

TcpGate::TcpGate(const std::string& url) {
  const auto info = db::ParseConnInfo(url);
  const auto target = info.ok() ? ResolveGateTarget(*info) : std::nullopt;
  if (!target) ADD_FAILURE() << "the gate finds no server in its URL";
  impl_ = std::make_unique<Impl>(info.ok() ? *info : db::ConnInfo(), target.value_or(GateTarget()));
}

TcpGate::~TcpGate() = default;

const std::string& TcpGate::url() const { return impl_->url(); }
void TcpGate::Add(const Rule& rule) { impl_->Add(rule); }
void TcpGate::ClearRules() { impl_->ClearRules(); }
void TcpGate::CutAll() { impl_->CutAll(); }
void TcpGate::StallAll() { impl_->StallAll(); }
void TcpGate::RefuseNew() { impl_->RefuseNew(); }
void TcpGate::GoDown() { impl_->GoDown(); }
void TcpGate::LoseCancels() { impl_->LoseCancels(); }
void TcpGate::Resume() { impl_->Resume(); }
TcpGate::Seen TcpGate::seen() const { return impl_->seen(); }
bool TcpGate::Await(const std::function<bool(const Seen&)>& condition, std::chrono::milliseconds limit) const {
  return impl_->Await(condition, limit);
}
bool TcpGate::AwaitFired(int count) const {
  return impl_->Await([count](const Seen& seen) { return seen.fired >= count; }, std::chrono::seconds(10));
}

}  // namespace rowkeeper::testing
