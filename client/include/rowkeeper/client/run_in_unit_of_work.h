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
  RunOptions();

  UnitOfWorkOptions unit;
  /// Attempts in all, the first included. At least 1.
  int max_attempts = 10;
  /// No attempt begins later than this after the first, and none waits longer for its Begin. 0: one attempt.
  std::chrono::milliseconds total_time{60000};
  /// All is to be done by then, calls, pauses and attempts; UnitOfWorkOptions::deadline of each unit. After it nothing
  /// is committed.
  std::optional<std::chrono::system_clock::time_point> deadline;
  BackoffOptions backoff;
  /// Reasons (error_details.h) for which the whole unit is run again. Each must imply that nothing was committed; an
  /// unknown outcome never leads to another attempt. kVersionMismatch may be added when the function reads the version
  /// that it sends inside the unit.
  /// Default: SERIALIZATION_FAILURE, DEADLOCK and LOCK_TIMEOUT.
  std::vector<std::string> rerun_on;
  /// Whether a unit is run again that was lost with its connection to the database or with its server:
  /// UNIT_OF_WORK_EXPIRED with the cause CONNECTION_LOST, SHUTDOWN, SERVER_RESTARTED or OTHER_RELEASE; SHUTTING_DOWN;
  /// and where a call reached another server than the unit's, UNIT_OF_WORK_ELSEWHERE or SERVER_STARTING. Nothing of it
  /// was committed; otherwise the error is COMMIT_OUTCOME_UNKNOWN, which is never run again. DATABASE_UNAVAILABLE is
  /// run again only if it is in `rerun_on`.
  enum class RerunLost { kYes, kNo } rerun_lost = RerunLost::kYes;
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

template <typename T>
struct IsResult : std::is_same<T, absl::Status> {};
template <typename T>
struct IsResult<absl::StatusOr<T>> : std::true_type {};

template <typename Function>
constexpr bool IsWork() {
  if constexpr (std::is_invocable_v<Function&, UnitOfWork&>) {
    return IsResult<std::invoke_result_t<Function&, UnitOfWork&>>::value;
  } else {
    return false;
  }
}

/// What a function of a unit returns; absl::Status when it is none.
template <typename Function, bool is_work = IsWork<Function>()>
struct ResultOf {
  using Type = std::invoke_result_t<Function&, UnitOfWork&>;
};
template <typename Function>
struct ResultOf<Function, false> {
  using Type = absl::Status;
};

}  // namespace internal

/// Runs `function(UnitOfWork&)`, which returns absl::Status or absl::StatusOr<T>, inside a unit of work: commits when
/// it returns OK, rolls back and returns its error otherwise.
///
///   absl::StatusOr<Project> project = RunInUnitOfWork(channel, {}, [&](UnitOfWork& unit) -> absl::StatusOr<Project> {
///     auto created = unit.Call(&ProjectRepository::Stub::Create, projects, request);
///     if (!created.ok()) return created.status();
///     return created;
///   });
///
/// When the function or Commit fails with one of options.rerun_on the whole function runs again in a new unit, so it
/// must do nothing else that cannot be repeated, and must return the errors of its calls as they are. A call alone is
/// never repeated. Begin is asked again when the server has no free place or cannot be reached, for nothing has been
/// done then; that ends with total_time. An error of COMMIT_OUTCOME_UNKNOWN is returned at once: look what is there
/// before doing it again. An exception rolls back and passes through.
///
/// The function may end the unit itself; then nothing more is done than returning its result, and after a Commit it
/// does not run again. When it moves the unit elsewhere and returns OK uncommitted, the unit is rolled back, and the
/// result is FAILED_PRECONDITION.
///
/// Name the parameter differently from a local absl::StatusOr<UnitOfWork> around it: GCC 14 compares the types of names
/// that hide each other, and with abseil 20240722 (Debian 13) stops there with "type must lack qualifiers".
template <typename Function>
typename internal::ResultOf<Function>::Type RunInUnitOfWork(const std::shared_ptr<grpc::ChannelInterface>& channel,
                                                            const RunOptions& options, Function&& function) {
  static_assert(internal::IsWork<Function>(),
                "RunInUnitOfWork takes a function of UnitOfWork& that returns absl::Status or absl::StatusOr<T>; "
                "a lambda may have to say so: [&](UnitOfWork& unit) -> absl::StatusOr<T> { … }");
  using Result = typename internal::ResultOf<Function>::Type;
  std::optional<Result> result;
  const absl::Status status = internal::RunWork(channel, options, [&](UnitOfWork& unit) {
    result.emplace(function(unit));
    return internal::StatusOf(*result);
  });
  if (!status.ok()) return status;
  return *std::move(result);
}

}  // namespace rowkeeper::client
