#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace rowkeeper::bench {

/// Counts latencies in buckets whose width grows with their value: 64 to each power of two, so that a percentile is at
/// most 1/64 too high. Any thread may record at any time; read when nobody does.
class Histogram {
 public:
  void Record(std::chrono::nanoseconds latency);

  uint64_t count() const;
  /// The upper end of the bucket that holds this share of all latencies; zero without any. `share`: 0 to 1.
  std::chrono::nanoseconds Percentile(double share) const;
  std::chrono::nanoseconds Mean() const;
  /// Exact.
  std::chrono::nanoseconds max() const { return std::chrono::nanoseconds(max_.load()); }

 private:
  static constexpr int kBits = 6;
  static constexpr size_t kPerOctave = size_t{1} << kBits;

  static size_t BucketOf(uint64_t value);
  static uint64_t UpperEnd(size_t bucket);

  std::array<std::atomic<uint64_t>, kPerOctave*(64 - kBits + 1)> counts_{};
  std::atomic<uint64_t> sum_{0};
  std::atomic<uint64_t> max_{0};
};

}  // namespace rowkeeper::bench
