#include "server/observe/call_history.h"

#include <string>
#include <utility>

namespace rowkeeper::observe {
namespace {

static_assert(sizeof(CallSample) * CallHistory::kKept <= 50000, "the header says so");

uint32_t Grown(uint64_t now, uint64_t before) { return static_cast<uint32_t>(now - before); }

}  // namespace

DurationHistogram::Duration QuantileOf(const DurationCounts& counts, double share) {
  using Duration = DurationHistogram::Duration;
  uint64_t all = 0;
  for (const uint32_t count : counts) all += count;
  const double wanted = share * static_cast<double>(all);
  double below = 0;
  Duration lower{0};
  for (size_t i = 0; i < DurationHistogram::kBounds.size(); ++i) {
    const Duration upper = DurationHistogram::kBounds[i];
    const auto count = static_cast<double>(counts[i]);
    if (count > 0 && below + count >= wanted) {
      const double part = (wanted - below) / count;
      return lower + Duration(static_cast<Duration::rep>(static_cast<double>((upper - lower).count()) * part));
    }
    below += count;
    lower = upper;
  }
  return all == 0 ? Duration(0) : lower;
}

FailureKind KindOfFailure(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kOk:
      return FailureKind::kNone;
    case absl::StatusCode::kResourceExhausted:
      return FailureKind::kRefused;
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return FailureKind::kServer;
    default:
      return FailureKind::kCaller;
  }
}

CallHistory::CallHistory(const Counters* counters, Timers* timers, Load load)
    : counters_(*counters),
      clock_(timers->clock()),
      load_(std::move(load)),
      before_(TakeTotals()),
      begin_(clock_.Now()),
      timer_(timers, kPeriod, [this] { Sample(); }) {}

CallHistory::Totals CallHistory::TakeTotals() const {
  Totals totals;
  counters_.VisitCalls([&](const std::string&, absl::StatusCode code, const DurationHistogram& durations) {
    const DurationHistogram::Snapshot taken = durations.Take();
    for (size_t i = 0; i < taken.counts.size(); ++i) totals.durations[i] += taken.counts[i];
    switch (KindOfFailure(code)) {
      case FailureKind::kNone:
        break;
      case FailureKind::kCaller:
        totals.caller_errors += taken.count();
        break;
      case FailureKind::kRefused:
        totals.refused += taken.count();
        break;
      case FailureKind::kServer:
        totals.failed += taken.count();
        break;
    }
  });
  return totals;
}

void CallHistory::Sample() {
  const Totals totals = TakeTotals();
  const Clock::time_point now = clock_.Now();
  CallSample sample;
  sample.end = clock_.WallNow();
  sample.length = std::chrono::duration_cast<std::chrono::milliseconds>(now - begin_);
  sample.caller_errors = Grown(totals.caller_errors, before_.caller_errors);
  sample.refused = Grown(totals.refused, before_.refused);
  sample.failed = Grown(totals.failed, before_.failed);
  for (size_t i = 0; i < sample.durations.size(); ++i) {
    sample.durations[i] = Grown(totals.durations[i], before_.durations[i]);
    sample.calls += sample.durations[i];
  }
  if (load_ != nullptr) sample.load = load_();
  before_ = totals;
  begin_ = now;

  const absl::MutexLock lock(&mutex_);
  if (samples_.size() < kKept) {
    samples_.push_back(sample);
  } else {
    samples_[next_] = sample;
  }
  next_ = (next_ + 1) % kKept;
}

std::vector<CallSample> CallHistory::Samples() const {
  const absl::MutexLock lock(&mutex_);
  std::vector<CallSample> samples;
  samples.reserve(samples_.size());
  const size_t oldest = samples_.size() < kKept ? 0 : next_;
  for (size_t i = 0; i < samples_.size(); ++i) samples.push_back(samples_[(oldest + i) % samples_.size()]);
  return samples;
}

}  // namespace rowkeeper::observe
