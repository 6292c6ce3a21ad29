#include "tests/bench/load/histogram.h"

#include <algorithm>
#include <cmath>

namespace rowkeeper::bench {

size_t Histogram::BucketOf(uint64_t value) {
  if (value < kPerOctave) return value;
  const int shift = 63 - __builtin_clzll(value) - kBits;
  return (static_cast<size_t>(shift) + 1) * kPerOctave + ((value >> shift) - kPerOctave);
}

uint64_t Histogram::UpperEnd(size_t bucket) {
  if (bucket < kPerOctave) return bucket;
  const size_t shift = bucket / kPerOctave - 1;
  return ((kPerOctave + bucket % kPerOctave + 1) << shift) - 1;
}

void Histogram::Record(std::chrono::nanoseconds latency) {
  const uint64_t value = static_cast<uint64_t>(std::max<int64_t>(0, latency.count()));
  counts_[BucketOf(value)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
  uint64_t max = max_.load(std::memory_order_relaxed);
  while (value > max && !max_.compare_exchange_weak(max, value, std::memory_order_relaxed)) {
  }
}

uint64_t Histogram::count() const {
  uint64_t count = 0;
  for (const auto& bucket : counts_) count += bucket.load(std::memory_order_relaxed);
  return count;
}

std::chrono::nanoseconds Histogram::Percentile(double share) const {
  const uint64_t all = count();
  const uint64_t rank = std::max<uint64_t>(1, static_cast<uint64_t>(std::ceil(share * static_cast<double>(all))));
  uint64_t seen = 0;
  for (size_t bucket = 0; all > 0 && bucket < counts_.size(); ++bucket) {
    seen += counts_[bucket].load(std::memory_order_relaxed);
    if (seen >= rank) return std::chrono::nanoseconds(std::min(UpperEnd(bucket), max_.load()));
  }
  return std::chrono::nanoseconds(0);
}

std::chrono::nanoseconds Histogram::Mean() const {
  const uint64_t all = count();
  return std::chrono::nanoseconds(all == 0 ? 0 : sum_.load() / all);
}

}  // namespace rowkeeper::bench
