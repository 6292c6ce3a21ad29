#pragma once

#include <cstddef>
#include <memory>

#include "server/exec/idempotency_keys.h"
#include "server/observe/counter.h"
#include "server/wire/exchange.h"
#include "server/wire/pipeline/work.h"

namespace rowkeeper::wire {

/// Where the responses to writes with an idempotency key are kept.
struct KeptResponses {
  struct Counters {
    observe::Counter claimed;
    observe::Counter replayed;
    observe::Counter stored_bytes;
  };

  exec::IdempotencyKeys keys;
  /// Larger responses are not stored; the write is then refused and undone. Bytes.
  size_t max_bytes = 1 << 20;
  /// Keys that were taken, calls that a stored response answered, and bytes that were stored; of these some may have
  /// been rolled back.
  std::unique_ptr<Counters> counters = std::make_unique<Counters>();
};

/// `work` done once for `key`, in one transaction with the key and the response: every repeat gives the stored
/// response, which `exchange` is told is a replay. `kept` outlives the work.
Work Claimed(const KeptResponses* kept, exec::IdempotencyKey key, const std::shared_ptr<Exchange>& exchange, Work work);

}  // namespace rowkeeper::wire
