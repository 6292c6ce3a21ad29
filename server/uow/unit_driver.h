#pragma once

#include <memory>
#include <string>

#include "server/base/timers.h"
#include "server/uow/admission.h"
#include "server/uow/begin_runner.h"
#include "server/uow/registry.h"
#include "server/uow/transaction.h"
#include "server/uow/unit.h"
#include "server/uow/worker_threads.h"

namespace rowkeeper::uow {

/// Does what units decide: executes their calls, gives back what they held, tells the answers. Thread-safe; calls back
/// with no lock held.
class UnitDriver {
 public:
  struct Parts {
    Admission* admission = nullptr;
    Registry* registry = nullptr;
    WorkerThreads* workers = nullptr;
    BeginRunner* begins = nullptr;
    const CommitResolver* resolver = nullptr;
    /// Rings for Unit::Tick.
    Timer* ticks = nullptr;
  };

  explicit UnitDriver(const Parts& parts) : parts_(parts) {}

  /// Never blocks: what waits for the database is done on a worker.
  void Proceed(const std::shared_ptr<Unit>& unit, Unit::Work work);

 private:
  /// On a worker, until the unit has nothing more to do.
  void Run(const std::shared_ptr<Unit>& unit, Unit::Work work);
  Unit::Completion Execute(Unit& unit, UnitTask& task);
  Unit::Completion ExecuteCommit(Unit& unit, const UnitTask& task);
  Ending ResolveCommit(Unit& unit, const CommitPoint& point);
  /// The unit has ended.
  void Close(Unit& unit);
  void GiveBack(Unit& unit);

  const Parts parts_;
};

}  // namespace rowkeeper::uow
