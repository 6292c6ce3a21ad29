#include "rowkeeper/client/run_in_unit_of_work.h"

#include <algorithm>
#include <string>
#include <thread>

#include "backoff.h"
#include "errors.h"
#include "unit_state.h"

namespace rowkeeper::client {

// Out of line: gcc 12 warns wrongly where it inlines the list into callers.
RunOptions::RunOptions() : rerun_on{reason::kSerializationFailure, reason::kDeadlock, reason::kLockTimeout} {}

}  // namespace rowkeeper::client

namespace rowkeeper::client::internal {
namespace {

struct Attempt {
  absl::Status status;
  /// Nothing was committed, and another attempt may end better.
  bool again = false;
};

/// Nothing has been done yet when a unit could not be begun.
bool MayBeginAgain(const absl::Status& error) {
  // DEADLINE_EXCEEDED: a channel that waits for its server has not reached it.
  if (error.code() == absl::StatusCode::kUnavailable || error.code() == absl::StatusCode::kDeadlineExceeded)
    return true;
  return error.code() == absl::StatusCode::kResourceExhausted && DetailsOf(error).retry_delay.has_value();
}

bool IsToRerun(const absl::Status& error, const RunOptions& options) {
  const ErrorDetails details = DetailsOf(error);
  // The function overlooked that a call had failed: what counts is why it did.
  const std::string cause = details.reason == reason::kUnitOfWorkFailed ? details.Metadata("failure") : details.reason;
  if (details.domain != "rowkeeper" || cause == reason::kCommitOutcomeUnknown) return false;
  return std::find(options.rerun_on.begin(), options.rerun_on.end(), cause) != options.rerun_on.end();
}

/// OK of the function is no success when nobody has committed what it did.
absl::Status NotCommitted(const UnitState& unit) {
  return MakeError(absl::StatusCode::kFailedPrecondition, reason::kUnitOfWorkEnded,
                   "the function moved its unit of work away and returned OK, but the unit was not committed; it was "
                   "rolled back",
                   unit.id());
}

/// Ends what the function has left open.
absl::Status Finish(const UnitOfWork& unit, UnitState& state, absl::Status status) {
  const bool moved_away = UnitAccess::StateOf(unit).get() != &state;
  const bool open = state.state() == UnitOfWork::State::kOpen;
  if (status.ok() && open && !moved_away) return state.Commit();
  if (status.ok() && moved_away && (open || state.state() == UnitOfWork::State::kRolledBack))
    status = NotCommitted(state);
  state.Drop();
  return status;
}

Attempt TryOnce(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options,
                const UnitOfWorkOptions& unit_options, std::chrono::nanoseconds begin_time, const Work& work) {
  absl::StatusOr<UnitOfWork> unit = UnitAccess::Begin(channel, unit_options, begin_time);
  if (!unit.ok()) return {unit.status(), MayBeginAgain(unit.status())};
  // Kept, for the function may move the unit elsewhere.
  const std::shared_ptr<UnitState> state = UnitAccess::StateOf(*unit);
  const absl::Status status = Finish(*unit, *state, work(*unit));
  return {status, state->state() == UnitOfWork::State::kRolledBack && IsToRerun(status, options)};
}

}  // namespace

absl::Status RunWork(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options,
                     const Work& work) {
  const std::chrono::nanoseconds total_time = Clamped(options.total_time);
  const auto latest_start = Clock::now() + total_time;
  UnitOfWorkOptions unit = options.unit;
  unit.deadline = Earlier(unit.deadline, options.deadline);
  Backoff backoff(options.backoff);
  for (int attempts = 1;; ++attempts) {
    // Without any time there still is one attempt, with the time that it needs.
    const std::chrono::nanoseconds begin_time =
        total_time.count() == 0 ? kLongestTime : std::max(latest_start - Clock::now(), std::chrono::nanoseconds(0));
    const Attempt attempt = TryOnce(channel, options, unit, begin_time, work);
    if (attempt.status.ok() || !attempt.again || attempts >= options.max_attempts) return attempt.status;
    const std::chrono::nanoseconds pause = backoff.Next(attempt.status);
    if (Clock::now() + pause > latest_start || Within(unit.deadline, pause) < pause) return attempt.status;
    if (options.on_rerun) {
      options.on_rerun({attempts, attempt.status, std::chrono::ceil<std::chrono::milliseconds>(pause)});
    }
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace rowkeeper::client::internal
