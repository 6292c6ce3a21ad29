#include "server/app/heap_trimmer.h"

#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <system_error>
#include <thread>

namespace rowkeeper::app {
namespace {

/// Blocks from here on are the system's. By default glibc raises the number to 32 MiB, as such blocks are freed.
constexpr int kSystemBlock = 256 << 10;
/// What is free at the end of the main heap goes back from here on.
constexpr int kFreeEnd = 4 << 20;
/// Less is not worth the search.
constexpr size_t kWorthIt = 64 << 20;

/// Seconds.
constexpr int kLongestPause = 600;

size_t ResidentBytes() {
  size_t pages = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace

void HeapTrimmer::LimitHeap() {
  mallopt(M_MMAP_THRESHOLD, kSystemBlock);
  mallopt(M_TRIM_THRESHOLD, kFreeEnd);
}

HeapTrimmer::HeapTrimmer(const MemoryBudget* budget, Timers* timers)
    : budget_(*budget), floor_(ResidentBytes()), timer_(timers, std::chrono::milliseconds(1000), [this] { Check(); }) {}

/// Waits until calls hold little of what there is.
void HeapTrimmer::Check() {
  ++rounds_;
  const size_t resident = ResidentBytes();
  if (resident < floor_ + kWorthIt || budget_.used() > resident / 4) return;
  if (resident > trimming_->resident + kWorthIt) trimming_->pause = 1;
  if (rounds_ < trimming_->pause || trimming_->running.exchange(true)) return;
  rounds_ = 0;
  try {
    Trim();
  } catch (const std::system_error&) {
    trimming_->running = false;  // there is no thread for it now
  }
}

/// The search takes the locks of the heaps, for up to a tenth of a second where there are gigabytes: so it has a thread
/// of its own.
void HeapTrimmer::Trim() {
  std::thread([trimming = trimming_] {
    const size_t before = ResidentBytes();
    malloc_trim(0);
    const size_t after = ResidentBytes();
    const bool worked = after + kWorthIt < before;
    trimming->pause = worked ? 1 : std::min(2 * trimming->pause, kLongestPause);
    trimming->resident = after;
    trimming->running = false;
  }).detach();
}

}  // namespace rowkeeper::app
