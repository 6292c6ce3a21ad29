#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/base/caller_id.h"

namespace rowkeeper {

class MemoryAccount;

/// How much memory calls may hold in all, split into shares, so that what one kind of bytes takes is never missing for
/// another: a server that is full of requests still has room for the results that empty it. Counts bytes of messages
/// and rows; what the process takes is about twice that, for what is decoded from them and for what malloc and gRPC
/// keep.
///
/// Callers share each share: one may hold three times as many bytes as it leaves free, so one alone gets three
/// quarters. What is its only charge is bounded by the share alone, so that its largest call fits. Thread-safe; only
/// AccountOf takes a lock.
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

  /// Whether there is room for more.
  enum class Room : uint8_t {
    kEnough,
    kFull,       ///< the share is taken
    kTheirFull,  ///< what callers leave each other of it is taken by this one
  };

  explicit MemoryBudget(size_t bytes);

  /// What `caller` holds; the same object as long as somebody keeps it.
  std::shared_ptr<MemoryAccount> AccountOf(const CallerId& caller) ABSL_LOCKS_EXCLUDED(mutex_);

  /// Nothing is taken, and it is counted, when there is no room for them. `account` may be null: nobody's. `held`:
  /// bytes of the account that belong to what grows.
  Room Take(Use use, size_t bytes, MemoryAccount* account = nullptr, size_t held = 0);
  /// For bytes that something else bounds, or that nobody may refuse any more: the share may be exceeded.
  void TakeAnyway(Use use, size_t bytes, MemoryAccount* account = nullptr);
  void GiveBack(Use use, size_t bytes, MemoryAccount* account = nullptr);

  /// Whether a caller could be kept from the share by what it holds, so that it matters whose bytes there are.
  bool IsCrowded(Use use) const;
  /// Whether new work may begin that needs the share later; counted where it may not.
  Room CheckRoom(Use use, MemoryAccount* account = nullptr);

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
  /// Counts and tells that there is none.
  static Room Refuse(Part* part, Room room);

  Part& PartOf(Use use) { return parts_[static_cast<size_t>(use)]; }
  const Part& PartOf(Use use) const { return parts_[static_cast<size_t>(use)]; }

  const size_t bytes_;
  std::array<Part, kUses> parts_;
  absl::Mutex mutex_;
  absl::flat_hash_map<std::string, std::weak_ptr<MemoryAccount>> accounts_ ABSL_GUARDED_BY(mutex_);
  size_t prune_at_ ABSL_GUARDED_BY(mutex_) = 1024;
};

/// What one caller holds of a budget. Thread-safe.
class MemoryAccount {
 public:
  explicit MemoryAccount(CallerId caller) : caller_(std::move(caller)) {}

  /// Whose it is.
  const CallerId& caller() const { return caller_; }
  size_t used(MemoryBudget::Use use) const { return used_[static_cast<size_t>(use)].load(std::memory_order_relaxed); }

 private:
  friend class MemoryBudget;
  const CallerId caller_;
  std::array<std::atomic<size_t>, MemoryBudget::kUses> used_{};
};

/// Knows whose bytes are charged. It is asked when there are many: it costs something to find out.
class MemoryOwner {
 public:
  virtual ~MemoryOwner() = default;
  /// Null: nobody's. Thread-safe.
  virtual std::shared_ptr<MemoryAccount> Account() = 0;
};

/// "requests", "results", "responses", "streams".
std::string_view MemoryUseName(MemoryBudget::Use use);

/// RESOURCE_EXHAUSTED, reason MEMORY_FULL, with RetryInfo: the share of `use` has no room, for the reason `room`.
absl::Status MemoryFull(const MemoryBudget& budget, MemoryBudget::Use use,
                        MemoryBudget::Room room = MemoryBudget::Room::kFull);

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

  bool has_account() const { return account_ != nullptr; }
  /// Whose bytes these are, with those that are charged already; null: nobody's.
  void SetAccount(std::shared_ptr<MemoryAccount> account);
  /// Charges `more`, if there is room for them.
  MemoryBudget::Room Grow(size_t more);
  /// The same, room or not.
  void GrowAnyway(size_t more);
  void Release();
  size_t bytes() const { return bytes_; }

 private:
  void Swap(MemoryCharge* other) {
    std::swap(budget_, other->budget_);
    std::swap(use_, other->use_);
    std::swap(bytes_, other->bytes_);
    account_.swap(other->account_);
  }

  MemoryBudget* budget_ = nullptr;
  MemoryBudget::Use use_ = MemoryBudget::Use::kRequests;
  size_t bytes_ = 0;
  std::shared_ptr<MemoryAccount> account_;
};

}  // namespace rowkeeper
