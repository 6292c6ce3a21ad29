#include "server/uow/unit_task.h"

#include "server/uow/unit.h"

namespace rowkeeper::uow {

void UnitTask::Cancel(db::Cancellation::Cause cause) {
  if (request.kind == Kind::kRollback) return;
  const std::shared_ptr<Unit> unit = unit_.lock();
  if (unit != nullptr && unit->Withdraw(*this)) {
    done(db::CancelledStatus(cause, "waiting for other calls of the unit of work"));
  } else if (!ends_unit()) {
    Stop(cause);
  }
}

void UnitTask::Stop(db::Cancellation::Cause cause) {
  if (!cancellation.cancelled()) cause_ = cause;
  cancellation.Cancel(cause);
}

}  // namespace rowkeeper::uow
