#include "server/wire/repository_method.h"

#include <utility>

#include "server/base/errors.h"
#include "server/exec/traced_connection.h"
#include "server/uow/units_of_work.h"

namespace rowkeeper::wire {
RepositoryMethod::RepositoryMethod(const plan::MethodPlan* plan, const RepositoryBackend& backend)
    : plan_(plan),
      backend_(backend),
      reader_(plan, backend.limits, backend.tokens),
      writer_(plan, backend.max_response_bytes),
      served_{plan->full_name, plan->entity->full_name, observe::Counters::Process().Method(plan->full_name)} {}

void RepositoryMethod::Serve(UnaryCall unary) const {
  auto exchange = std::make_shared<Exchange>(&served_, std::move(unary));
  if (absl::Status refusal = Start(exchange); !refusal.ok()) exchange->Answer(std::move(refusal));
}

absl::Status RepositoryMethod::Start(const SharedExchange& exchange) const {
  const absl::StatusOr<CallHeaders> headers = ReadRepositoryHeaders(exchange->call());
  if (!headers.ok()) return headers.status();
  auto trace = StartTrace(headers->debug, backend_.debug);
  if (!trace.ok()) return trace.status();
  exchange->Trace(*std::move(trace));
  if (headers->unit_of_work.has_value()) exchange->NoteUnit(*headers->unit_of_work);
  if (absl::Status status = backend_.gate->Check(); !status.ok()) return status;
  absl::StatusOr<plan::Call> call = reader_.Read(exchange->call().request());
  if (!call.ok()) return call.status();
  absl::StatusOr<Identity> identity = Identify(*headers, exchange->call(), *exchange);
  if (!identity.ok()) return identity.status();
  exchange->call().DropRequest();
  NoteKeys(*call, exchange.get());
  if (headers->unit_of_work.has_value()) return StartInUnit(exchange, *headers, *identity, *std::move(call));
  if (identity->key.has_value()) {
    StartKeyed(exchange, *std::move(identity->key), *std::move(call));
  } else {
    StartAlone(exchange, *std::move(call));
  }
  return absl::OkStatus();
}

absl::StatusOr<RepositoryMethod::Identity> RepositoryMethod::Identify(const CallHeaders& headers, const UnaryCall& call,
                                                                      const Exchange& exchange) const {
  Identity identity;
  if (headers.sequence.has_value()) identity.fingerprint = exchange.Fingerprint();
  if (!headers.idempotency_key.has_value()) return identity;
  if (plan_->reads_only()) {
    return InvalidHeader(kIdempotencyHeader, "this method changes nothing and may be repeated as it is; leave it out");
  }
  identity.key = {*headers.idempotency_key, backend_.keyed->hasher().Hash(*plan_->method, call.request()),
                  plan_->full_name};
  return identity;
}

KeyedWrite RepositoryMethod::MakeKeyedWrite(const SharedExchange& exchange, exec::IdempotencyKey key,
                                            plan::Call call) const {
  KeyedWrite write;
  write.key = std::move(key);
  write.run = [this, exchange, call = std::make_shared<const plan::Call>(std::move(call))](
                  db::Connection& connection, db::Cancellation* cancellation) -> absl::StatusOr<std::string> {
    const absl::StatusOr<exec::Outcome> outcome =
        exec::RunTraced(*backend_.runner, *call, connection, cancellation, exchange->trace());
    if (!outcome.ok()) return outcome.status();
    NoteOutcome(*outcome, exchange.get());
    return writer_.Write(*outcome);
  };
  return write;
}

void RepositoryMethod::StartKeyed(const SharedExchange& exchange, exec::IdempotencyKey key, plan::Call call) const {
  backend_.keyed->Start(exchange, MakeKeyedWrite(exchange, std::move(key), std::move(call)));
}

void RepositoryMethod::StartAlone(const SharedExchange& exchange, plan::Call call) const {
  if (exchange->trace() != nullptr) return StartTraced(exchange, std::move(call));
  exchange->CancelWith(backend_.executor->Submit(
      std::move(call), exchange->call().deadline(), [this, exchange](absl::StatusOr<exec::Outcome> outcome) {
        exchange->Answer(outcome.ok() ? Respond(*outcome, exchange.get()) : outcome.status());
      }));
}

void RepositoryMethod::StartTraced(const SharedExchange& exchange, plan::Call call) const {
  auto outcome = std::make_shared<exec::Outcome>();
  const auto job = [this, exchange, outcome, call = std::make_shared<const plan::Call>(std::move(call))](
                       db::Connection& connection, db::Cancellation* cancellation) {
    auto run = exec::RunTraced(*backend_.runner, *call, connection, cancellation, exchange->trace());
    if (run.ok()) *outcome = *std::move(run);
    return run.status();
  };
  const auto done = [this, exchange, outcome](const absl::Status& status) {
    exchange->Answer(status.ok() ? Respond(*outcome, exchange.get()) : status);
  };
  exchange->CancelWith(backend_.executor->Submit(job, exchange->call().deadline(), done));
}

absl::Status RepositoryMethod::StartInUnit(const SharedExchange& exchange, const CallHeaders& headers,
                                           const Identity& identity, plan::Call call) const {
  uow::UnitsOfWork* units = backend_.units->get();
  if (units == nullptr) return backend_.units->Missing();
  uow::UnitsOfWork::Step step;
  step.name = plan_->full_name;
  step.effect = plan_->reads_only() ? db::Query::Effect::kRead : db::Query::Effect::kWrite;
  if (identity.key.has_value()) {
    step.run = [this, exchange, write = MakeKeyedWrite(exchange, *identity.key, std::move(call))](
                   db::Connection& connection, db::Cancellation* cancellation) {
      return backend_.keyed->RunInUnit(write, exchange.get(), connection, cancellation);
    };
  } else {
    step.run = [this, exchange, call = std::make_shared<const plan::Call>(std::move(call))](
                   db::Connection& connection, db::Cancellation* cancellation) -> absl::StatusOr<std::string> {
      const absl::StatusOr<exec::Outcome> outcome =
          exec::RunTraced(*backend_.runner, *call, connection, cancellation, exchange->trace());
      return outcome.ok() ? Respond(*outcome, exchange.get()) : outcome.status();
    };
  }
  uow::UnitsOfWork::StepOptions options;
  options.deadline = exchange->call().deadline();
  options.sequence = headers.sequence;
  options.fingerprint = identity.fingerprint;
  exchange->CancelWith(
      units->Execute({*headers.unit_of_work, exchange->caller()}, std::move(step), options,
                     [exchange](absl::StatusOr<std::string> response) { exchange->Answer(std::move(response)); }));
  return absl::OkStatus();
}

absl::StatusOr<std::string> RepositoryMethod::Respond(const exec::Outcome& outcome, Exchange* exchange) const {
  NoteOutcome(outcome, exchange);
  return writer_.WriteWithinLimit(outcome);
}

void RepositoryMethod::NoteOutcome(const exec::Outcome& outcome, Exchange* exchange) const {
  NoteCreatedKeys(outcome, exchange);
  exchange->NoteRows(outcome.row_count);
}

void RepositoryMethod::NoteKeys(const plan::Call& call, Exchange* exchange) const {
  if (!exchange->noting()) return;
  for (int i : call.variant.filters) {
    const plan::FilterTerm& filter = plan_->filters[i];
    const catalogue::Column& column = plan_->entity->columns[filter.column];
    if (column.key || column.reference.has_value()) exchange->NoteId(call.request.arguments[filter.input].text);
  }
}

/// A created row's key is known only from the answer.
void RepositoryMethod::NoteCreatedKeys(const exec::Outcome& outcome, Exchange* exchange) const {
  if (plan_->operation != catalogue::Operation::kCreate || outcome.statement == nullptr || outcome.row_count == 0) {
    return;
  }
  if (!exchange->noting()) return;
  const std::vector<int>& cells = outcome.statement->cells;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (plan_->entity->columns[cells[i]].key) {
      exchange->NoteId(std::string(outcome.rows.cell(0, static_cast<int>(i))));
    }
  }
}

std::vector<DynamicMethod> ToDynamicMethods(const std::vector<std::unique_ptr<const RepositoryMethod>>& methods) {
  std::vector<DynamicMethod> dynamic;
  for (const auto& method : methods) {
    dynamic.push_back(
        {method->plan().path, [served = method.get()](UnaryCall call) { served->Serve(std::move(call)); }});
  }
  return dynamic;
}

}  // namespace rowkeeper::wire
