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
#include "server/uow/begin_call.h"
#include "server/uow/options.h"

namespace rowkeeper::uow {

/// The places that open units take, in all and for each caller, and the Begins that wait for one: first come first
/// served among those whose caller may have one more. Calls nobody back. Thread-safe; its lock is taken with no other
/// held, and nothing but a Cancellation's is taken under it.
class Places {
 public:
  using Calls = std::vector<std::shared_ptr<BeginCall>>;

  /// A Begin that goes without.
  struct Refusal {
    std::shared_ptr<BeginCall> call;
    absl::Status status;
  };

  enum class Admission { kGranted, kWaits, kRefused };

  explicit Places(const UnitOptions& options);

  /// `*refusal` is set when it is refused.
  Admission Admit(const std::shared_ptr<BeginCall>& call, absl::Status* refusal);
  /// The call that was granted a place has opened its unit, which holds the place now.
  void Settle(const std::shared_ptr<BeginCall>& call);
  /// A place is free again. Gives those that are granted one now; each is to be begun.
  [[nodiscard]] Calls Release(const std::string& caller);
  /// The call that was granted a place opens no unit.
  [[nodiscard]] Calls GiveUp(const std::shared_ptr<BeginCall>& call);
  /// Takes a waiting call back; false when it does not wait any more.
  bool Withdraw(const BeginCall& call);
  /// Those that have waited too long, each to be told.
  [[nodiscard]] std::vector<Refusal> TakeLate(Clock::time_point now);
  /// When the next one will have waited too long.
  Clock::time_point NextLate() const;

  /// Grants nothing from now on and cancels what is being begun. Gives those that waited, each to be told.
  [[nodiscard]] Calls Close();
  bool closed() const;
  /// Waits until no place is taken.
  void WaitUntilFree();

 private:
  bool MayHave(const BeginCall& call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  bool CallerMayHave(const BeginCall& call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  void Grant(const std::shared_ptr<BeginCall>& call) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  Calls ReleaseLocked(const std::string& caller) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);
  absl::Status Full(const BeginCall& call) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_);

  const int capacity_;
  /// 0: no limit.
  const int per_caller_;
  const size_t max_waiting_;

  mutable absl::Mutex mu_;
  absl::CondVar released_;
  int used_ ABSL_GUARDED_BY(mu_) = 0;
  absl::flat_hash_map<std::string, int> used_by_ ABSL_GUARDED_BY(mu_);
  std::list<std::shared_ptr<BeginCall>> waiting_ ABSL_GUARDED_BY(mu_);
  /// Granted and not settled.
  absl::flat_hash_set<std::shared_ptr<BeginCall>> beginning_ ABSL_GUARDED_BY(mu_);
  bool closed_ ABSL_GUARDED_BY(mu_) = false;
};

}  // namespace rowkeeper::uow
