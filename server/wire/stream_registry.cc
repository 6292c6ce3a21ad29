#include "server/wire/stream_registry.h"

#include <algorithm>
#include <utility>

#include "server/base/errors.h"
#include "server/base/share.h"
#include "server/base/stream_errors.h"
#include "server/base/text.h"
#include "server/wire/stream_session.h"

namespace rowkeeper::wire {

StreamRegistry::StreamRegistry(StreamLimits limits, Timers* timers)
    : limits_(limits),
      clock_(timers->clock()),
      checks_(timers, [this](Clock::time_point now) { return CheckAll(now); }) {}

absl::Status StreamRegistry::Admit(const std::shared_ptr<StreamSession>& session, StreamKind kind) {
  if (limits_.capacity == 0) return StreamsOff();
  absl::Status status;
  {
    const absl::MutexLock lock(&mutex_);
    status = AdmitLocked(session, kind);
    if (!status.ok()) ++stats_.refused_total;
  }
  if (ReasonOf(status) == Reason::kStreamLimit) EndSlowest(*session);
  return status;
}

absl::Status StreamRegistry::AdmitLocked(const std::shared_ptr<StreamSession>& session, StreamKind kind) {
  const auto found = open_by_.find(session->caller().text());
  const int has = found == open_by_.end() ? 0 : found->second;
  const int open = stats_.imports + stats_.exports;
  if (limits_.per_caller > 0 && has >= limits_.per_caller) {
    return LimitReached(Reason::kCallerLimit, "this caller has as many imports and exports open as one may",
                        Limit::kStreamsPerCaller, Cat(limits_.per_caller, " streams"));
  }
  if (open >= limits_.capacity) {
    return LimitReached(Reason::kStreamLimit, "imports and exports open at once", Limit::kMaxStreams,
                        Cat(limits_.capacity, " streams"));
  }
  if (!MayHoldOneMore(has, open, limits_.capacity)) {
    return LimitReached(Reason::kCallerLimit, "the places for imports and exports that are left are for other callers",
                        Limit::kMaxStreams, Cat(limits_.capacity, " streams"));
  }
  ++OpenOf(kind);
  ++open_by_[session->caller().text()];
  sessions_.emplace(session.get(), session);
  return absl::OkStatus();
}

void StreamRegistry::Release(const StreamSession& session, StreamKind kind) {
  const absl::MutexLock lock(&mutex_);
  --OpenOf(kind);
  const auto open = open_by_.find(session.caller().text());
  if (--open->second == 0) open_by_.erase(open);
}

StreamRegistry::Sessions StreamRegistry::OpenSessions() const {
  Sessions sessions;
  const absl::MutexLock lock(&mutex_);
  for (const auto& [key, session] : sessions_) {
    if (auto open = session.lock(); open != nullptr) sessions.push_back(std::move(open));
  }
  return sessions;
}

void StreamRegistry::EndSlowest(const StreamSession& session) {
  const Clock::time_point now = clock_.Now();
  std::shared_ptr<StreamSession> slowest;
  for (auto& other : OpenSessions()) {
    if (other->SlowFor(now) <= (slowest == nullptr ? limits_.slow_after : slowest->SlowFor(now))) continue;
    const absl::MutexLock lock(&mutex_);
    const auto mine = open_by_.find(session.caller().text());
    const auto its = open_by_.find(other->caller().text());
    if (its != open_by_.end() && its->second > (mine == open_by_.end() ? 0 : mine->second) + 1) {
      slowest = std::move(other);
    }
  }
  if (slowest != nullptr) slowest->GiveUpPlace();
}

StreamStats StreamRegistry::stats() const {
  const absl::MutexLock lock(&mutex_);
  return stats_;
}

void StreamRegistry::Leave(const StreamSession* session) {
  const absl::MutexLock lock(&mutex_);
  sessions_.erase(session);
}

Clock::time_point StreamRegistry::CheckAll(Clock::time_point now) {
  Clock::time_point next = Clock::time_point::max();
  for (const auto& session : OpenSessions()) next = std::min(next, session->CheckIdle(now));
  return next;
}

}  // namespace rowkeeper::wire
