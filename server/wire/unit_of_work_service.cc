#include "server/wire/unit_of_work_service.h"

#include <utility>

#include "rowkeeper/v1/unit_of_work.pb.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/observe/counters.h"
#include "server/wire/unit_of_work_list.h"
#include "server/wire/unit_of_work_messages.h"

namespace rowkeeper::wire {
namespace {

using uow::UnitsOfWork;

/// Of a request that holds a handle, a name or a few options.
constexpr size_t kMostBytes = size_t{64} << 10;

/// Frees the bytes, which no call here needs while it waits.
template <typename Request>
absl::Status Parse(UnaryRpc* rpc, Request* request) {
  const std::string_view bytes = rpc->request();
  const bool parsed = request->ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  rpc->DropRequest();
  if (parsed) return absl::OkStatus();
  return MalformedRequest(Request::descriptor()->full_name(), "the bytes are damaged, or a string is not UTF-8");
}

/// The same for all methods but Run. No bytes that nobody has a use for come in by calls that are let in although
/// memory is full.
template <typename Request>
absl::Status ParseSmall(UnaryRpc* rpc, Request* request) {
  if (const size_t bytes = rpc->request().size(); bytes > kMostBytes) {
    return MalformedRequest(Request::descriptor()->full_name(),
                            Cat("it has ", bytes, " bytes; at most ", kMostBytes, " are read"));
  }
  return Parse(rpc, request);
}

/// Which unit a request is about, and who asks.
absl::StatusOr<UnitsOfWork::Reference> ReadReference(const std::string& field, const RowkeeperHeaders& headers,
                                                     Exchange* exchange) {
  if (field.empty() && !headers.unit_of_work.has_value()) {
    return InvalidField("handle",
                        "is required; send what Begin returned, here or in the header rowkeeper-unit-of-work");
  }
  if (!field.empty() && headers.unit_of_work.has_value() && *headers.unit_of_work != field) {
    return InvalidField("handle", "is not the handle in the header rowkeeper-unit-of-work; send one of them");
  }
  const std::string& handle = field.empty() ? *headers.unit_of_work : field;
  exchange->NoteUnit(handle);
  return UnitsOfWork::Reference{handle, exchange->caller(), exchange->context()};
}

/// A request with a handle and nothing else.
template <typename Request>
absl::StatusOr<UnitsOfWork::Reference> ParseReference(const RowkeeperHeaders& headers, Exchange* exchange) {
  Request request;
  if (absl::Status status = ParseSmall(&exchange->rpc(), &request); !status.ok()) return status;
  return ReadReference(request.handle(), headers, exchange);
}

/// A call on a savepoint.
struct SavepointArguments {
  UnitsOfWork::Reference reference;
  std::string name;
  UnitsOfWork::StepOptions options;
};

enum class SavepointName { kRequired, kOptional };

template <typename Request>
absl::StatusOr<SavepointArguments> ParseSavepoint(const RowkeeperHeaders& headers, SavepointName named,
                                                  Exchange* exchange) {
  SavepointArguments call;
  call.options.deadline = exchange->rpc().deadline();
  call.options.sequence = headers.sequence;
  call.options.fingerprint = exchange->Fingerprint();
  Request request;
  if (absl::Status status = ParseSmall(&exchange->rpc(), &request); !status.ok()) return status;
  absl::StatusOr<UnitsOfWork::Reference> reference = ReadReference(request.handle(), headers, exchange);
  if (!reference.ok()) return reference.status();
  call.reference = *std::move(reference);
  FieldViolations violations;
  if (request.name().empty() && named == SavepointName::kRequired) {
    violations.Add("name", "is required; send the name that Savepoint returned");
  }
  CheckName(request.name(), "name", uow::kMaxSavepointBytes, &violations);
  if (!violations.empty()) return violations.ToStatus();
  call.name = request.name();
  return call;
}

/// Answers with an empty message.
UnitsOfWork::StepDone AnswerEmpty(std::shared_ptr<Exchange> exchange) {
  return [exchange = std::move(exchange)](absl::StatusOr<std::string> result) {
    exchange->Answer(result.ok() ? absl::StatusOr<std::string>(std::string()) : result.status());
  };
}

constexpr std::string_view kNoUnitHere = "this method is not part of a unit of work; leave the header out";

constexpr std::string_view kNoWrite =
    "of the methods of this service only Run takes a key; the writes of a unit of work take one each, and the others "
    "may be repeated as they are: leave it out";
constexpr std::string_view kNoCost = "of the methods of this service only Run tells what it cost; leave the header out";

}  // namespace

UnitOfWorkService::UnitOfWorkService(const UnitOfWorkBackend& backend) : backend_(backend) {
  AddMethod("Begin", &UnitOfWorkService::Begin);
  AddMethod("Commit", &UnitOfWorkService::Commit);
  AddMethod("Rollback", &UnitOfWorkService::Rollback);
  AddMethod("Savepoint", &UnitOfWorkService::Savepoint);
  AddMethod("RollbackTo", &UnitOfWorkService::RollbackTo);
  AddMethod("Release", &UnitOfWorkService::Release);
  AddMethod("Get", &UnitOfWorkService::Get);
  AddMethod("List", &UnitOfWorkService::List);
  AddMethod("Run", &UnitOfWorkService::Run);
}

void UnitOfWorkService::AddMethod(std::string_view name, Start start) {
  auto method = std::make_unique<Method>();
  method->name = Cat(kUnitOfWorkService, ".", name);
  method->path = Cat("/", kUnitOfWorkService, "/", name);
  method->served = {method->name, "", observe::Counters::Process().Method(method->name)};
  method->start = start;
  method->runs_methods = start == &UnitOfWorkService::Run;
  method->passes_first =
      start == &UnitOfWorkService::Commit || start == &UnitOfWorkService::Rollback || start == &UnitOfWorkService::Get;
  methods_.push_back(std::move(method));
}

std::vector<DynamicMethod> UnitOfWorkService::methods() const {
  std::vector<DynamicMethod> dynamic;
  for (const auto& method : methods_) {
    dynamic.push_back({method->path, [this, served = method.get()](UnaryRpc rpc) { Serve(*served, std::move(rpc)); },
                       &method->served, SubjectOf(*method)});
  }
  return dynamic;
}

policy::Subject UnitOfWorkService::SubjectOf(const Method& method) const {
  if (backend_.policies == nullptr) return {};
  return backend_.policies->Of(method.runs_methods ? policy::Feature::kRun : policy::Feature::kUnitsOfWork);
}

std::string UnitOfWorkService::ShownCaller(Exchange* exchange) const {
  const policy::Policies* const policies = backend_.policies;
  if (policies == nullptr || !policies->decides_calls())
    return backend_.others == UnitOfWorkBackend::Others::kShown ? "" : exchange->caller();
  const identity::SharedIdentity caller = exchange->rpc().identity();
  return policies->Allows(policies->Of(policy::Feature::kAllUnits), caller.get()) ? "" : exchange->caller();
}

void UnitOfWorkService::Serve(const Method& method, UnaryRpc rpc) const {
  auto exchange = std::make_shared<Exchange>(&method.served, std::move(rpc));
  if (absl::Status status = StartMethod(method, exchange); !status.ok()) exchange->Answer(std::move(status));
}

absl::Status UnitOfWorkService::StartMethod(const Method& method, const SharedExchange& exchange) const {
  if (!method.passes_first) {
    if (absl::Status full = exchange->rpc().Admission(); !full.ok()) return full;
  }
  absl::StatusOr<RowkeeperHeaders> headers = ReadHeaders(exchange->rpc());
  if (!headers.ok()) return headers.status();
  if (!method.runs_methods && headers->idempotency_key.has_value()) return InvalidHeader(kIdempotencyHeader, kNoWrite);
  if (!method.runs_methods && headers->debug != DebugLevel::kOff) return InvalidHeader(kDebugHeader, kNoCost);
  auto trace = StartTrace(headers->debug, backend_.debug, &exchange->rpc().clock());
  if (!trace.ok()) return trace.status();
  exchange->Trace(*std::move(trace));
  UnitsOfWork* const units = backend_.units->get();
  if (units == nullptr) return backend_.units->Missing();
  return (this->*method.start)({exchange, *std::move(headers), units});
}

absl::Status UnitOfWorkService::Begin(const Incoming& incoming) const {
  if (absl::Status status = RefuseUnitHeaders(incoming.headers, kNoUnitHere); !status.ok()) return status;
  if (absl::Status status = backend_.gate->Check(); !status.ok()) return status;
  const SharedExchange exchange = incoming.exchange;
  v1::BeginRequest request;
  if (absl::Status status = ParseSmall(&exchange->rpc(), &request); !status.ok()) return status;
  absl::StatusOr<uow::BeginOptions> options = ReadBegin(request);
  if (!options.ok()) return options.status();
  options->call = exchange->context();
  options->catalogue = exchange->rpc().methods();
  exchange->NoteLabel(options->label);
  const auto done = [exchange, units = incoming.units](const absl::StatusOr<UnitsOfWork::Begun>& begun) {
    if (!begun.ok()) return exchange->Answer(begun.status());
    exchange->NoteUnitId(begun->info.id);
    exchange->rpc().OnUndelivered([units, reference = Reference{begun->handle, exchange->caller()}] {
      units->Rollback(reference, Clock::time_point::max(), [](const absl::StatusOr<uow::UnitState>&) {});
    });  // nobody has learned the handle
    v1::BeginResponse response;
    response.set_handle(begun->handle);
    *response.mutable_unit_of_work() = ToProto(begun->info);
    exchange->Answer(response.SerializeAsString());
  };
  exchange->CancelWith(incoming.units->Begin(*options, exchange->caller(), exchange->rpc().deadline(), done));
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::Commit(const Incoming& incoming) const {
  const SharedExchange exchange = incoming.exchange;
  const auto reference = ParseReference<v1::CommitRequest>(incoming.headers, exchange.get());
  if (!reference.ok()) return reference.status();
  const auto done = [exchange](const absl::StatusOr<uow::UnitInfo>& info) {
    if (!info.ok()) return exchange->Answer(info.status());
    v1::CommitResponse response;
    *response.mutable_commit_time() = ToProto(info->end_time);
    exchange->Answer(response.SerializeAsString());
  };
  exchange->CancelWith(incoming.units->Commit(*reference, exchange->rpc().deadline(), done));
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::Rollback(const Incoming& incoming) const {
  const SharedExchange exchange = incoming.exchange;
  const auto reference = ParseReference<v1::RollbackRequest>(incoming.headers, exchange.get());
  if (!reference.ok()) return reference.status();
  const auto done = [exchange](const absl::StatusOr<uow::UnitState>& state) {
    if (!state.ok()) return exchange->Answer(state.status());
    v1::RollbackResponse response;
    response.set_state(ToProto(*state));
    exchange->Answer(response.SerializeAsString());
  };
  exchange->CancelWith(incoming.units->Rollback(*reference, exchange->rpc().deadline(), done));
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::Savepoint(const Incoming& incoming) const {
  const SharedExchange exchange = incoming.exchange;
  const auto call = ParseSavepoint<v1::SavepointRequest>(incoming.headers, SavepointName::kOptional, exchange.get());
  if (!call.ok()) return call.status();
  const auto done = [exchange](absl::StatusOr<std::string> name) {
    if (!name.ok()) return exchange->Answer(name.status());
    v1::SavepointResponse response;
    response.set_name(*std::move(name));
    exchange->Answer(response.SerializeAsString());
  };
  exchange->CancelWith(incoming.units->Savepoint(call->reference, call->name, call->options, done));
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::RollbackTo(const Incoming& incoming) const {
  const SharedExchange exchange = incoming.exchange;
  const auto call = ParseSavepoint<v1::RollbackToRequest>(incoming.headers, SavepointName::kRequired, exchange.get());
  if (!call.ok()) return call.status();
  exchange->CancelWith(incoming.units->RollbackTo(call->reference, call->name, call->options, AnswerEmpty(exchange)));
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::Release(const Incoming& incoming) const {
  const SharedExchange exchange = incoming.exchange;
  const auto call = ParseSavepoint<v1::ReleaseRequest>(incoming.headers, SavepointName::kRequired, exchange.get());
  if (!call.ok()) return call.status();
  exchange->CancelWith(incoming.units->Release(call->reference, call->name, call->options, AnswerEmpty(exchange)));
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::Get(const Incoming& incoming) const {
  const auto reference = ParseReference<v1::GetRequest>(incoming.headers, incoming.exchange.get());
  if (!reference.ok()) return reference.status();
  const absl::StatusOr<uow::UnitInfo> info = incoming.units->Get(*reference);
  if (!info.ok()) return info.status();
  v1::GetResponse response;
  *response.mutable_unit_of_work() = ToProto(*info);
  incoming.exchange->Answer(response.SerializeAsString());
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::List(const Incoming& incoming) const {
  if (absl::Status status = RefuseUnitHeaders(incoming.headers, kNoUnitHere); !status.ok()) return status;
  v1::ListRequest request;
  if (absl::Status status = ParseSmall(&incoming.exchange->rpc(), &request); !status.ok()) return status;
  const absl::StatusOr<v1::ListResponse> response =
      ListUnits(request, incoming.units->List(),
                {backend_.tokens, backend_.pages, incoming.units->server(), incoming.exchange->owner().name,
                 ShownCaller(incoming.exchange.get())});
  if (!response.ok()) return response.status();
  incoming.exchange->NoteRows(response->units_of_work_size());
  incoming.exchange->Answer(response->SerializeAsString());
  return absl::OkStatus();
}

absl::Status UnitOfWorkService::Run(const Incoming& incoming) const {
  constexpr std::string_view kOwnTransaction =
      "Run is a transaction of its own; call the methods one by one within the "
      "unit of work, or leave the header out";
  if (absl::Status status = RefuseUnitHeaders(incoming.headers, kOwnTransaction); !status.ok()) return status;
  if (absl::Status status = backend_.gate->Check(); !status.ok()) return status;
  v1::RunRequest request;
  if (absl::Status status = Parse(&incoming.exchange->rpc(), &request); !status.ok()) return status;
  return backend_.run->Start(request, incoming.headers, incoming.exchange);
}

}  // namespace rowkeeper::wire
