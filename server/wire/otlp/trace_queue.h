#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "server/observe/span.h"

namespace rowkeeper::wire {

/// Traces that wait to be sent, within a limit of memory. One thread at a time.
class TraceQueue {
 public:
  /// What is sent at once.
  struct Batch {
    std::vector<observe::CallTrace> traces;
    size_t spans = 0;
    size_t bytes = 0;
  };

  /// Waiting traces, and those of batches that are not released, take so many bytes at most.
  explicit TraceQueue(size_t most_bytes) : most_bytes_(most_bytes) {}

  /// False: there is no room for it.
  bool Add(observe::CallTrace trace);
  /// Those that came first, up to both limits; one at least. There is one.
  Batch Take(size_t most_spans, size_t most_bytes);
  /// A batch that was taken needs no memory any more.
  void Release(const Batch& batch) { held_bytes_ -= batch.bytes; }

  bool empty() const { return traces_.empty(); }
  /// That wait, without those that were taken.
  size_t spans() const { return spans_; }
  size_t bytes() const { return waiting_bytes_; }

 private:
  struct Waiting {
    observe::CallTrace trace;
    size_t bytes = 0;
  };

  const size_t most_bytes_;
  std::deque<Waiting> traces_;
  size_t spans_ = 0;
  size_t waiting_bytes_ = 0;
  /// Of what waits and of what was taken.
  size_t held_bytes_ = 0;
};

}  // namespace rowkeeper::wire
