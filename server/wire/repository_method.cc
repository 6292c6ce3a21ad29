#include "server/wire/repository_method.h"

#include <utility>

#include "server/base/errors.h"
#include "server/observe/call_record.h"
#include "server/observe/log.h"

namespace rowkeeper::wire {
namespace {

/// Headers that start so are ours; one that is not known asks for something that would be left undone.
constexpr std::string_view kOwnHeaders = "rowkeeper-";

absl::Status CheckHeaders(const UnaryCall& call) {
  const auto unknown = call.HeaderStartingWith(kOwnHeaders);
  if (!unknown.has_value()) return absl::OkStatus();
  return InvalidHeader(*unknown,
                       "this server does not know it, and nothing was done; remove it, or call a server that does");
}

/// What is worth logging of a call, gathered while its request is at hand.
struct CallNotes {
  std::vector<std::string> ids;
  std::string request_id;
  std::string caller;
  std::chrono::steady_clock::time_point start;
};

/// A call in flight: answered once, then logged.
class Exchange {
 public:
  Exchange(const plan::MethodPlan& plan, observe::MethodCounter* counter, UnaryCall call)
      : plan_(plan), counter_(counter), call_(std::move(call)) {
    notes_.start = call_.start();
    if (!observe::LogEnabled(observe::LogLevel::kInfo)) return;
    notes_.caller = call_.peer();
    notes_.request_id = std::string(call_.Header("x-request-id").value_or(""));
  }

  const UnaryCall& call() const { return call_; }
  UnaryCall& call() { return call_; }

  void NoteKeys(const plan::Call& call) {
    if (!observe::LogEnabled(observe::LogLevel::kInfo)) return;
    for (int i : call.variant.filters) {
      const plan::FilterTerm& filter = plan_.filters[i];
      const catalogue::Column& column = plan_.entity->columns[filter.column];
      if (column.key || column.reference.has_value()) notes_.ids.push_back(call.request.arguments[filter.input].text);
    }
  }

  /// A created row's key is known only from the answer.
  void NoteCreatedKeys(const exec::Outcome& outcome) {
    if (plan_.operation != catalogue::Operation::kCreate || outcome.statement == nullptr || outcome.row_count == 0)
      return;
    if (!observe::LogEnabled(observe::LogLevel::kInfo)) return;
    const std::vector<int>& cells = outcome.statement->cells;
    for (size_t i = 0; i < cells.size(); ++i) {
      if (plan_.entity->columns[cells[i]].key) notes_.ids.emplace_back(outcome.rows.cell(0, static_cast<int>(i)));
    }
  }

  void Answer(absl::StatusOr<std::string> response, int64_t rows) {
    const absl::Status status = response.status();
    counter_->Count(status.code());
    if (!status.ok()) observe::Counters::Process().CountRefusal(status);
    if (response.ok()) {
      call_.Finish(*std::move(response));
    } else {
      call_.Finish(status);
    }
    Log(status, rows);
  }

 private:
  void Log(const absl::Status& status, int64_t rows) const {
    observe::CallRecord record;
    record.method = plan_.full_name;
    record.entity = plan_.entity->full_name;
    record.ids = notes_.ids;
    record.status = status;
    record.duration = std::chrono::steady_clock::now() - notes_.start;
    record.request_id = notes_.request_id;
    record.caller = notes_.caller;
    record.rows = rows;
    observe::LogCall(record);
  }

  const plan::MethodPlan& plan_;
  observe::MethodCounter* counter_;
  UnaryCall call_;
  CallNotes notes_;
};

db::Cancellation::Cause ToCause(CancelCause cause) {
  return cause == CancelCause::kDeadline ? db::Cancellation::Cause::kDeadline : db::Cancellation::Cause::kCaller;
}

}  // namespace

RepositoryMethod::RepositoryMethod(const plan::MethodPlan* plan, const RepositoryBackend& backend)
    : plan_(plan),
      backend_(backend),
      decoder_(codec::RequestDecoder::Compile(*plan)),
      response_encoder_(codec::ResponseEncoder::Compile(plan->response)),
      row_encoders_(plan->entity),
      counter_(observe::Counters::Process().Method(plan->full_name)) {}

void RepositoryMethod::Serve(UnaryCall unary) const {
  auto exchange = std::make_shared<Exchange>(*plan_, counter_, std::move(unary));
  absl::StatusOr<plan::Call> call = Prepare(exchange->call());
  if (!call.ok()) {
    exchange->Answer(call.status(), -1);
    return;
  }
  exchange->call().DropRequest();
  exchange->NoteKeys(*call);
  auto ticket = backend_.executor->Submit(*std::move(call), exchange->call().deadline(),
                                          [this, exchange](absl::StatusOr<exec::Outcome> outcome) {
                                            if (!outcome.ok()) {
                                              exchange->Answer(outcome.status(), -1);
                                              return;
                                            }
                                            exchange->NoteCreatedKeys(*outcome);
                                            exchange->Answer(Encode(*outcome), outcome->row_count);
                                          });
  exchange->call().OnCancel([ticket](CancelCause cause) mutable { ticket.Cancel(ToCause(cause)); });
}

absl::StatusOr<plan::Call> RepositoryMethod::Prepare(const UnaryCall& call) const {
  absl::Status status = CheckHeaders(call);
  if (!status.ok()) return status;
  status = backend_.gate->Check();
  if (!status.ok()) return status;
  plan::Request request;
  status = decoder_->Decode(call.request(), &request);
  if (!status.ok()) return status;
  return plan::Bind(*plan_, std::move(request), backend_.pages, *backend_.tokens);
}

absl::StatusOr<std::string> RepositoryMethod::Encode(const exec::Outcome& outcome) const {
  std::string response;
  const auto row_encoder = row_encoders_.For(outcome.statement.get());
  const absl::Status status =
      response_encoder_->Encode(outcome.rows, outcome.row_count, *row_encoder, outcome.next_page_token, &response);
  if (!status.ok()) return status;
  if (response.size() > backend_.max_response_bytes) {
    return ResponseTooLarge(response.size(), backend_.max_response_bytes,
                            plan_->reads_only() ? "ask for fewer rows or fields"
                                                : "the change was made, but the row is too large to return");
  }
  return response;
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
