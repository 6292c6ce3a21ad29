#include "server/observe/recent_errors.h"

#include <chrono>

namespace rowkeeper::observe {
namespace {

// Code, reason and limit in one word; 0 is none of the latter two.
constexpr int kReasonShift = 8;
constexpr int kLimitShift = 24;

template <typename Name>
uint64_t PackName(const std::optional<Name>& name) {
  return name.has_value() ? static_cast<uint64_t>(*name) + 1 : 0;
}

template <typename Name>
std::optional<Name> UnpackName(uint64_t number) {
  return number == 0 ? std::nullopt : std::optional<Name>(static_cast<Name>(number - 1));
}

uint64_t PackError(const RecentErrors::Entry& entry) {
  return static_cast<uint64_t>(entry.code) | PackName(entry.reason) << kReasonShift |
         PackName(entry.limit) << kLimitShift;
}

}  // namespace

// What is read between two looks at an even version that is the same both times was written by one writer: whoever
// writes a slot makes its version odd before, and there is one at a time.

void RecentErrors::Note(const Entry& entry) {
  const uint64_t number = noted_.fetch_add(1, std::memory_order_relaxed) + 1;
  Slot& slot = slots_[number % kKept];
  uint64_t version = slot.version.load(std::memory_order_relaxed);
  if (version % 2 != 0 || version > 2 * number) return;  // somebody writes it, or somebody newer has
  if (!slot.version.compare_exchange_strong(version, 2 * number - 1, std::memory_order_acq_rel)) return;
  slot.time.store(std::chrono::duration_cast<std::chrono::microseconds>(entry.time.time_since_epoch()).count(),
                  std::memory_order_release);
  slot.method.store(entry.method, std::memory_order_release);
  slot.what.store(PackError(entry), std::memory_order_release);
  slot.version.store(2 * number, std::memory_order_release);
}

std::vector<RecentErrors::Entry> RecentErrors::Latest() const {
  const uint64_t noted = noted_.load(std::memory_order_acquire);
  std::vector<Entry> entries;
  for (uint64_t number = noted; number > 0 && number + kKept > noted; --number) {
    const Slot& slot = slots_[number % kKept];
    if (slot.version.load(std::memory_order_acquire) != 2 * number) continue;
    Entry entry;
    entry.time = Clock::wall_time_point(std::chrono::microseconds(slot.time.load(std::memory_order_acquire)));
    entry.method = slot.method.load(std::memory_order_acquire);
    const uint64_t what = slot.what.load(std::memory_order_acquire);
    if (slot.version.load(std::memory_order_relaxed) != 2 * number) continue;
    entry.code = static_cast<absl::StatusCode>(what & 0xff);
    entry.reason = UnpackName<Reason>(what >> kReasonShift & 0xffff);
    entry.limit = UnpackName<Limit>(what >> kLimitShift);
    entries.push_back(entry);
  }
  return entries;
}

}  // namespace rowkeeper::observe
