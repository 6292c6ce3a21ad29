#include "server/wire/otlp/trace_queue.h"

#include <utility>

namespace rowkeeper::wire {

bool TraceQueue::Add(observe::CallTrace trace) {
  const size_t bytes = BytesOf(trace);
  if (bytes > most_bytes_ - held_bytes_) return false;
  spans_ += trace.spans.size();
  waiting_bytes_ += bytes;
  held_bytes_ += bytes;
  traces_.push_back({std::move(trace), bytes});
  return true;
}

TraceQueue::Batch TraceQueue::Take(size_t most_spans, size_t most_bytes) {
  Batch batch;
  while (!traces_.empty()) {
    Waiting& next = traces_.front();
    const bool fits = batch.spans + next.trace.spans.size() <= most_spans && batch.bytes + next.bytes <= most_bytes;
    if (!batch.traces.empty() && !fits) break;
    batch.spans += next.trace.spans.size();
    batch.bytes += next.bytes;
    batch.traces.push_back(std::move(next.trace));
    traces_.pop_front();
  }
  spans_ -= batch.spans;
  waiting_bytes_ -= batch.bytes;
  return batch;
}

}  // namespace rowkeeper::wire
