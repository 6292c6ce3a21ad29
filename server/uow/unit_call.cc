#include "server/uow/unit_call.h"

#include "server/uow/unit.h"

namespace rowkeeper::uow {

void UnitCall::Cancel(db::Cancellation::Cause cause) {
  if (request.kind == Kind::kRollback) return;
  const std::shared_ptr<Unit> unit = unit_.lock();
  if (unit != nullptr && unit->Withdraw(*this)) {
    done(GivenUp(cause, "waiting for other calls of the unit of work"));
  } else if (!ends_unit()) {
    Stop(cause);
  }
}

void UnitCall::Stop(db::Cancellation::Cause cause) {
  if (!cancellation.cancelled()) cause_ = cause;
  cancellation.Cancel(cause);
}

}  // namespace rowkeeper::uow
