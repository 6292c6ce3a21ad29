#include "rowkeeper/client/run_in_unit_of_work.h"

#include <algorithm>
#include <string>

#include "backoff.h"
#include "errors.h"
#include "run_work.h"
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
  if (WasDropped(error)) return true;
  return error.code() == absl::StatusCode::kResourceExhausted && DetailsOf(error).retry_delay.has_value();
}

/// The unit went with its connection or server before Commit, and may do better on another one. One that was too slow
/// would be too slow again.
bool WasLost(const ErrorDetails& details) {
  if (details.reason == reason::kUnitOfWorkElsewhere || details.reason == reason::kShuttingDown ||
      details.reason == reason::kServerStarting)
    return true;
  if (details.reason != reason::kUnitOfWorkExpired) return false;
  const std::string cause = details.Metadata("cause");
  return cause == "CONNECTION_LOST" || cause == "SHUTDOWN" || cause == "SERVER_RESTARTED" || cause == "OTHER_RELEASE";
}

bool IsToRerun(const absl::Status& error, const RunOptions& options) {
  const ErrorDetails details = DetailsOf(error);
  // The function overlooked that a call had failed: what counts is why it did.
  const std::string cause = details.reason == reason::kUnitOfWorkFailed ? details.Metadata("failure") : details.reason;
  if (details.domain != "rowkeeper" || cause == reason::kCommitOutcomeUnknown) return false;
  if (options.rerun_lost == RunOptions::RerunLost::kYes && WasLost(details)) return true;
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

/// What each attempt needs.
struct Attempts {
  const std::shared_ptr<grpc::ChannelInterface>& channel;
  const RunOptions& options;
  UnitOfWorkOptions unit;
  const Work& work;
  Clock* clock;
};

Attempt TryOnce(const Attempts& attempts, std::chrono::nanoseconds begin_time) {
  absl::StatusOr<UnitOfWork> unit = UnitAccess::Begin(attempts.channel, attempts.unit, begin_time, attempts.clock);
  if (!unit.ok()) return {unit.status(), MayBeginAgain(unit.status())};
  // Kept, for the function may move the unit elsewhere.
  const std::shared_ptr<UnitState> state = UnitAccess::StateOf(*unit);
  const absl::Status status = Finish(*unit, *state, attempts.work(*unit));
  return {status, state->state() == UnitOfWork::State::kRolledBack && IsToRerun(status, attempts.options)};
}

}  // namespace

absl::Status RunWork(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options,
                     const Work& work) {
  return RunWork(channel, options, work, &Clock::System());
}

absl::Status RunWork(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options,
                     const Work& work, Clock* clock) {
  const std::chrono::nanoseconds total_time = Clamped(options.total_time);
  const auto latest_start = clock->Now() + total_time;
  Attempts attempts{channel, options, options.unit, work, clock};
  attempts.unit.deadline = Earlier(options.unit.deadline, options.deadline);
  Backoff backoff(options.backoff);
  for (int number = 1;; ++number) {
    // Without any time there still is one attempt, with the time that it needs.
    const std::chrono::nanoseconds begin_time =
        total_time.count() == 0 ? kLongestTime : std::max(latest_start - clock->Now(), std::chrono::nanoseconds(0));
    const Attempt attempt = TryOnce(attempts, begin_time);
    if (attempt.status.ok() || !attempt.again || number >= options.max_attempts) return attempt.status;
    const std::chrono::nanoseconds pause = backoff.Next(attempt.status);
    if (clock->Now() + pause > latest_start || Within(attempts.unit.deadline, pause, *clock) < pause)
      return attempt.status;
    if (options.on_rerun) {
      options.on_rerun({number, attempt.status, std::chrono::ceil<std::chrono::milliseconds>(pause)});
    }
    clock->SleepFor(pause);
  }
}

}  // namespace rowkeeper::client::internal
