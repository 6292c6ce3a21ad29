#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/observe/span.h"
#include "server/wire/otlp/trace_queue.h"
#include "server/wire/otlp/trace_sender.h"

namespace rowkeeper::wire {

struct TraceExporterOptions {
  /// Traces that wait or are being sent take so much memory, bytes; more are dropped.
  size_t buffer_bytes = size_t{4} << 20;
  /// A batch is sent when so much waits …
  size_t batch_spans = 512;
  size_t batch_bytes = size_t{1} << 20;
  /// … or when its first trace has waited for so long.
  std::chrono::milliseconds delay{1000};
  /// Before a failed batch is sent again: the first time, doubled each time, and at most.
  std::chrono::milliseconds first_pause{1000};
  std::chrono::milliseconds longest_pause{30000};
  /// A batch is dropped when it could not be sent for so long.
  std::chrono::minutes patience{5};
};

/// Why spans never reached a collector.
enum class SpanLoss : uint8_t {
  kCallLimit,    ///< their call had too many
  kBuffer,       ///< too many waited
  kRefused,      ///< the collector did not want them
  kUnreachable,  ///< there was no collector for too long
  kShutdown,     ///< the server ended before
};
inline constexpr size_t kSpanLosses = 5;
/// "buffer"
std::string_view SpanLossName(SpanLoss loss);

struct TraceExporterStats {
  uint64_t exported = 0;
  /// By SpanLoss.
  std::array<uint64_t, kSpanLosses> dropped{};
  /// Batches that were not taken when they were sent; the same one counts each time.
  uint64_t failures = 0;
  /// Spans that wait or are being sent.
  size_t waiting = 0;
};

/// Sends traces in batches, on a thread of its own, and again while the collector is away. Thread-safe.
class TraceExporter : public observe::TraceSink {
 public:
  /// Both outlive this object.
  TraceExporter(const TraceExporterOptions& options, TraceSender* sender, Clock* clock);
  /// Drops what still waits.
  ~TraceExporter() override;

  void Add(observe::CallTrace trace) override;
  /// No trace comes any more: sends what waits, until the first failure and until `by` at most, and drops the rest. May
  /// block until then.
  void Flush(Clock::time_point by);
  TraceExporterStats stats() const;

 private:
  enum class State { kRuns, kFlushes, kStops };

  void Loop();
  /// The next batch; nothing when it is time to end.
  std::optional<TraceQueue::Batch> AwaitBatch();
  /// Sends it as often as it takes.
  void Deliver(const TraceQueue::Batch& batch);
  void NoteTaken(const TraceQueue::Batch& batch, const SendResult& result);
  void NoteLost(const TraceQueue::Batch& batch, SpanLoss loss);
  void LogFailure(const SendResult& result, bool first) const;
  /// False: it is no time for another try.
  bool AwaitNextTry(Clock::time_point until);
  bool HasBatch() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Drop(SpanLoss loss, size_t spans) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    stats_.dropped[static_cast<size_t>(loss)] += spans;
  }

  const TraceExporterOptions options_;
  TraceSender& sender_;
  Clock& clock_;

  mutable absl::Mutex mutex_;
  /// The thread, and whoever flushes, have something to look at.
  absl::CondVar changed_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kRuns;
  bool over_ ABSL_GUARDED_BY(mutex_) = false;
  TraceQueue queue_ ABSL_GUARDED_BY(mutex_);
  /// When the first of those that wait is to be sent.
  Clock::time_point due_ ABSL_GUARDED_BY(mutex_){};
  size_t being_sent_ ABSL_GUARDED_BY(mutex_) = 0;
  TraceExporterStats stats_ ABSL_GUARDED_BY(mutex_);
  /// Of the thread.
  std::chrono::milliseconds pause_{0};
  std::thread thread_;
};

}  // namespace rowkeeper::wire
