#include "server/net/hand_over.h"

#include <utility>

#include "absl/time/time.h"

namespace rowkeeper::net {

HandOver::HandOver() : thread_([this] { Run(); }) {}

HandOver::~HandOver() {
  {
    const absl::MutexLock lock(&mutex_);
    end_ = true;
  }
  thread_.join();
}

void HandOver::Begin(std::function<void()> task) {
  const absl::MutexLock lock(&mutex_);
  task_ = std::move(task);
}

bool HandOver::EndsWithin(std::chrono::milliseconds time) {
  const absl::MutexLock lock(&mutex_);
  return mutex_.AwaitWithTimeout(absl::Condition(this, &HandOver::IsIdle), absl::FromChrono(time));
}

void HandOver::Run() {
  const absl::MutexLock lock(&mutex_);
  while (true) {
    mutex_.Await(absl::Condition(this, &HandOver::HasWork));
    if (task_ == nullptr) return;
    const std::function<void()> task = task_;
    mutex_.Unlock();
    task();
    mutex_.Lock();
    task_ = nullptr;
  }
}

}  // namespace rowkeeper::net
