#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "server/base/clock.h"
#include "server/base/limits.h"
#include "server/base/reason.h"

namespace rowkeeper::observe {

class CallDurations;

/// The errors that calls were last answered with: what is the code's own of each, and nothing that a caller sent or
/// the database said. Thread-safe; noting takes no lock, and one that is overtaken by 256 others at the same moment may
/// be lost. 8 KiB.
class RecentErrors {
 public:
  static constexpr size_t kKept = 256;

  struct Entry {
    Clock::wall_time_point time;
    /// Whose call it was; never removed.
    const CallDurations* method = nullptr;
    absl::StatusCode code = absl::StatusCode::kUnknown;
    std::optional<Reason> reason;
    std::optional<Limit> limit;
  };

  void Note(const Entry& entry);
  /// Newest first, kKept at most.
  std::vector<Entry> Latest() const;

 private:
  struct Slot {
    /// Twice the number of its entry, counted from 1; odd while it is written, 0 before the first one.
    std::atomic<uint64_t> version{0};
    std::atomic<int64_t> time{0};
    std::atomic<const CallDurations*> method{nullptr};
    std::atomic<uint64_t> what{0};
  };

  std::array<Slot, kKept> slots_{};
  std::atomic<uint64_t> noted_{0};
};

}  // namespace rowkeeper::observe
