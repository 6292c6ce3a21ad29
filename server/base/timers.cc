#include "server/base/timers.h"

#include <exception>
#include <utility>

namespace rowkeeper {

Timers::Timers(Clock* clock, OnException on_exception)
    : clock_(*clock), on_exception_(std::move(on_exception)), thread_([this] { Loop(); }) {}

Timers::~Timers() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    changed_.SignalAll();
  }
  thread_.join();
}

void Timers::Loop() {
  mutex_.Lock();
  while (Timer* const timer = AwaitDue()) {
    Move(timer, Clock::time_point::max());  // what is asked for from now on counts for the next ring
    ringing_ = timer;
    mutex_.Unlock();
    const Clock::time_point next = timer->RoundUp(Ring(timer));
    mutex_.Lock();
    ringing_ = nullptr;
    if (next < timer->due_.load()) Move(timer, next);
    rung_.SignalAll();
  }
  mutex_.Unlock();
}

Clock::time_point Timers::Ring(Timer* timer) {
  if (on_exception_ == nullptr) return timer->ring_(clock_.Now());
  try {
    return timer->ring_(clock_.Now());
  } catch (const std::exception& error) {
    on_exception_(error);
    return Later(clock_.Now(), std::chrono::seconds(1));
  }
}

Timer* Timers::AwaitDue() {
  while (!stopping_ && !HasDue()) {
    clock_.WaitUntil(&changed_, &mutex_, queue_.empty() ? Clock::time_point::max() : queue_.begin()->first);
  }
  return stopping_ ? nullptr : queue_.begin()->second;
}

bool Timers::HasDue() const { return !queue_.empty() && queue_.begin()->first <= clock_.Now(); }

void Timers::Move(Timer* timer, Clock::time_point due) {
  queue_.erase({timer->due_.load(), timer});
  timer->due_ = timer->stopped_ ? Clock::time_point::max() : due;
  if (due == Clock::time_point::max() || timer->stopped_) return;
  const auto place = queue_.emplace(due, timer).first;
  if (place == queue_.begin()) changed_.Signal();
}

void Timers::Settle() {
  const absl::MutexLock lock(&mutex_);
  while (ringing_ != nullptr || HasDue()) rung_.Wait(&mutex_);
}

Timer::Timer(Timers* timers, Ring ring, Options options)
    : timers_(*timers), ring_(std::move(ring)), step_(options.step) {}

Timer::~Timer() { Stop(); }

void Timer::Stop() {
  const absl::MutexLock lock(&timers_.mutex_);
  while (timers_.ringing_ == this) timers_.rung_.Wait(&timers_.mutex_);
  stopped_ = true;
  timers_.Move(this, Clock::time_point::max());
  timers_.rung_.SignalAll();  // for Settle: it may have been the last that was due
}

void Timer::RingBy(Clock::time_point due) {
  const Clock::time_point rounded = RoundUp(due);
  if (rounded >= due_.load(std::memory_order_acquire)) return;
  const absl::MutexLock lock(&timers_.mutex_);
  if (rounded < due_.load()) timers_.Move(this, rounded);
}

Clock::time_point Timer::RoundUp(Clock::time_point time) const {
  const Clock::duration past = time.time_since_epoch() % step_;
  return past == Clock::duration::zero() || time == Clock::time_point::max() ? time : Later(time, step_ - past);
}

PeriodicTimer::PeriodicTimer(Timers* timers, std::chrono::milliseconds period, std::function<void()> task)
    : timer_(timers, [period, task = std::move(task)](Clock::time_point now) {
        task();
        return Later(now, period);
      }) {
  timer_.RingIn(period);
}

}  // namespace rowkeeper
