#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "absl/status/status.h"

namespace rowkeeper {

/// How much memory calls may hold in all, split into shares, so that what one kind of bytes takes is never missing for
/// another: a server that is full of requests still has room for the results that empty it. Counts bytes of messages
/// and rows; what the process takes is about twice that, for what is decoded from them and for what malloc and gRPC
/// keep. Thread-safe and free of locks.
class MemoryBudget {
 public:
  /// What holds bytes.
  enum class Use : uint8_t {
    kRequests,   ///< requests, from their arrival until their calls are over: those that wait included
    kResults,    ///< rows, while they are read and until they are encoded
    kResponses,  ///< responses, until gRPC is done with them
    kStreams,    ///< messages of imports and exports; --max-streams bounds them, so none is refused here
  };
  static constexpr size_t kUses = static_cast<size_t>(Use::kStreams) + 1;
  /// Of the budget, in the order of the uses.
  static constexpr std::array<int, kUses> kPercent = {30, 40, 20, 10};

  struct Share {
    size_t limit = 0;
    size_t used = 0;
    uint64_t refused_total = 0;
  };

  explicit MemoryBudget(size_t bytes);

  /// False, and counted, when the share has no room for them.
  bool Take(Use use, size_t bytes);
  /// For bytes that something else bounds, or that nobody may refuse any more: the share may be exceeded.
  void TakeAnyway(Use use, size_t bytes) { PartOf(use).used.fetch_add(bytes, std::memory_order_relaxed); }
  void GiveBack(Use use, size_t bytes) { PartOf(use).used.fetch_sub(bytes, std::memory_order_relaxed); }

  /// MemoryFull(), counted, when all of the share is taken.
  absl::Status CheckRoom(Use use);

  size_t bytes() const { return bytes_; }
  Share share(Use use) const;
  /// Of all uses.
  size_t used() const;

 private:
  struct alignas(64) Part {  // a cache line each: every call changes two of them
    size_t limit = 0;
    std::atomic<size_t> used{0};
    std::atomic<uint64_t> refused{0};
  };
  Part& PartOf(Use use) { return parts_[static_cast<size_t>(use)]; }
  const Part& PartOf(Use use) const { return parts_[static_cast<size_t>(use)]; }

  const size_t bytes_;
  std::array<Part, kUses> parts_;
};

/// "requests", "results", "responses", "streams".
std::string_view MemoryUseName(MemoryBudget::Use use);

/// RESOURCE_EXHAUSTED, reason MEMORY_FULL, with RetryInfo: the share of `use` has no room.
absl::Status MemoryFull(const MemoryBudget& budget, MemoryBudget::Use use);

/// Bytes that are charged to a share for as long as this lives. One without a budget costs nothing. For one thread at a
/// time; the budget outlives it.
class MemoryCharge {
 public:
  MemoryCharge() = default;
  /// Of nothing yet; `budget` may be null.
  MemoryCharge(MemoryBudget* budget, MemoryBudget::Use use) : budget_(budget), use_(use) {}
  MemoryCharge(MemoryCharge&& other) noexcept { Swap(&other); }
  MemoryCharge& operator=(MemoryCharge&& other) noexcept {
    MemoryCharge taken(std::move(other));
    Swap(&taken);
    return *this;
  }
  ~MemoryCharge() { Release(); }

  /// Charges `more`; false when there is no room for them.
  bool Grow(size_t more);
  /// The same, room or not.
  void GrowAnyway(size_t more);
  void Release();
  size_t bytes() const { return bytes_; }

 private:
  void Swap(MemoryCharge* other) {
    std::swap(budget_, other->budget_);
    std::swap(use_, other->use_);
    std::swap(bytes_, other->bytes_);
  }

  MemoryBudget* budget_ = nullptr;
  MemoryBudget::Use use_ = MemoryBudget::Use::kRequests;
  size_t bytes_ = 0;
};

}  // namespace rowkeeper
