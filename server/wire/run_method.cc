#include "server/wire/run_method.h"

#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/exec/traced_connection.h"

namespace rowkeeper::wire {
namespace {

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
absl::StatusOr<plan::Call> Complete(const RunStep& step, const std::vector<exec::Outcome>& outcomes) {
  plan::Call call = step.call;
  for (const BorrowedValue& value : step.values) {
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
  return std::all_of(plan.steps.begin(), plan.steps.end(),
                     [](const RunStep& step) { return step.method->plan().reads_only(); });
}

/// Packs the responses as they come, within a limit.
class Responses {
 public:
  explicit Responses(size_t max_bytes) : max_bytes_(max_bytes) {}

  absl::Status Add(const plan::MethodPlan& plan, std::string bytes) {
    google::protobuf::Any* any = response_.add_responses();
    any->set_type_url(Cat("type.googleapis.com/", plan.method->output_type()->full_name()));
    any->set_value(std::move(bytes));
    size_ += any->ByteSizeLong();
    return size_ > max_bytes_ ? TooLarge(size_) : absl::OkStatus();
  }

  absl::Status Serialize(std::string* bytes) const {
    const size_t size = response_.ByteSizeLong();
    if (size > max_bytes_) return TooLarge(size);
    *bytes = response_.SerializeAsString();
    return absl::OkStatus();
  }

 private:
  absl::Status TooLarge(size_t size) const {
    return ResponseTooLarge(size, max_bytes_, "nothing was changed; make fewer calls, or ask for fewer rows or fields");
  }

  const size_t max_bytes_;
  size_t size_ = 0;
  v1::RunResponse response_;
};

}  // namespace

RunMethod::RunMethod(const RunBackend& backend, const std::vector<std::unique_ptr<const RepositoryMethod>>& methods,
                     const std::vector<std::string>& streams)
    : backend_(backend) {
  for (const auto& method : methods) methods_.emplace(method->plan().full_name, method.get());
  for (const std::string& stream : streams) methods_.emplace(stream, nullptr);
}

absl::Status RunMethod::Start(const v1::RunRequest& request, const CallHeaders& headers,
                              const std::shared_ptr<Exchange>& exchange) const {
  absl::StatusOr<RunPlan> compiled = CompileRun(request, methods_);
  if (!compiled.ok()) return compiled.status();
  exchange->NoteLabel(request.label());
  exchange->call().DropRequest();
  auto plan = std::make_shared<const RunPlan>(*std::move(compiled));
  if (headers.idempotency_key.has_value()) return StartKeyed(request, *headers.idempotency_key, plan, exchange);
  std::make_shared<RunCall>(
      backend_.executor, backend_.in_doubt, exchange,
      [this, plan, exchange](db::Connection& connection, db::Cancellation* cancellation, std::string* response) {
        return Execute(*plan, {connection, cancellation, exchange->trace()}, response);
      },
      [exchange](absl::StatusOr<std::string> response) { exchange->Answer(std::move(response)); })
      ->Start();
  return absl::OkStatus();
}

absl::Status RunMethod::StartKeyed(const v1::RunRequest& request, const std::string& key,
                                   std::shared_ptr<const RunPlan> plan,
                                   const std::shared_ptr<Exchange>& exchange) const {
  if (plan->mode.read_only || OnlyReads(*plan)) {
    return InvalidHeader(kIdempotencyHeader, "this run changes nothing and may be repeated as it is; leave it out");
  }
  const auto type_of = [this](const std::string& method) -> const google::protobuf::Descriptor* {
    const auto found = methods_.find(method);
    return found == methods_.end() ? nullptr : found->second->plan().method->input_type();
  };
  KeyedWrite write;
  write.key = {key, backend_.keyed->hasher().HashRun(request, type_of), "rowkeeper.v1.UnitOfWork.Run"};
  write.mode = plan->mode;
  write.run = [this, plan, exchange](db::Connection& connection,
                                     db::Cancellation* cancellation) -> absl::StatusOr<std::string> {
    std::string response;
    const absl::Status status = ExecuteCalls(*plan, {connection, cancellation, exchange->trace()}, &response);
    if (!status.ok()) return status;
    return response;
  };
  backend_.keyed->Start(exchange, std::move(write));
  return absl::OkStatus();
}

/// Whatever fails before COMMIT leaves the transaction open, for the executor to roll back.
RunCall::CommitResult RunMethod::Execute(const RunPlan& plan, const Place& place, std::string* response) const {
  uow::Transaction transaction(&place.connection);
  uow::Transaction::Options options;
  options.mode = plan.mode;
  absl::Status status = transaction.Begin(options, place.cancellation);
  if (status.ok()) status = ExecuteCalls(plan, place, response);
  if (!status.ok()) return {status, std::nullopt};
  return transaction.SendCommit(OnlyReads(plan) ? uow::Transaction::Wrote::kNothing
                                                : uow::Transaction::Wrote::kPerhaps);
}

absl::Status RunMethod::ExecuteCalls(const RunPlan& plan, const Place& place, std::string* response) const {
  Responses responses(backend_.max_response_bytes);
  std::vector<exec::Outcome> outcomes;
  for (size_t i = 0; i < plan.steps.size(); ++i) {
    const RunStep& step = plan.steps[i];
    const auto named = [&](const absl::Status& error) {
      const absl::Status placed = WithFieldsUnder(error, Cat("calls[", i, "].request"));
      return WithMetadata(placed, "call", Cat(i), Cat("calls[", i, "] (", step.method->plan().full_name, "): "));
    };
    const absl::StatusOr<plan::Call> call = Complete(step, outcomes);
    if (!call.ok()) return named(call.status());
    absl::StatusOr<exec::Outcome> outcome =
        exec::RunTraced(*backend_.runner, *call, place.connection, place.cancellation, place.trace);
    if (!outcome.ok()) return named(outcome.status());
    absl::StatusOr<std::string> bytes = step.method->writer().Write(*outcome);
    if (!bytes.ok()) return named(bytes.status());
    if (absl::Status status = responses.Add(step.method->plan(), *std::move(bytes)); !status.ok()) return status;
    outcomes.push_back(*std::move(outcome));
  }
  return responses.Serialize(response);
}

}  // namespace rowkeeper::wire
