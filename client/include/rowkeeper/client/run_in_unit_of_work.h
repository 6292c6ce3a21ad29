#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "rowkeeper/client/error_details.h"
#include "rowkeeper/client/unit_of_work.h"

namespace rowkeeper::client {

/// The pause before attempt n+1 is the delay that the server asked for, if it did, plus a random time between nothing
/// and initial * factor^(n-1), which is at most `longest`.
struct BackoffOptions {
  std::chrono::milliseconds initial{20};
  std::chrono::milliseconds longest{2000};
  /// At least 1.
  double factor = 2;
};

/// Why and when a unit is run again.
struct Rerun {
  /// Attempts so far, from 1.
  int attempts = 0;
  /// What the last one ended with.
  absl::Status error;
  std::chrono::milliseconds pause{0};
};

struct RunOptions {
  UnitOfWorkOptions unit;
  /// Attempts in all, the first included. At least 1.
  int max_attempts = 10;
  /// No attempt begins later than this after the first.
  std::chrono::milliseconds total_time{60000};
  BackoffOptions backoff;
  /// Reasons (error_details.h) for which the whole unit is run again. Each must imply that nothing was committed; an
  /// unknown outcome never leads to another attempt. kVersionMismatch may be added when the function reads the version
  /// that it sends inside the unit.
  std::vector<std::string> rerun_on = {reason::kSerializationFailure, reason::kDeadlock, reason::kLockTimeout};
  /// Called before each pause, for logs and counters.
  std::function<void(const Rerun&)> on_rerun;
};

namespace internal {

using Work = std::function<absl::Status(UnitOfWork&)>;
absl::Status RunWork(const std::shared_ptr<grpc::ChannelInterface>& channel, const RunOptions& options,
                     const Work& work);

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

}  // namespace internal

/// Runs `function(UnitOfWork&)`, which returns absl::Status or absl::StatusOr<T>, inside a unit of work: commits when
/// it returns OK, rolls back and returns its error otherwise.
///
///   absl::StatusOr<Project> project = RunInUnitOfWork(channel, {}, [&](UnitOfWork& unit) -> absl::StatusOr<Project> {
///     auto created = unit.Call(&ProjectRepository::Stub::Create, projects, request);
///     if (!created.ok()) return created.status();
///     …
///     return created;
///   });
///
/// When the function or Commit fails with one of options.rerun_on the whole function runs again in a new unit, so it
/// must do nothing else that cannot be repeated, and must return the errors of its calls as they are. A call alone is
/// never repeated. Begin is asked again when the server has no free place or cannot be reached, for nothing has been
/// done then. An error of COMMIT_OUTCOME_UNKNOWN is returned at once: look what is there before doing it again. An
/// exception rolls back and passes through.
///
/// The function may end the unit itself; then nothing more is done than returning its result.
template <typename Function>
std::invoke_result_t<Function&, UnitOfWork&> RunInUnitOfWork(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                                             const RunOptions& options, Function&& function) {
  using Result = std::invoke_result_t<Function&, UnitOfWork&>;
  std::optional<Result> result;
  const absl::Status status = internal::RunWork(channel, options, [&](UnitOfWork& unit) {
    result.emplace(function(unit));
    return internal::StatusOf(*result);
  });
  if (!status.ok()) return status;
  return *std::move(result);
}

}  // namespace rowkeeper::client
