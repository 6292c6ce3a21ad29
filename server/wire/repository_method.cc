#include "server/wire/repository_method.h"

#include <utility>

#include "server/base/errors.h"
#include "server/observe/counters.h"
#include "server/wire/pipeline/alone.h"
#include "server/wire/pipeline/in_unit.h"
#include "server/wire/pipeline/row_notes.h"
#include "server/wire/pipeline/run_and_encode.h"
#include "server/wire/pipeline/traced.h"
#include "server/wire/pipeline/under_savepoint.h"
#include "server/wire/readable_part.h"

namespace rowkeeper::wire {
namespace {

absl::StatusOr<std::string> OrInternal(std::optional<std::string> response) {
  if (response.has_value()) return *std::move(response);
  return Internal("a stored response is none of its method");
}

}  // namespace

RepositoryMethod::RepositoryMethod(const plan::MethodPlan* plan, const RepositoryBackend& backend)
    : plan_(plan),
      backend_(backend),
      reader_(plan, backend.limits, {backend.tokens, backend.codecs->shapes(), backend.policies}),
      writer_(plan, backend.max_response_bytes, backend.codecs),
      served_{plan->full_name, plan->entity->full_name, observe::Counters::Process().Method(plan->full_name)},
      serving_(backend.gate->StatusOf(*plan)),
      subject_(backend.policies == nullptr ? policy::Subject() : backend.policies->Of(plan->full_name)) {}

void RepositoryMethod::Serve(UnaryRpc rpc) const {
  auto exchange = std::make_shared<Exchange>(&served_, std::move(rpc));
  if (absl::Status refusal = Start(exchange); !refusal.ok()) exchange->Answer(std::move(refusal));
}

absl::Status RepositoryMethod::Start(const SharedExchange& exchange) const {
  if (absl::Status full = exchange->rpc().Admission(); !full.ok()) return full;
  absl::StatusOr<RowkeeperHeaders> headers = ReadRepositoryHeaders(exchange->rpc());
  if (!headers.ok()) return headers.status();
  auto trace = StartTrace(headers->debug, backend_.debug, &exchange->rpc().clock());
  if (!trace.ok()) return trace.status();
  exchange->Trace(*std::move(trace));
  if (headers->unit_of_work.has_value()) exchange->NoteUnit(*headers->unit_of_work);
  // A unit of work has its connection, and knows better whether that is lost.
  const bool has_connection = headers->unit_of_work.has_value();
  absl::Status closed = backend_.gate->Check(*serving_);
  if (!closed.ok() && !(has_connection && ReasonOf(closed) == Reason::kDatabaseUnavailable)) return closed;
  absl::StatusOr<plan::Call> call = reader_.Read(exchange->rpc().request(), exchange->owner());
  if (!call.ok()) return call.status();
  if (absl::Status status = backend_.gate->CheckRelations(*call); !status.ok()) return status;
  absl::StatusOr<HeaderOptions> options = ReadHeaderOptions(*std::move(headers), *exchange);
  if (!options.ok()) return options.status();
  exchange->rpc().DropRequest();
  NoteRequestedKeys(*call, exchange.get());
  return Run(exchange, *std::move(options), *std::move(call));
}

absl::Status RepositoryMethod::CheckServed(const plan::Call& call) const {
  if (absl::Status status = backend_.gate->Check(*serving_); !status.ok()) return status;
  return backend_.gate->CheckRelations(call);
}

absl::StatusOr<RepositoryMethod::HeaderOptions> RepositoryMethod::ReadHeaderOptions(RowkeeperHeaders headers,
                                                                                    const Exchange& exchange) const {
  HeaderOptions options;
  if (headers.idempotency_key.has_value()) {
    if (plan_->reads_only()) {
      return InvalidHeader(kIdempotencyHeader,
                           "this method changes nothing and may be repeated as it is; leave it out");
    }
    options.key = {*std::move(headers.idempotency_key), exchange.owner().name,
                   backend_.hasher->Hash(*plan_->method, exchange.rpc().request()), plan_->full_name};
  }
  options.unit_of_work = std::move(headers.unit_of_work);
  options.in_unit.deadline = exchange.rpc().deadline();
  options.in_unit.sequence = headers.sequence;
  if (headers.sequence.has_value()) options.in_unit.fingerprint = exchange.Fingerprint();
  return options;
}

absl::Status RepositoryMethod::Run(const SharedExchange& exchange, HeaderOptions options, plan::Call call) const {
  const bool in_unit = options.unit_of_work.has_value();
  const bool keyed = options.key.has_value();
  if ((keyed || options.in_unit.sequence.has_value()) && call.request.fields.restricts()) {
    // It may be answered with a response that was made for the caller's roles of then.
    exchange->CensorWith([plan = plan_, fields = call.request.fields](const std::string& response) {
      return OrInternal(ReadablePart(*plan, fields, response));
    });
  }
  if (!in_unit && !keyed && !plan_->reads_only()) {
    RunWriteAlone(backend_.transactions, exchange, std::move(call), backend_.runner, &writer_);
    return absl::OkStatus();
  }
  if (!in_unit && !keyed && exchange->trace() == nullptr) {
    RunAlone(backend_.executor, exchange, std::move(call), &writer_);
    return absl::OkStatus();
  }
  Work work = keyed ? Claimed(&backend_.keyed->kept, *options.key, exchange,
                              RunAndEncode(backend_.runner, &writer_, std::move(call), exchange))
                    : RunAndEncodeWithinLimit(backend_.runner, &writer_, std::move(call), exchange);
  if (keyed && in_unit) work = UnderSavepoint(std::move(work));
  work = Traced(exchange, std::move(work));
  if (in_unit) {
    const auto effect = plan_->reads_only() ? db::Query::Effect::kRead : db::Query::Effect::kWrite;
    return RunInUnit(*backend_.units, exchange,
                     {*std::move(options.unit_of_work), {plan_->full_name, effect, std::move(work)}, options.in_unit});
  }
  if (keyed) {
    backend_.keyed->queue.Start(exchange, {*std::move(options.key), {}, std::move(work)});
  } else {
    RunAlone(backend_.executor, exchange, std::move(work));
  }
  return absl::OkStatus();
}

std::vector<DynamicMethod> ToDynamicMethods(const std::vector<std::unique_ptr<const RepositoryMethod>>& methods) {
  std::vector<DynamicMethod> dynamic;
  for (const auto& method : methods) {
    dynamic.push_back({method->plan().path, [served = method.get()](UnaryRpc rpc) { served->Serve(std::move(rpc)); },
                       &method->served(), method->subject()});
  }
  return dynamic;
}

}  // namespace rowkeeper::wire
