#include "server/db/time_limit.h"

#include <memory>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/time.h"

namespace rowkeeper::db {

bool RunWithin(std::chrono::milliseconds limit, std::function<void()> task) {
  const auto ended = std::make_shared<absl::Notification>();
  std::thread([ended, task = std::move(task)]() mutable {
    task();
    task = nullptr;
    ended->Notify();
  }).detach();
  return ended->WaitForNotificationWithTimeout(absl::FromChrono(limit));
}

}  // namespace rowkeeper::db
