#include "server/db/run_detached.h"

#include <thread>
#include <utility>

namespace rowkeeper::db {

std::shared_ptr<absl::Notification> RunDetached(std::function<void()> task) {
  auto ended = std::make_shared<absl::Notification>();
  std::thread([ended, task = std::move(task)]() mutable {
    task();
    task = nullptr;
    ended->Notify();
  }).detach();
  return ended;
}

}  // namespace rowkeeper::db
