#include "server/wire/pipeline/alone.h"

#include <string>
#include <utility>

#include "server/base/verdict.h"
#include "server/wire/pipeline/run_and_encode.h"
#include "server/wire/pipeline/traced.h"

namespace rowkeeper::wire {
namespace {

/// A write on its way, kept so that it can be run again.
struct AutocommittedWrite {
  plan::Call call;
  exec::Outcome outcome;
};

}  // namespace

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

void RunWriteAlone(const OwnTransaction::Backend& backend, const std::shared_ptr<Exchange>& exchange, plan::Call call,
                   const exec::Runner* runner, const ResponseWriter* writer) {
  const auto write = std::make_shared<AutocommittedWrite>();
  write->call = std::move(call);
  const std::shared_ptr<CancelSlot> cancel = exchange->MakeCancelSlot();
  const auto job = [exchange, write, runner](db::Connection& connection, db::Cancellation* cancellation) {
    absl::StatusOr<exec::Outcome> outcome = RunTraced(*exchange, connection, [&](db::Connection& counted) {
      return runner->Run(write->call, counted, cancellation);
    });
    if (outcome.ok()) write->outcome = *std::move(outcome);
    return outcome.status();
  };
  const auto done = [backend, exchange, cancel, write, runner, writer](const absl::Status& status) {
    if (IsUndecided(status)) {
      const auto answer = [exchange](absl::StatusOr<std::string> response) { exchange->Answer(std::move(response)); };
      Work work = Traced(exchange, RunAndEncodeWithinLimit(runner, writer, std::move(write->call), exchange));
      return OwnTransaction::Start(backend, {}, {exchange, cancel, std::move(work), answer});
    }
    if (!status.ok()) return exchange->Answer(status);
    absl::StatusOr<std::string> response = EncodeWithinLimit(*writer, write->outcome, exchange.get());
    exchange->Answer(response.ok() ? std::move(response) : ChangeWasMade(response.status()));
  };
  cancel->FillWithTicket([&] { return backend.executor->Submit(job, exchange->rpc().deadline(), done); });
}

}  // namespace rowkeeper::wire
