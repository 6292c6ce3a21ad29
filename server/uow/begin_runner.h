#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/timers.h"
#include "server/db/pool.h"
#include "server/uow/admission.h"
#include "server/uow/begin_task.h"
#include "server/uow/handle_seal.h"
#include "server/uow/registry.h"
#include "server/uow/worker_threads.h"

namespace rowkeeper::uow {

/// Makes units: a slot, then a connection, then BEGIN. Thread-safe.
class BeginRunner {
 public:
  struct Parts {
    std::shared_ptr<Admission> admission;
    Registry* registry = nullptr;
    WorkerThreads* workers = nullptr;
    db::Pool* pool = nullptr;
    Clock* clock = nullptr;
    /// Rings for Admission::TakeLate and Unit::Tick.
    Timer* ticks = nullptr;
    const HandleSeal* seal = nullptr;
  };

  /// `instance` is that of every handle. `options` outlives this object.
  BeginRunner(const UnitOptions* options, std::string instance, Parts parts);

  std::shared_ptr<Task> Begin(const BeginOptions& options, const std::string& caller, Clock::time_point deadline,
                              UnitsOfWork::BeginDone done);
  /// Begins those that were granted a slot.
  void Start(Admission::Tasks granted);

 private:
  absl::StatusOr<BeginTask::Request> Check(const BeginOptions& options, const std::string& caller,
                                           Clock::time_point deadline) const;
  void Run(const std::shared_ptr<BeginTask>& task);
  absl::StatusOr<UnitsOfWork::Begun> Open(const std::shared_ptr<BeginTask>& task);
  absl::StatusOr<db::Lease> Acquire(BeginTask& task);
  absl::StatusOr<db::Lease> BeginTransaction(BeginTask& task);
  UnitInfo Describe(const BeginTask::Request& request) const;
  Unit::Options UnitSettings(const BeginTask::Request& request) const;

  const UnitOptions& options_;
  const std::string instance_;
  const Parts parts_;
};

}  // namespace rowkeeper::uow
