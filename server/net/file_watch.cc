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
  asked_ = true;
  wake_.Signal();
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
  const Clock::time_point now = clock_.Now();
  if (seen.ok()) return problem_.clear();
  if (seen.message() != problem_) {
    problem_ = std::string(seen.message());
    since_ = now;
    told_ = false;
    return;
  }
  if (told_ || now < since_ + kBetweenLooks) return;
  told_ = true;
  problems_.Add();
  callbacks_.tell(problem_);
}

}  // namespace rowkeeper::net
