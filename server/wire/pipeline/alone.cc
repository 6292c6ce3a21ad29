#include "server/wire/pipeline/alone.h"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "server/base/verdict.h"
#include "server/sql/judgement.h"
#include "server/wire/pipeline/run_and_encode.h"
#include "server/wire/pipeline/traced.h"

namespace rowkeeper::wire {
namespace {

/// A write on its way, kept so that it can be run again.
struct AutocommittedWrite {
  plan::Call call;
  exec::Outcome outcome;
};

/// What runs it, and what it is run for.
struct WriteContext {
  exec::Executor* executor;
  const exec::Runner* runner;
  const ResponseWriter* writer;
  std::shared_ptr<Exchange> exchange;
  std::shared_ptr<CancelSlot> cancel;
};

/// `error` came instead of the response, after the call was run.
absl::Status WithWhatWasWritten(const exec::Outcome& outcome, const absl::Status& error) {
  const auto* row = std::get_if<exec::RowFacts>(&outcome.facts);
  if (row != nullptr && row->unchanged) return error;
  const auto* batch = std::get_if<exec::BatchFacts>(&outcome.facts);
  if (batch == nullptr || batch->results.empty()) return ChangeWasMade(error);
  const auto written = std::count_if(batch->results.begin(), batch->results.end(),
                                     [](const absl::Status& result) { return result.ok(); });
  if (written == 0) return error;
  return PartlyMade(error, static_cast<size_t>(written), batch->results.size());
}

/// Gives `answer` what came of it, or gives the call to `in_transaction`.
template <typename Answer, typename InTransaction>
void RunAutocommitted(const WriteContext& context, plan::Call call, const Answer& answer,
                      const InTransaction& in_transaction) {
  const auto& exchange = context.exchange;
  const auto write = std::make_shared<AutocommittedWrite>();
  write->call = std::move(call);
  const auto done = [exchange, answer, in_transaction, write,
                     writer = context.writer](const absl::StatusOr<exec::Outcome>& outcome) {
    if (IsUndecided(outcome.status())) return in_transaction(std::move(write->call));
    if (!outcome.ok()) return answer(outcome.status());
    const observe::CallScope scope(exchange->context());
    absl::StatusOr<std::string> response = EncodeWithinLimit(*writer, *outcome, exchange.get());
    answer(response.ok() ? std::move(response) : WithWhatWasWritten(*outcome, response.status()));
  };
  if (exchange->trace() == nullptr) {
    context.cancel->FillWithTicket([&] { return context.executor->Submit(&write->call, exchange->terms(), done); });
    return;
  }
  const auto job = [exchange, write, runner = context.runner](db::Connection& connection,
                                                              db::Cancellation* cancellation) {
    absl::StatusOr<exec::Outcome> outcome = RunTraced(*exchange, connection, [&](db::Connection& counted) {
      return runner->Run(write->call, counted, cancellation);
    });
    if (!outcome.ok()) return outcome.status();
    write->outcome = *std::move(outcome);
    return absl::OkStatus();
  };
  const auto traced = [write, done](const absl::Status& status) {
    done(status.ok() ? absl::StatusOr<exec::Outcome>(std::move(write->outcome)) : status);
  };
  context.cancel->FillWithTicket(
      [&] { return context.executor->Submit(job, exchange->entity(), exchange->terms(), traced); });
}

}  // namespace

void RunAlone(exec::Executor* executor, const std::shared_ptr<Exchange>& exchange, plan::Call call,
              const ResponseWriter* writer) {
  exchange->CancelWith(executor->Submit(
      std::move(call), exchange->terms(), [writer, exchange](const absl::StatusOr<exec::Outcome>& outcome) {
        const observe::CallScope scope(exchange->context());
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
  exchange->CancelWith(executor->Submit(job, exchange->entity(), exchange->terms(), done));
}

bool IsAnsweredByItsStatement(const plan::Call& call) {
  return call.plan->family() == catalogue::Family::kWrite && !sql::DecidedInTransaction(*call.plan, call.variant);
}

void RunWriteAlone(const OwnTransaction::Backend& backend, const std::shared_ptr<Exchange>& exchange, plan::Call call,
                   const exec::Runner* runner, const ResponseWriter* writer) {
  const std::shared_ptr<CancelSlot> cancel = exchange->MakeCancelSlot();
  const auto answer = [exchange](absl::StatusOr<std::string> response) { exchange->Answer(std::move(response)); };
  const auto in_transaction = [backend, exchange, cancel, runner, writer, answer](plan::Call again) {
    Work work = Traced(exchange, RunAndEncodeWithinLimit(runner, writer, std::move(again), exchange));
    OwnTransaction::Start(backend, {}, {exchange, cancel, std::move(work), answer});
  };
  if (sql::DecidedInTransaction(writer->plan(), call.variant)) return in_transaction(std::move(call));
  RunAutocommitted({backend.executor, runner, writer, exchange, cancel}, std::move(call), answer, in_transaction);
}

void RunWriteAlone(const OwnTransaction::Backend& backend, const std::shared_ptr<Exchange>& exchange, plan::Call call,
                   const exec::Runner* runner, const ResponseWriter* writer, Surrounding surrounding) {
  const auto answer = [exchange, wrap = std::move(surrounding.wrap)](absl::StatusOr<std::string> response) {
    exchange->Answer(wrap(std::move(response)));
  };
  RunAutocommitted({backend.executor, runner, writer, exchange, exchange->MakeCancelSlot()}, std::move(call), answer,
                   std::move(surrounding.in_transaction));
}

}  // namespace rowkeeper::wire
