#include "server/wire/stream_registry.h"

#include <algorithm>
#include <vector>

#include "server/base/errors.h"
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
  const absl::MutexLock lock(&mutex_);
  if (stats_.imports + stats_.exports >= limits_.capacity) {
    ++stats_.refused_total;
    return LimitReached(Reason::kStreamLimit, "imports and exports open at once", Limit::kMaxStreams,
                        Cat(limits_.capacity, " streams"));
  }
  ++OpenOf(kind);
  sessions_.emplace(session.get(), session);
  return absl::OkStatus();
}

void StreamRegistry::Release(StreamKind kind) {
  const absl::MutexLock lock(&mutex_);
  --OpenOf(kind);
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
  std::vector<std::shared_ptr<StreamSession>> sessions;
  {
    const absl::MutexLock lock(&mutex_);
    for (const auto& [key, session] : sessions_) {
      if (auto open = session.lock(); open != nullptr) sessions.push_back(std::move(open));
    }
  }
  Clock::time_point next = Clock::time_point::max();
  for (const auto& session : sessions) next = std::min(next, session->CheckIdle(now));
  return next;
}

}  // namespace rowkeeper::wire
