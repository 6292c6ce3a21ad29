#include "server/app/database_monitor.h"

#include <utility>

#include "server/base/database_errors.h"

namespace rowkeeper::app {
namespace {

constexpr std::chrono::milliseconds kUnreachablePause{250};
constexpr std::chrono::milliseconds kPause{1000};
/// Between probes that have more to see, so that tables that change all the time do not keep PostgreSQL busy.
constexpr std::chrono::milliseconds kShortPause{100};
/// What cannot be seen for no longer than this, as while a migration runs, is not told.
constexpr std::chrono::milliseconds kShortlyBehind{3000};
/// Whoever waits longer for an answer counts as having none.
constexpr std::chrono::milliseconds kAnswerLimit{3000};

bool SayTheSame(const DatabaseState& a, const DatabaseState& b) {
  return a.reach == b.reach && a.reason.message() == b.reason.message() && a.fit == b.fit &&
         a.behind.empty() == b.behind.empty();
}

}  // namespace

DatabaseMonitor::DatabaseMonitor(std::unique_ptr<DatabaseProbe> probe, OnChange on_change, Timers* timers)
    : on_change_(std::move(on_change)),
      clock_(timers->clock()),
      probe_(std::move(probe)),
      hang_(timers, [this](Clock::time_point now) { return ReportHang(now); }),
      poller_([this] { Loop(); }) {}

DatabaseMonitor::~DatabaseMonitor() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    stop_requested_.SignalAll();
  }
  poller_.join();
}

void DatabaseMonitor::Loop() {
  DatabaseState state;
  do {
    const Clock::time_point began = clock_.Now();
    AwaitAnswer();
    state = probe_->Probe([this] { AwaitAnswer(); });
    {
      absl::MutexLock lock(&mutex_);
      waiting_since_.reset();
      if (stopping_) return;
    }
    Count(state, began);
    if (!IsBehindForLong(state)) state.behind.clear();
    Report(state);
  } while (Pause(state));
}

void DatabaseMonitor::AwaitAnswer() {
  {
    absl::MutexLock lock(&mutex_);
    waiting_since_ = clock_.Now();
  }
  hang_.RingIn(kAnswerLimit);
}

Clock::time_point DatabaseMonitor::ReportHang(Clock::time_point now) {
  absl::MutexLock lock(&mutex_);
  if (stopping_ || !waiting_since_.has_value()) return Clock::time_point::max();
  if (now < *waiting_since_ + kAnswerLimit) return *waiting_since_ + kAnswerLimit;
  DatabaseState state;
  state.reason = DatabaseUnavailable();
  {
    absl::MutexLock report_lock(&report_mutex_);
    if (reported_) state.fit = reported_->fit;
  }
  Report(state);
  return Clock::time_point::max();
}

void DatabaseMonitor::Report(const DatabaseState& state) {
  absl::MutexLock lock(&report_mutex_);
  if (reported_ && SayTheSame(*reported_, state)) return;
  reported_ = state;
  on_change_(state);
}

void DatabaseMonitor::Count(const DatabaseState& state, Clock::time_point began) {
  absl::MutexLock lock(&mutex_);
  const Clock::time_point now = clock_.Now();
  ++stats_.probes;
  stats_.last_probe = now - began;
  if (state.reach == DatabaseState::Reach::kReachable && state.behind.empty()) {
    last_complete_ = now;
  } else {
    ++stats_.probes_incomplete;
  }
}

bool DatabaseMonitor::IsBehindForLong(const DatabaseState& state) {
  const Clock::time_point now = clock_.Now();
  if (state.behind.empty()) {
    behind_since_.reset();
  } else if (!behind_since_) {
    behind_since_ = now;
  }
  return behind_since_ && now - *behind_since_ >= kShortlyBehind;
}

DatabaseMonitor::Stats DatabaseMonitor::stats() const {
  absl::MutexLock lock(&mutex_);
  Stats stats = stats_;
  if (last_complete_) stats.since_complete = clock_.Now() - *last_complete_;
  return stats;
}

bool DatabaseMonitor::Pause(const DatabaseState& state) {
  const bool unreachable = state.reach == DatabaseState::Reach::kUnreachable;
  const auto pause = unreachable ? kUnreachablePause : state.has_more ? kShortPause : kPause;
  absl::MutexLock lock(&mutex_);
  const Clock::time_point until = clock_.Now() + pause;
  while (!stopping_ && clock_.Now() < until) clock_.WaitUntil(&stop_requested_, &mutex_, until);
  return !stopping_;
}

}  // namespace rowkeeper::app
