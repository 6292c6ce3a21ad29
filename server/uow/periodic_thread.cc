#include "server/uow/periodic_thread.h"

#include <utility>

#include "absl/time/time.h"

namespace rowkeeper::uow {

PeriodicThread::PeriodicThread(std::chrono::milliseconds period, std::function<void()> task)
    : period_(period), task_(std::move(task)), thread_([this] { Loop(); }) {}

PeriodicThread::~PeriodicThread() {
  {
    const absl::MutexLock lock(&mu_);
    stopping_ = true;
    stop_requested_.SignalAll();
  }
  thread_.join();
}

void PeriodicThread::Loop() {
  while (Pause()) task_();
}

bool PeriodicThread::Pause() {
  const absl::MutexLock lock(&mu_);
  if (!stopping_) stop_requested_.WaitWithTimeout(&mu_, absl::FromChrono(period_));
  return !stopping_;
}

}  // namespace rowkeeper::uow
