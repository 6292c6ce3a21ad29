#include "server/observe/lock_waits.h"

#include <algorithm>
#include <utility>

namespace rowkeeper::observe {

LockWaits& LockWaits::Process() {
  static LockWaits* const waits = new LockWaits;  // never destroyed: the log may ask at exit
  return *waits;
}

void LockWaits::Note(LockWait wait) {
  const absl::MutexLock lock(&mutex_);
  const auto same = std::find_if(waits_.begin(), waits_.end(), [&wait](const LockWait& other) {
    return other.pid == wait.pid && other.blocked_by == wait.blocked_by &&
           wait.seen - other.seen < std::chrono::seconds(1);
  });
  if (same != waits_.end()) waits_.erase(same);
  waits_.push_back(std::move(wait));
  if (waits_.size() > kKept) waits_.pop_front();
}

std::optional<LockWait> LockWaits::Find(int pid, std::chrono::system_clock::time_point begin,
                                        std::chrono::system_clock::time_point end) const {
  const absl::MutexLock lock(&mutex_);
  for (auto wait = waits_.rbegin(); wait != waits_.rend(); ++wait) {
    if (wait->pid == pid && wait->seen >= begin && wait->seen <= end) return *wait;
  }
  return std::nullopt;
}

std::vector<LockWait> LockWaits::Since(std::chrono::system_clock::time_point begin) const {
  std::vector<LockWait> waits;
  {
    const absl::MutexLock lock(&mutex_);
    for (auto wait = waits_.rbegin(); wait != waits_.rend(); ++wait) {
      const bool known =
          std::any_of(waits.begin(), waits.end(), [&](const LockWait& other) { return other.pid == wait->pid; });
      if (!known && wait->seen >= begin) waits.push_back(*wait);
    }
  }
  std::sort(waits.begin(), waits.end(), [](const LockWait& a, const LockWait& b) { return a.ran > b.ran; });
  return waits;
}

}  // namespace rowkeeper::observe
