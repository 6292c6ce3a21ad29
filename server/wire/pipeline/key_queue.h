#pragma once

#include <list>
#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/exec/idempotency_keys.h"
#include "server/observe/counter.h"
#include "server/wire/exchange.h"
#include "server/wire/pipeline/own_transaction.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

struct KeyQueueStats {
  /// Keys for which a call runs.
  size_t running = 0;
  /// Calls that wait for one of those.
  size_t waiting = 0;
  /// Calls that another one's answer answered.
  uint64_t replayed_total = 0;
};

/// Runs writes that have an idempotency key, each as a transaction of its own. Of calls with the same key at the same
/// time one runs; the others wait for its answer, without a worker or a connection, and get it too. When it fails the
/// next one has its turn, unless nothing can be executed now. Calls on other servers are not known here: they meet at
/// the key in the database. Thread-safe; nothing blocks.
class KeyQueue {
 public:
  /// `waiting_limit`: calls that wait for another one with the same key; more are refused with QUEUE_FULL.
  KeyQueue(const OwnTransaction::Backend& backend, int waiting_limit);

  /// A write; `work` is Claimed for `key`.
  struct Write {
    exec::IdempotencyKey key;
    OwnTransaction::Options transaction;
    Work work;
  };

  /// `exchange` will be answered. This object outlives the call.
  void Start(const std::shared_ptr<Exchange>& exchange, Write write);
  KeyQueueStats stats() const;

 private:
  using Result = absl::StatusOr<std::string>;
  struct Entry;
  using SharedEntry = std::shared_ptr<Entry>;
  /// In the order in which they came.
  using Line = std::list<SharedEntry>;
  using SameLine = std::list<Entry*>;
  /// Those that wait for one key, in all and by request, so that each is taken out in O(1).
  struct Followers {
    Line line;
    absl::flat_hash_map<std::string, SameLine> by_request;
  };

  /// What becomes of a call that comes.
  enum class Admission { kFirst, kWaits, kRefused };

  Admission Enter(const SharedEntry& entry);
  void Execute(const SharedEntry& entry);
  /// Takes those that wait for `entry` and that its result answers: all when it succeeded; of the others only those
  /// with the same request, and only when it failed for a reason that concerns them too. `*next` has its turn, if there
  /// is one left.
  Line TakeFollowers(const Entry& entry, const Result& result, SharedEntry* next);
  static SharedEntry TakeOut(Followers* followers, Entry* entry);
  static bool IsSameRequest(const Entry& a, const Entry& b);
  /// `entry` has its result: it is answered, and whoever waits for it is answered too or has its turn.
  void OnResult(const SharedEntry& entry, Result result);
  /// Takes back one that still waits.
  void Withdraw(const SharedEntry& entry, CancelCause cause);

  const OwnTransaction::Backend backend_;
  const int waiting_limit_;

  mutable absl::Mutex mutex_;
  /// By key, while one of its calls runs: those that wait for it.
  absl::flat_hash_map<std::string, Followers> waiting_ ABSL_GUARDED_BY(mutex_);
  int waiting_calls_ ABSL_GUARDED_BY(mutex_) = 0;
  observe::Counter replayed_;
};

}  // namespace rowkeeper::wire
