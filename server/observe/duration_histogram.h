#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rowkeeper::observe {

/// How many of the things that were timed took how long. Recording is two atomic additions: no lock, no allocation.
/// Thread-safe. It begins a cache line of its own, so that histograms of busy methods do not slow each other down.
class alignas(64) DurationHistogram {
 public:
  using Duration = std::chrono::nanoseconds;

  /// Upper bounds of the buckets, which are the same everywhere so that calls and statements compare: OpenTelemetry's
  /// for RPC, and five below them, for most calls take less than a millisecond.
  static constexpr std::array<Duration, 19> kBounds = {
      std::chrono::microseconds(100),  std::chrono::microseconds(250),  std::chrono::microseconds(500),
      std::chrono::microseconds(1000), std::chrono::microseconds(2500), std::chrono::milliseconds(5),
      std::chrono::milliseconds(10),   std::chrono::milliseconds(25),   std::chrono::milliseconds(50),
      std::chrono::milliseconds(75),   std::chrono::milliseconds(100),  std::chrono::milliseconds(250),
      std::chrono::milliseconds(500),  std::chrono::milliseconds(750),  std::chrono::milliseconds(1000),
      std::chrono::milliseconds(2500), std::chrono::milliseconds(5000), std::chrono::milliseconds(7500),
      std::chrono::milliseconds(10000)};

  struct Snapshot {
    /// By bucket, not cumulative; the last one has no upper bound.
    std::array<uint64_t, kBounds.size() + 1> counts{};
    Duration sum{0};

    uint64_t count() const {
      uint64_t all = 0;
      for (const uint64_t bucket : counts) all += bucket;
      return all;
    }
  };

  /// A duration below zero, which only a clock of a test can give, counts as zero.
  void Record(Duration duration) {
    if (duration < Duration::zero()) duration = Duration::zero();
    size_t bucket = 0;
    while (bucket < kBounds.size() && duration > kBounds[bucket]) ++bucket;
    counts_[bucket].fetch_add(1, std::memory_order_relaxed);
    sum_.fetch_add(static_cast<uint64_t>(duration.count()), std::memory_order_relaxed);
  }

  uint64_t count() const { return Take().count(); }
  /// What is recorded meanwhile may be in one number and not yet in another.
  Snapshot Take() const {
    Snapshot snapshot;
    for (size_t i = 0; i < counts_.size(); ++i) snapshot.counts[i] = counts_[i].load(std::memory_order_relaxed);
    snapshot.sum = Duration(static_cast<Duration::rep>(sum_.load(std::memory_order_relaxed)));
    return snapshot;
  }

 private:
  std::array<std::atomic<uint64_t>, kBounds.size() + 1> counts_{};
  /// Nanoseconds; full after 584 years.
  std::atomic<uint64_t> sum_{0};
};

}  // namespace rowkeeper::observe
