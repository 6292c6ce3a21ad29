#include "server/db/statement_misses.h"

#include <chrono>
#include <functional>
#include <iterator>

namespace rowkeeper::db {
namespace {

/// Callers run a unit again at once. What was missed long before was missed for another reason.
constexpr std::chrono::minutes kMemory{1};

size_t HashOf(std::string_view text) { return std::hash<std::string_view>()(text); }

uint64_t MarkOf(size_t hash) { return uint64_t{1} << (hash % 64); }

}  // namespace

int StatementMisses::Note(std::string_view text, Clock::time_point sent, Clock::time_point now) {
  const absl::MutexLock lock(&mutex_);
  if (misses_.size() >= kMost) misses_.clear();
  Miss& miss = misses_[HashOf(text)];
  if (now - miss.at > kMemory) miss.times = 0;
  if (miss.times > 0 && sent <= miss.at) return miss.times;
  miss.at = now;
  const int times = ++miss.times;
  over_at_ = now + kMemory;
  Prune(now);
  return times;
}

void StatementMisses::Forget(std::string_view text, Clock::time_point sent) {
  const uint64_t marks = marks_.load(std::memory_order_relaxed);
  if (marks == 0) return;
  const size_t hash = HashOf(text);
  if ((marks & MarkOf(hash)) == 0 && sent <= over_at_.load(std::memory_order_relaxed)) return;
  const absl::MutexLock lock(&mutex_);
  misses_.erase(hash);
  Prune(sent);
}

void StatementMisses::Prune(Clock::time_point now) {
  uint64_t marks = 0;
  for (auto miss = misses_.begin(); miss != misses_.end();) {
    const bool is_old = now - miss->second.at > kMemory;
    if (!is_old) marks |= MarkOf(miss->first);
    miss = is_old ? misses_.erase(miss) : std::next(miss);
  }
  marks_ = marks;
}

}  // namespace rowkeeper::db
