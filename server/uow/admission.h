#pragma once

#include <chrono>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/uow/begin_task.h"
#include "server/uow/options.h"

namespace rowkeeper::uow {

/// Admission control of units: the slots that open ones take, in all and for each caller, and the Begins that wait for
/// one: of those whose callers may have one more, the callers with the fewest come first. Calls nobody back.
/// Thread-safe; its lock is taken with no other held, and nothing but a Cancellation's is taken under it.
class Admission {
 public:
  using Tasks = std::vector<std::shared_ptr<BeginTask>>;

  /// A Begin that goes without.
  struct Refusal {
    std::shared_ptr<BeginTask> task;
    absl::Status status;
  };

  enum class Decision { kGranted, kWaits, kRefused };

  explicit Admission(const UnitOptions& options);

  /// `*refusal` is set when it is refused.
  Decision Admit(const std::shared_ptr<BeginTask>& task, absl::Status* refusal);
  /// The call that was granted a slot has opened its unit, which holds the slot now.
  void Settle(const std::shared_ptr<BeginTask>& task);
  /// A slot is free again. Gives those that are granted one now; each is to be begun.
  [[nodiscard]] Tasks Release(const std::string& caller);
  /// The call that was granted a slot opens no unit.
  [[nodiscard]] Tasks GiveUp(const std::shared_ptr<BeginTask>& task);
  /// Takes a waiting call back; false when it does not wait any more.
  bool Withdraw(const BeginTask& task);
  /// Those that have waited too long, each to be told.
  [[nodiscard]] std::vector<Refusal> TakeLate(Clock::time_point now);
  /// When the next one will have waited too long.
  Clock::time_point NextLate() const;

  /// Grants nothing from now on and cancels what is being begun. Gives those that waited, each to be told.
  [[nodiscard]] Tasks Close();
  bool closed() const;
  /// How many wait.
  size_t waiting() const;
  /// Waits until no slot is taken.
  void WaitUntilFree();

 private:
  bool MayHave(const BeginTask& task) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool CallerMayHave(const BeginTask& task) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool IsBelowItsLimit(const BeginTask& task) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  int UsedBy(const std::string& caller) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool MayWait(const BeginTask& task) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  using Waiting = std::list<std::shared_ptr<BeginTask>>;
  Waiting::iterator FindNext() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Grant(const std::shared_ptr<BeginTask>& task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Tasks ReleaseLocked(const std::string& caller) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Full(const BeginTask& task) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const int capacity_;
  /// 0: no limit.
  const int per_caller_;
  const size_t max_waiting_;

  mutable absl::Mutex mu_;
  absl::CondVar released_;
  int used_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<std::string, int> used_by_ ABSL_GUARDED_BY(mu_);
  Waiting waiting_ ABSL_GUARDED_BY(mu_);
  /// Granted and not settled.
  absl::flat_hash_set<std::shared_ptr<BeginTask>> beginning_ ABSL_GUARDED_BY(mu_);
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace rowkeeper::uow
