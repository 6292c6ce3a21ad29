#include "server/net/file_watch.h"

#include <utility>

namespace rowkeeper::net {

FileWatch::FileWatch(Callbacks callbacks, Clock* clock)
    : callbacks_(std::move(callbacks)), clock_(*clock), thread_([this] { Run(); }) {}

FileWatch::~FileWatch() {
  {
    const absl::MutexLock lock(&mutex_);
    ending_ = true;
    wake_.Signal();
  }
  thread_.join();
}

void FileWatch::LookSoon() {
  const absl::MutexLock lock(&mutex_);
  if (!std::exchange(asked_, true)) wake_.Signal();
}

void FileWatch::Run() {
  while (Pause()) Note(callbacks_.look());
}

bool FileWatch::Pause() {
  const absl::MutexLock lock(&mutex_);
  const Clock::time_point last = clock_.Now();
  const auto due = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return last + (asked_ ? kCooldown : kBetweenLooks); };
  while (!ending_ && clock_.Now() < due()) clock_.WaitUntil(&wake_, &mutex_, due());
  asked_ = false;
  return !ending_;
}

void FileWatch::Note(const absl::Status& seen) {
  if (seen.ok()) return found_.clear();
  const Clock::time_point now = clock_.Now();
  const std::string text(seen.message());
  auto found = found_.find(text);
  if (found == found_.end()) {
    if (found_.size() == kMostProblems) return;
    found = found_.emplace(text, Problem{now}).first;
  }
  Problem& problem = found->second;
  if (problem.told || now < problem.since + kBetweenLooks) return;
  problem.told = true;
  problems_.Add();
  callbacks_.tell(text);
}

}  // namespace rowkeeper::net
