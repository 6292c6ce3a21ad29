#include "server/wire/pipeline/in_unit.h"

#include <string>
#include <utility>

namespace rowkeeper::wire {

absl::Status RunInUnit(const UnitsSlot& slot, const std::shared_ptr<Exchange>& exchange, UnitCall call) {
  uow::UnitsOfWork* const units = slot.get();
  if (units == nullptr) return slot.Missing();
  call.step.run = [exchange, run = std::move(call.step.run)](db::Connection& connection,
                                                             db::Cancellation* cancellation) {
    const Clock::time_point now = exchange->rpc().clock().Now();
    exchange->context()->NoteQueue(exchange->rpc().came_at(), now);
    return run(connection, cancellation);
  };
  exchange->CancelWith(units->Execute(
      {std::move(call.handle), exchange->caller(), exchange->context()}, std::move(call.step), call.options,
      [exchange](absl::StatusOr<std::string> response) { exchange->Answer(std::move(response)); }));
  return absl::OkStatus();
}

}  // namespace rowkeeper::wire
