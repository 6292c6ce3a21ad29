#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "server/base/clock.h"
#include "server/observe/call_spans.h"
#include "server/observe/trace_parent.h"

namespace rowkeeper::observe {

/// Decides which calls are sampled. Immutable, so thread-safe.
class Tracer {
 public:
  struct Options {
    /// Share of the calls without a traceparent that are sampled. Range 0 to 1.
    double ratio = 0;
    /// Both outlive the tracer and the spans of its calls.
    Clock* clock = &Clock::System();
    TraceSink* sink = nullptr;
  };
  explicit Tracer(const Options& options);

  /// Whether a call is sampled: its caller decides by the traceparent, else chance does. Reads no clock and takes no
  /// memory.
  bool Samples(const std::optional<TraceParent>& parent) const;

  struct Call {
    /// "/planner.v1.TodoRepository/GetById"
    std::string_view path;
    /// On the tracer's clock.
    Clock::time_point came_at;
    /// The header tracestate, of which 512 bytes are kept, or nothing of a longer one.
    std::string_view state;
  };
  /// Of a call that is sampled.
  std::shared_ptr<CallSpans> Begin(const std::optional<TraceParent>& parent, const Call& call) const;

 private:
  const Options options_;
  /// Of random numbers, those below it are sampled; by a ratio of 1, all.
  const uint64_t threshold_;
};

}  // namespace rowkeeper::observe
