#include "server/wire/pipeline/alone.h"

#include <string>
#include <utility>

#include "server/wire/pipeline/run_and_encode.h"

namespace rowkeeper::wire {

void RunAlone(exec::Executor* executor, const std::shared_ptr<Exchange>& exchange, plan::Call call,
              const ResponseWriter* writer) {
  exchange->CancelWith(executor->Submit(
      std::move(call), exchange->rpc().deadline(), [writer, exchange](const absl::StatusOr<exec::Outcome>& outcome) {
        exchange->Answer(outcome.ok() ? EncodeWithinLimit(*writer, *outcome, exchange.get()) : outcome.status());
      }));
}

void RunAlone(exec::Executor* executor, const std::shared_ptr<Exchange>& exchange, Work work) {
  auto response = std::make_shared<std::string>();
  const auto job = [work = std::move(work), response](db::Connection& connection, db::Cancellation* cancellation) {
    absl::StatusOr<std::string> result = work(connection, cancellation);
    if (result.ok()) *response = std::move(*result);
    return result.status();
  };
  const auto done = [exchange, response](const absl::Status& status) {
    exchange->Answer(status.ok() ? absl::StatusOr<std::string>(std::move(*response)) : status);
  };
  exchange->CancelWith(executor->Submit(job, exchange->rpc().deadline(), done));
}

}  // namespace rowkeeper::wire
