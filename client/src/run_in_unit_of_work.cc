#include "rowkeeper/client/run_in_unit_of_work.h"

#include <algorithm>
#include <string>
#include <thread>

#include "backoff.h"

namespace rowkeeper::client::internal {
namespace {

using Clock = std::chrono::steady_clock;

struct Attempt {
  absl::Status status;
  /// Nothing was committed, and another attempt may end better.
  bool again = false;
};

/// Nothing has been done yet when a unit could not be begun.
bool MayBeginAgain(const absl::Status& error) {
  if (error.code() == absl::StatusCode::kUnavailable) return true;
  return error.code() == absl::StatusCode::kResourceExhausted && DetailsOf(error).retry_delay.has_value();
}

bool IsToRerun(const absl::Status& error, const RunOptions& options) {
  const ErrorDetails details = DetailsOf(error);
  // The function overlooked that a call had failed: what counts is why it did.
  const std::string cause = details.reason == reason::kUnitOfWorkFailed ? details.Metadata("failure") : details.reason;
  if (details.domain != "rowkeeper" || cause == reason::kCommitOutcomeUnknown) return false;
  return std::find(options.rerun_on.begin(), options.rerun_on.end(), cause) != options.rerun_on.end();
}

Attempt TryOnce(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options, const Work& work) {
  absl::StatusOr<UnitOfWork> unit = UnitOfWork::Begin(channel, options.unit);
  if (!unit.ok()) return {unit.status(), MayBeginAgain(unit.status())};
  absl::Status status = work(*unit);
  if (status.ok() && unit->state() == UnitOfWork::State::kOpen) status = unit->Commit();
  const UnitOfWork::State state = unit->state();
  const bool nothing_committed = state == UnitOfWork::State::kOpen || state == UnitOfWork::State::kRolledBack;
  return {status, nothing_committed && IsToRerun(status, options)};
}

}  // namespace

absl::Status RunWork(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options,
                     const Work& work) {
  const auto latest_start = Clock::now() + options.total_time;
  Backoff backoff(options.backoff);
  for (int attempts = 1;; ++attempts) {
    const Attempt attempt = TryOnce(channel, options, work);
    if (attempt.status.ok() || !attempt.again || attempts >= options.max_attempts) return attempt.status;
    const std::chrono::nanoseconds pause = backoff.Next(attempt.status);
    if (Clock::now() + pause > latest_start) return attempt.status;
    if (options.on_rerun) {
      options.on_rerun({attempts, attempt.status, std::chrono::ceil<std::chrono::milliseconds>(pause)});
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace rowkeeper::client::internal
