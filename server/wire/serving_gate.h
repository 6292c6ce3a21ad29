#pragma once

#include <atomic>
#include <memory>
#include <unordered_map>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "server/plan/call.h"
#include "server/plan/method_plan.h"

namespace rowkeeper::wire {

/// Refuses the calls that the database, as it was last seen, does not let be served; each with its own reason. A method
/// has a status, and all of them change at once for whoever asks afterwards. Thread-safe; a call that is served costs
/// one atomic load.
class ServingGate {
 public:
  /// What one method's calls are told.
  class MethodStatus {
   private:
    friend class ServingGate;
    std::atomic<bool> closed_{false};
    /// Of the gate's lock.
    absl::Status reason_;
  };

  /// What is refused. Everything that is not named is served.
  struct Refusals {
    /// OK, or what calls are told that are of no method, and those of all methods that are not named.
    absl::Status all;
    std::unordered_map<const plan::MethodPlan*, absl::Status> methods;
    /// Of calls that load the relation.
    std::unordered_map<const catalogue::Relation*, absl::Status> relations;
  };

  /// Serves everything until it is told otherwise. `plans` outlive the gate.
  explicit ServingGate(const std::vector<std::unique_ptr<const plan::MethodPlan>>& plans);

  void Set(Refusals refusals);
  /// Everything is refused with `reason`, which must be an error.
  void Close(absl::Status reason);

  /// `plan` is one of those that the gate was made with.
  const MethodStatus* StatusOf(const plan::MethodPlan& plan) const { return methods_.at(&plan).get(); }

  /// For calls that are of no method: refused when nothing can be served.
  absl::Status Check() const;
  absl::Status Check(const MethodStatus& status) const;
  /// Of the relations that `call` loads.
  absl::Status CheckRelations(const plan::Call& call) const;

 private:
  std::unordered_map<const plan::MethodPlan*, std::unique_ptr<MethodStatus>> methods_;
  MethodStatus all_;
  std::atomic<bool> refuses_relations_{false};
  mutable absl::Mutex mutex_;
  std::unordered_map<const catalogue::Relation*, absl::Status> relations_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::wire
