#include "server/app/database_monitor.h"

#include <utility>

#include "server/base/database_errors.h"

namespace rowkeeper::app {
namespace {

constexpr std::chrono::milliseconds kUnreachablePause{250};
constexpr std::chrono::milliseconds kPause{1000};
/// Between looks that have more to see, so that tables that change all the time do not keep PostgreSQL busy.
constexpr std::chrono::milliseconds kShortPause{100};
/// What cannot be seen for no longer than this, as while a migration runs, is not told.
constexpr std::chrono::milliseconds kShortlyBehind{3000};
/// Whoever waits longer for an answer counts as having none.
constexpr std::chrono::milliseconds kAnswerLimit{3000};

bool SayTheSame(const DatabaseView& a, const DatabaseView& b) {
  return a.reach == b.reach && a.reason.message() == b.reason.message() && a.fit == b.fit &&
         a.behind.empty() == b.behind.empty();
}

}  // namespace

DatabaseMonitor::DatabaseMonitor(std::unique_ptr<DatabaseLook> look, OnChange on_change, Timers* timers)
    : on_change_(std::move(on_change)),
      clock_(timers->clock()),
      look_(std::move(look)),
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
  DatabaseView view;
  do {
    const Clock::time_point began = clock_.Now();
    AwaitAnswer();
    view = look_->Look([this] { AwaitAnswer(); });
    {
      absl::MutexLock lock(&mutex_);
      waiting_since_.reset();
      if (stopping_) return;
    }
    Count(view, began);
    if (!IsBehindForLong(view)) view.behind.clear();
    Report(view);
  } while (Pause(view));
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
  DatabaseView view;
  view.reason = DatabaseUnavailable();
  {
    absl::MutexLock report_lock(&report_mutex_);
    if (reported_) view.fit = reported_->fit;
  }
  Report(view);
  return Clock::time_point::max();
}

void DatabaseMonitor::Report(const DatabaseView& view) {
  absl::MutexLock lock(&report_mutex_);
  if (reported_ && SayTheSame(*reported_, view)) return;
  reported_ = view;
  on_change_(view);
}

void DatabaseMonitor::Count(const DatabaseView& view, Clock::time_point began) {
  absl::MutexLock lock(&mutex_);
  const Clock::time_point now = clock_.Now();
  ++stats_.looks;
  stats_.last_look = now - began;
  if (view.reach == DatabaseView::Reach::kReachable && view.behind.empty()) {
    last_complete_ = now;
  } else {
    ++stats_.looks_behind;
  }
}

bool DatabaseMonitor::IsBehindForLong(const DatabaseView& view) {
  const Clock::time_point now = clock_.Now();
  if (view.behind.empty()) {
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

bool DatabaseMonitor::Pause(const DatabaseView& view) {
  const bool unreachable = view.reach == DatabaseView::Reach::kUnreachable;
  const auto pause = unreachable ? kUnreachablePause : view.has_more ? kShortPause : kPause;
  absl::MutexLock lock(&mutex_);
  const Clock::time_point until = clock_.Now() + pause;
  while (!stopping_ && clock_.Now() < until) clock_.WaitUntil(&stop_requested_, &mutex_, until);
  return !stopping_;
}

}  // namespace rowkeeper::app
