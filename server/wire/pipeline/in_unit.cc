#include "server/wire/pipeline/in_unit.h"

#include <string>
#include <utility>

namespace rowkeeper::wire {

absl::Status RunInUnit(const UnitsSlot& slot, const std::shared_ptr<Exchange>& exchange, UnitStep step) {
  uow::UnitsOfWork* const units = slot.get();
  if (units == nullptr) return slot.Missing();
  step.step.run = [exchange, run = std::move(step.step.run)](db::Connection& connection,
                                                             db::Cancellation* cancellation) {
    exchange->context()->times.queue = exchange->rpc().elapsed();
    return run(connection, cancellation);
  };
  exchange->CancelWith(units->Execute(
      {std::move(step.handle), exchange->caller(), exchange->context()}, std::move(step.step), step.options,
      [exchange](absl::StatusOr<std::string> response) { exchange->Answer(std::move(response)); }));
  return absl::OkStatus();
}

}  // namespace rowkeeper::wire
