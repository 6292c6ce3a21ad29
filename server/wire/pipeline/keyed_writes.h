#pragma once

#include "server/wire/pipeline/claimed.h"
#include "server/wire/pipeline/key_queue.h"

namespace rowkeeper::wire {

/// What all writes with an idempotency key share. Its parts are thread-safe.
struct KeyedWrites {
  KeyedWrites(KeptResponses kept_responses, const OwnTransaction::Backend& backend, int waiting_limit)
      : kept(std::move(kept_responses)), queue(backend, waiting_limit) {}

  const KeptResponses kept;
  KeyQueue queue;
};

}  // namespace rowkeeper::wire
