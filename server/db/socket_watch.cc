#include "server/db/socket_watch.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "server/db/abort_socket.h"

namespace rowkeeper::db {
namespace {

int Duplicate(int socket) {
  const int copy = fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) throw std::system_error(errno, std::generic_category(), "cannot watch a socket");
  return copy;
}

}  // namespace

/// The thread that looks after all watches; it sleeps for good while there are none. Thread-safe.
class SocketWatchdog {
 public:
  static SocketWatchdog& Get() {
    static SocketWatchdog* const watchdog = new SocketWatchdog;  // its thread lives until the process ends
    return *watchdog;
  }

  void Add(SocketWatch* watch) {
    const absl::MutexLock lock(&mu_);
    watches_.push_back(watch);
    if (watches_.size() == 1) first_added_.Signal();
  }

  /// The thread does not touch `watch` any more when this returns.
  void Remove(SocketWatch* watch) {
    const absl::MutexLock lock(&mu_);
    const auto found = std::find(watches_.begin(), watches_.end(), watch);
    *found = watches_.back();
    watches_.pop_back();
  }

 private:
  SocketWatchdog() {
    std::thread([this] { Loop(); }).detach();
  }

  void Loop() {
    const absl::MutexLock lock(&mu_);
    while (true) {
      while (watches_.empty()) first_added_.Wait(&mu_);
      const Clock::time_point look = clock_.Now() + SocketWatch::kPeriod;
      while (clock_.Now() < look) clock_.WaitUntil(&first_added_, &mu_, look);
      const int64_t now = clock_.Now().time_since_epoch().count();
      for (SocketWatch* watch : watches_) {
        watch->WarnIfDue(now);
        watch->ShutDownIfDue(now);
      }
    }
  }

  Clock& clock_ = Clock::System();
  absl::Mutex mu_;
  absl::CondVar first_added_;
  std::vector<SocketWatch*> watches_ ABSL_GUARDED_BY(mu_);
};

SocketWatch::SocketWatch(int socket, std::function<void()> warn) : warn_(std::move(warn)), socket_(Duplicate(socket)) {
  SocketWatchdog::Get().Add(this);
}

SocketWatch::~SocketWatch() {
  SocketWatchdog::Get().Remove(this);
  close(socket_);
}

void SocketWatch::Arm(std::chrono::milliseconds limit) {
  const int64_t due = limit.count() > 0 ? (Clock::System().Now() + limit).time_since_epoch().count() : kOff;
  int64_t current = due_.load(std::memory_order_relaxed);
  while (current != kExpired && !due_.compare_exchange_weak(current, due, std::memory_order_acq_rel)) {
  }
}

void SocketWatch::Shorten(std::chrono::milliseconds limit) {
  const int64_t due = (Clock::System().Now() + limit).time_since_epoch().count();
  int64_t current = due_.load(std::memory_order_acquire);
  while (current != kOff && current > due && !due_.compare_exchange_weak(current, due, std::memory_order_acq_rel)) {
  }
}

void SocketWatch::Warn(std::chrono::milliseconds limit) {
  EndWarning();
  if (limit.count() > 0) {
    warning_due_.store((Clock::System().Now() + limit).time_since_epoch().count(), std::memory_order_release);
  }
}

void SocketWatch::EndWarning() {
  int64_t current = warning_due_.load(std::memory_order_acquire);
  while (current != kOff) {
    if (current == kExpired) {
      std::this_thread::yield();  // it is rare, and over in a moment
      current = warning_due_.load(std::memory_order_acquire);
    } else if (warning_due_.compare_exchange_weak(current, kOff, std::memory_order_acq_rel)) {
      return;
    }
  }
}

void SocketWatch::WarnIfDue(int64_t now) {
  int64_t due = warning_due_.load(std::memory_order_acquire);
  if (due > now || due == kExpired) return;
  if (!warning_due_.compare_exchange_strong(due, kExpired, std::memory_order_acq_rel)) return;
  warn_();
  warning_due_.store(kOff, std::memory_order_release);
}

bool SocketWatch::Disarm() {
  EndWarning();
  Arm(std::chrono::milliseconds(0));
  return expired();
}

void SocketWatch::ShutDownIfDue(int64_t now) {
  int64_t due = due_.load(std::memory_order_acquire);
  if (due > now || due == kExpired) return;
  if (due_.compare_exchange_strong(due, kExpired, std::memory_order_acq_rel)) AbortSocket(socket_);
}

}  // namespace rowkeeper::db
