#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "server/uow/units_of_work.h"
#include "server/wire/exchange.h"
#include "server/wire/units_slot.h"

namespace rowkeeper::wire {

/// A call of a unit of work.
struct UnitCall {
  std::string handle;
  uow::UnitsOfWork::Step step;
  uow::UnitsOfWork::StepOptions options;
};

/// Runs the call in its unit's transaction when its turn comes; `exchange` will be answered. An error is the answer
/// instead.
absl::Status RunInUnit(const UnitsSlot& slot, const std::shared_ptr<Exchange>& exchange, UnitCall call);

}  // namespace rowkeeper::wire
