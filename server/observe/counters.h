#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/reason.h"

namespace rowkeeper::observe {

/// Calls of one method by status code. Thread-safe and free of locks.
class MethodCounter {
 public:
  static constexpr int kCodes = 17;

  void Count(absl::StatusCode code) {
    calls_[static_cast<size_t>(code) % kCodes].fetch_add(1, std::memory_order_relaxed);
  }
  uint64_t calls(absl::StatusCode code) const {
    return calls_[static_cast<size_t>(code) % kCodes].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<uint64_t>, kCodes> calls_{};
};

struct CountersSnapshot {
  /// By method, then by the code's name ("NOT_FOUND"); codes that never occurred are left out.
  std::map<std::string, std::map<std::string, uint64_t>> calls;
  /// By ErrorInfo reason, or by the code's name where an error has none.
  std::map<std::string, uint64_t> refusals;
};

/// What the server did since it started. Thread-safe. Counters are never removed, so pointers to them stay valid.
class Counters {
 public:
  /// The process's own.
  static Counters& Process();

  /// The counter of `method`, made on first use. Look it up once, at start.
  MethodCounter* Method(std::string_view method);
  /// Counts a refusal under the error's reason, without a lock. Calls that succeed cost nothing here.
  void CountRefusal(const absl::Status& status);
  CountersSnapshot Snapshot() const;

 private:
  mutable absl::Mutex mutex_;
  std::map<std::string, std::unique_ptr<MethodCounter>, std::less<>> methods_ ABSL_GUARDED_BY(mutex_);
  std::array<std::atomic<uint64_t>, kReasonCount> refusals_{};
  /// Of errors without a reason.
  MethodCounter unreasoned_;
};

}  // namespace rowkeeper::observe
