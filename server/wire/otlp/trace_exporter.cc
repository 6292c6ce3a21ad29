#include "server/wire/otlp/trace_exporter.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "server/base/utf8.h"
#include "server/observe/caught.h"
#include "server/observe/log.h"

namespace rowkeeper::wire {
namespace {

constexpr size_t kLoggedReasonBytes = 300;

}  // namespace

std::string_view SpanLossName(SpanLoss loss) {
  switch (loss) {
    case SpanLoss::kCallLimit:
      return "call";
    case SpanLoss::kBuffer:
      return "buffer";
    case SpanLoss::kRefused:
      return "refused";
    case SpanLoss::kUnreachable:
      return "unreachable";
    case SpanLoss::kShutdown:
      return "shutdown";
  }
  return "";
}

TraceExporter::TraceExporter(const TraceExporterOptions& options, TraceSender* sender, Clock* clock)
    : options_(options),
      sender_(*sender),
      clock_(*clock),
      queue_(options.buffer_bytes),
      pause_(options.first_pause),
      thread_([this] { Loop(); }) {}

TraceExporter::~TraceExporter() {
  Flush(Clock::time_point::min());
  thread_.join();
}

void TraceExporter::Add(observe::CallTrace trace) {
  const absl::MutexLock lock(&mutex_);
  const size_t spans = trace.spans.size();
  if (trace.left_out > 0) Drop(SpanLoss::kCallLimit, static_cast<size_t>(trace.left_out));
  if (over_) return Drop(SpanLoss::kShutdown, spans);
  const bool first = queue_.empty();
  if (!queue_.Add(std::move(trace))) return Drop(SpanLoss::kBuffer, spans);
  if (first) due_ = clock_.Now() + options_.delay;
  if (first || HasBatch()) changed_.SignalAll();
}

void TraceExporter::Flush(Clock::time_point by) {
  {
    const absl::MutexLock lock(&mutex_);
    if (state_ == State::kRuns) state_ = State::kFlushes;
    changed_.SignalAll();
    while (!over_ && clock_.Now() < by) clock_.WaitUntil(&changed_, &mutex_, by);
    state_ = State::kStops;
    changed_.SignalAll();
    if (over_) return;
  }
  sender_.Cancel();
  const absl::MutexLock lock(&mutex_);
  while (!over_) changed_.Wait(&mutex_);
}

TraceExporterStats TraceExporter::stats() const {
  const absl::MutexLock lock(&mutex_);
  TraceExporterStats stats = stats_;
  stats.waiting = queue_.spans() + being_sent_;
  return stats;
}

void TraceExporter::Loop() {
  try {
    while (const auto batch = AwaitBatch()) Deliver(*batch);
  } catch (const std::exception& error) {  // there is no memory for more
    (void)observe::Caught("the export of traces", "", error);
  }
  const absl::MutexLock lock(&mutex_);
  Drop(SpanLoss::kShutdown, queue_.spans());
  over_ = true;
  changed_.SignalAll();
}

bool TraceExporter::HasBatch() const {
  return queue_.spans() >= options_.batch_spans || queue_.bytes() >= options_.batch_bytes;
}

std::optional<TraceQueue::Batch> TraceExporter::AwaitBatch() {
  const absl::MutexLock lock(&mutex_);
  while (state_ == State::kRuns && !HasBatch() && (queue_.empty() || clock_.Now() < due_)) {
    clock_.WaitUntil(&changed_, &mutex_, queue_.empty() ? Clock::time_point::max() : due_);
  }
  if (state_ == State::kStops || queue_.empty()) return std::nullopt;
  TraceQueue::Batch batch = queue_.Take(options_.batch_spans, options_.batch_bytes);
  being_sent_ = batch.spans;
  return batch;
}

void TraceExporter::Deliver(const TraceQueue::Batch& batch) {
  const Clock::time_point give_up = clock_.Now() + options_.patience;
  for (bool first = pause_ == options_.first_pause;; first = false) {
    const SendResult result = sender_.Send(batch.traces);
    if (result.outcome == SendResult::Outcome::kTaken) return NoteTaken(batch, result);
    const Clock::time_point next = clock_.Now() + std::max<Clock::duration>(result.wait, pause_);
    {
      const absl::MutexLock lock(&mutex_);
      ++stats_.failures;
      first = first && state_ == State::kRuns;
    }
    LogFailure(result, first);
    if (result.outcome == SendResult::Outcome::kRefused) return NoteLost(batch, SpanLoss::kRefused);
    pause_ = std::min(pause_ * 2, options_.longest_pause);
    if (next > give_up) return NoteLost(batch, SpanLoss::kUnreachable);
    if (!AwaitNextTry(next)) return NoteLost(batch, SpanLoss::kShutdown);
  }
}

bool TraceExporter::AwaitNextTry(Clock::time_point until) {
  const absl::MutexLock lock(&mutex_);
  while (state_ == State::kRuns && clock_.Now() < until) clock_.WaitUntil(&changed_, &mutex_, until);
  if (state_ == State::kRuns) return true;
  state_ = State::kStops;  // a collector that is away now is not waited for
  return false;
}

void TraceExporter::NoteTaken(const TraceQueue::Batch& batch, const SendResult& result) {
  if (pause_ != options_.first_pause) observe::Log(observe::LogLevel::kInfo, "traces are exported again", {});
  pause_ = options_.first_pause;
  if (result.rejected > 0) LogFailure(result, false);
  const auto rejected = static_cast<size_t>(std::clamp<int64_t>(result.rejected, 0, static_cast<int64_t>(batch.spans)));
  const absl::MutexLock lock(&mutex_);
  stats_.exported += batch.spans - rejected;
  Drop(SpanLoss::kRefused, rejected);
  queue_.Release(batch);
  being_sent_ = 0;
}

void TraceExporter::NoteLost(const TraceQueue::Batch& batch, SpanLoss loss) {
  const absl::MutexLock lock(&mutex_);
  Drop(loss, batch.spans);
  queue_.Release(batch);
  being_sent_ = 0;
}

/// A collector that is away is told of once, when it goes.
void TraceExporter::LogFailure(const SendResult& result, bool first) const {
  const std::string why = ShortenUtf8(result.why, kLoggedReasonBytes);
  if (result.outcome != SendResult::Outcome::kTryAgain) {
    observe::Log(observe::LogLevel::kWarning, "the collector refused spans", {{"error", why}});
  } else if (first) {
    observe::Log(observe::LogLevel::kWarning, "traces cannot be exported now, and are tried again", {{"error", why}});
  }
}

}  // namespace rowkeeper::wire
