#include "server/wire/run_method.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/base/unit_of_work_errors.h"
#include "server/wire/permission.h"
#include "server/wire/pipeline/alone.h"
#include "server/wire/pipeline/traced.h"
#include "server/wire/readable_part.h"

namespace rowkeeper::wire {
namespace {

using Wrote = uow::Transaction::Wrote;

/// The result cell of `column` in the one row of `outcome`, or -1 when there is none or it is NULL.
int FindCell(const exec::Outcome& outcome, int column) {
  if (outcome.statement == nullptr || outcome.row_count == 0) return -1;
  const auto begin = outcome.statement->cells.begin();
  const auto end = begin + outcome.statement->visible_cells;
  const auto found = std::find(begin, end, column);
  const int cell = static_cast<int>(found - begin);
  return found == end || outcome.rows.is_null(0, cell) ? -1 : cell;
}

/// The step's call with the values that earlier calls returned.
absl::StatusOr<plan::Call> Complete(const PlannedCall& planned, const std::vector<exec::Outcome>& outcomes) {
  plan::Call call = planned.call;
  for (const BorrowedValue& value : planned.values) {
    const exec::Outcome& source = outcomes[static_cast<size_t>(value.call)];
    const int cell = FindCell(source, value.column);
    if (cell < 0) return ValueMissing(value.name, Cat("calls[", value.call, "]"), value.from);
    for (int input : value.inputs) {
      call.request.arguments[static_cast<size_t>(input)].text = std::string(source.rows.cell(0, cell));
    }
  }
  return call;
}

bool OnlyReads(const RunPlan& plan) {
  return std::all_of(plan.calls.begin(), plan.calls.end(),
                     [](const PlannedCall& planned) { return planned.method->plan().reads_only(); });
}

std::string TypeUrl(const plan::MethodPlan& plan) {
  return Cat("type.googleapis.com/", plan.method->output_type()->full_name());
}

/// The most bytes that a run's response has more than that of its one call: two tags and lengths each, of the Any and
/// of its value, and the type.
size_t EnvelopeOf(const plan::MethodPlan& plan) { return TypeUrl(plan).size() + 32; }

/// `error` as that of the call at `place` of the run.
absl::Status Named(size_t place, const plan::MethodPlan& plan, const absl::Status& error) {
  const absl::Status placed = WithFieldsUnder(error, Cat("calls[", place, "].request"));
  return WithMetadata(placed, "call", Cat(place), Cat("calls[", place, "] (", plan.full_name, "): "));
}

/// Packs the responses as they come, within a limit.
class Responses {
 public:
  explicit Responses(size_t max_bytes) : max_bytes_(max_bytes) {}

  absl::Status Add(const plan::MethodPlan& plan, std::string bytes) {
    google::protobuf::Any* any = response_.add_responses();
    any->set_type_url(TypeUrl(plan));
    any->set_value(std::move(bytes));
    size_ += any->ByteSizeLong();
    return size_ > max_bytes_ ? TooLarge(size_) : absl::OkStatus();
  }

  absl::StatusOr<std::string> Serialize() const {
    const size_t size = response_.ByteSizeLong();
    if (size > max_bytes_) return TooLarge(size);
    return response_.SerializeAsString();
  }

 private:
  absl::Status TooLarge(size_t size) const {
    return ResponseTooLarge(size, max_bytes_, "nothing was changed; make fewer calls, or ask for fewer rows or fields");
  }

  const size_t max_bytes_;
  size_t size_ = 0;
  v1::RunResponse response_;
};

/// `response`, of an earlier run of the same calls, as far as the caller may read it now.
absl::StatusOr<std::string> ReadableRun(const RunPlan& plan, const std::string& bytes) {
  v1::RunResponse response;
  bool good = response.ParseFromString(bytes) && response.responses_size() == static_cast<int>(plan.calls.size());
  for (size_t i = 0; good && i < plan.calls.size(); ++i) {
    google::protobuf::Any* const any = response.mutable_responses(static_cast<int>(i));
    auto part = ReadablePart(plan.calls[i].method->plan(), plan.calls[i].call.request.fields, any->value());
    good = part.has_value();
    if (good) any->set_value(*std::move(part));
  }
  if (!good) return Internal("a stored response is none of its run");
  return response.SerializeAsString();
}

}  // namespace

RunMethod::RunMethod(const RunBackend& backend, const std::vector<std::unique_ptr<const RepositoryMethod>>& methods,
                     const std::vector<std::string>& streams)
    : backend_(backend) {
  for (const auto& method : methods) methods_.emplace(method->plan().full_name, method.get());
  for (const std::string& stream : streams) methods_.emplace(stream, nullptr);
}

absl::Status RunMethod::CheckCalls(const v1::RunRequest& request, Exchange* exchange) const {
  if (backend_.policies == nullptr) return absl::OkStatus();
  const identity::SharedIdentity caller = exchange->rpc().identity();
  for (int i = 0; i < request.calls_size(); ++i) {
    const auto found = methods_.find(MethodNameOf(request.calls(i)));
    if (found == methods_.end() || found->second == nullptr) continue;  // a mistake, whoever calls
    const RepositoryMethod& method = *found->second;
    const absl::Status status = CheckInnerPermission(
        {backend_.policies, method.subject(), method.plan().full_name, caller.get()}, exchange->caller());
    if (!status.ok()) return WithMetadata(status, "call", Cat(i), Cat("calls[", i, "]: "));
  }
  return absl::OkStatus();
}

absl::Status RunMethod::Start(const v1::RunRequest& request, const RowkeeperHeaders& headers,
                              const std::shared_ptr<Exchange>& exchange) const {
  if (absl::Status status = CheckCalls(request, exchange.get()); !status.ok()) return status;
  absl::StatusOr<RunPlan> compiled = CompileRun(request, methods_, exchange->owner());
  if (!compiled.ok()) return compiled.status();
  exchange->NoteLabel(request.label());
  exchange->rpc().DropRequest();
  const auto plan = std::make_shared<RunPlan>(*std::move(compiled));
  if (headers.idempotency_key.has_value()) return StartKeyed(request, *headers.idempotency_key, plan, exchange);
  if (IsOneStatement(*plan, *exchange)) {
    StartOneStatement(plan, exchange);
  } else {
    StartTransaction(plan, exchange);
  }
  return absl::OkStatus();
}

bool RunMethod::IsOneStatement(const RunPlan& plan, const Exchange& exchange) {
  if (plan.calls.size() != 1 || exchange.trace() != nullptr) return false;
  const plan::Call& call = plan.calls.front().call;
  const bool plain = plan.mode.isolation == sql::TransactionMode::Isolation::kReadCommitted && !plan.mode.read_only;
  return plain && IsAnsweredByItsStatement(call) &&
         static_cast<int64_t>(EnvelopeOf(*call.plan)) <= exec::kEnvelopeBytes;
}

void RunMethod::StartOneStatement(const std::shared_ptr<RunPlan>& plan,
                                  const std::shared_ptr<Exchange>& exchange) const {
  PlannedCall& only = plan->calls.front();
  const RepositoryMethod* const method = only.method;
  const auto wrap = [this, method](absl::StatusOr<std::string> response) -> absl::StatusOr<std::string> {
    if (!response.ok()) return Named(0, method->plan(), response.status());
    Responses responses(backend_.max_response_bytes);
    if (absl::Status status = responses.Add(method->plan(), *std::move(response)); !status.ok()) return status;
    return responses.Serialize();
  };
  const auto in_transaction = [this, plan, exchange](plan::Call again) {
    plan->calls.front().call = std::move(again);
    StartTransaction(plan, exchange);
  };
  RunWriteAlone(backend_.transactions, exchange, std::move(only.call), backend_.runner, &method->writer(),
                {wrap, in_transaction});
}

void RunMethod::StartTransaction(const std::shared_ptr<const RunPlan>& plan,
                                 const std::shared_ptr<Exchange>& exchange) const {
  const auto done = [exchange](absl::StatusOr<std::string> response) { exchange->Answer(std::move(response)); };
  OwnTransaction::Start(backend_.transactions, {plan->mode, OnlyReads(*plan) ? Wrote::kNothing : Wrote::kPerhaps},
                        {exchange, exchange->MakeCancelSlot(), Traced(exchange, CallsOf(plan)), done});
}

absl::Status RunMethod::StartKeyed(const v1::RunRequest& request, const std::string& key,
                                   const std::shared_ptr<const RunPlan>& plan,
                                   const std::shared_ptr<Exchange>& exchange) const {
  if (plan->mode.read_only || OnlyReads(*plan)) {
    return InvalidHeader(kIdempotencyHeader, "this run changes nothing and may be repeated as it is; leave it out");
  }
  const auto type_of = [this](const std::string& method) -> const google::protobuf::Descriptor* {
    const auto found = methods_.find(method);
    return found == methods_.end() ? nullptr : found->second->plan().method->input_type();
  };
  const auto restricted = [](const PlannedCall& planned) { return planned.call.request.fields.restricts(); };
  if (std::any_of(plan->calls.begin(), plan->calls.end(), restricted)) {
    exchange->CensorWith([plan](const std::string& response) { return ReadableRun(*plan, response); });
  }
  KeyQueue::Write write;
  write.key = {key, exchange->owner().name, backend_.hasher->HashRun(request, type_of), "rowkeeper.v1.UnitOfWork.Run"};
  write.transaction = {plan->mode, Wrote::kPerhaps};
  write.work = Traced(exchange, Claimed(&backend_.keyed->kept, write.key, exchange, CallsOf(plan)));
  backend_.keyed->queue.Start(exchange, std::move(write));
  return absl::OkStatus();
}

Work RunMethod::CallsOf(std::shared_ptr<const RunPlan> plan) const {
  return [this, plan = std::move(plan)](db::Connection& connection, db::Cancellation* cancellation) {
    return RunCalls(*plan, connection, cancellation);
  };
}

absl::StatusOr<std::string> RunMethod::RunCalls(const RunPlan& plan, db::Connection& connection,
                                                db::Cancellation* cancellation) const {
  Responses responses(backend_.max_response_bytes);
  std::vector<exec::Outcome> outcomes;
  for (size_t i = 0; i < plan.calls.size(); ++i) {
    const PlannedCall& planned = plan.calls[i];
    const auto named = [&](const absl::Status& error) { return Named(i, planned.method->plan(), error); };
    const absl::StatusOr<plan::Call> call = Complete(planned, outcomes);
    if (!call.ok()) return named(call.status());
    absl::StatusOr<exec::Outcome> outcome = backend_.runner->Run(*call, connection, cancellation);
    if (!outcome.ok()) return named(outcome.status());
    absl::StatusOr<std::string> bytes = planned.method->writer().Write(*outcome);
    if (!bytes.ok()) return named(bytes.status());
    if (absl::Status status = responses.Add(planned.method->plan(), *std::move(bytes)); !status.ok()) return status;
    outcomes.push_back(*std::move(outcome));
  }
  return responses.Serialize();
}

}  // namespace rowkeeper::wire
