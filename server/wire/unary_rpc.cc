#include "server/wire/unary_rpc.h"

#include <exception>
#include <utility>

#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/observe/caught.h"
#include "server/observe/log.h"
#include "server/wire/answer_log.h"
#include "server/wire/rpc_context.h"
#include "server/wire/status.h"
#include "server/wire/unary_reactor.h"

namespace rowkeeper::wire {

namespace {

grpc::Slice TakeSlice(grpc::ByteBuffer* buffer) {
  grpc::Slice slice = OneSlice(*buffer);
  buffer->Clear();
  return slice;
}

/// Larger requests are refused when there is no room for them. Of smaller messages nobody asks whose they are, unless
/// there are many.
constexpr size_t kSmallMessage = 4096;

absl::Status NoRequest(std::string_view path) { return MalformedRequest(path.substr(1), "there is none"); }

}  // namespace

UnaryCall::UnaryCall(SharedMethods methods, const std::string* path, const RpcService* service,
                     grpc::CallbackServerContext* context)
    : methods_(std::move(methods)),
      path_(path),
      service_(*service),
      context_(context),
      clock_(*service->clock),
      start_(clock_.Now()),
      deadline_(DeadlineOf(*context, start_)),
      identity_(service->callers == nullptr ? identity::SharedIdentity() : service->callers->Identify(*context)),
      memory_(service->memory, context, identity()),
      request_charge_(service->memory, MemoryBudget::Use::kRequests),
      response_charge_(service->memory, MemoryBudget::Use::kResponses) {}

void UnaryCall::BeginBy(SharedMethods methods, const std::string* path) {
  const absl::MutexLock lock(&mutex_);  // somebody may describe the call
  methods_ = std::move(methods);
  path_ = path;
}

void UnaryCall::Enter() {
  if (service_.in_flight->Add(this)) aborted_.store(true, std::memory_order_release);
}

absl::Status UnaryCall::CheckRequest() const { return has_request_ ? absl::OkStatus() : NoRequest(*path_); }

void UnaryCall::TakeRequest(grpc::ByteBuffer* request) {
  has_request_ = request->Valid();
  if (has_request_) request_ = TakeSlice(request);
  service_.traffic->received_bytes.Add(request_.size());
  if (request_.size() <= kSmallMessage) {
    request_charge_.GrowAnyway(request_.size());
  } else {
    request_charge_.SetAccount(memory_.Account());
    room_ = request_charge_.Grow(request_.size());
  }
  // The UnaryRpc, which is made next: nothing above may fail once it is counted.
  references_.fetch_add(1, std::memory_order_relaxed);
}

absl::Status UnaryCall::Admission() {
  using Use = MemoryBudget::Use;
  using Room = MemoryBudget::Room;
  if (service_.memory == nullptr) return absl::OkStatus();
  if (room_ != Room::kEnough) return MemoryFull(*service_.memory, Use::kRequests, room_);
  if (!service_.memory->IsCrowded(Use::kResponses)) return absl::OkStatus();
  const Room room = service_.memory->CheckRoom(Use::kResponses, memory_.Account().get());
  return room == Room::kEnough ? absl::OkStatus() : MemoryFull(*service_.memory, Use::kResponses, room);
}

std::string_view UnaryCall::request() const {
  return {reinterpret_cast<const char*>(request_.begin()), request_.size()};
}

std::optional<std::string_view> UnaryCall::Header(std::string_view name) const { return FindHeader(*context_, name); }

std::vector<HeaderField> UnaryCall::HeadersStartingWith(std::string_view prefix) const {
  return wire::HeadersStartingWith(*context_, prefix);
}

CancelCause UnaryCall::Cause() const { return CauseOfCancel(*context_); }

void UnaryCall::SetCancelCallback(UnaryRpc::CancelCallback callback) {
  {
    absl::MutexLock lock(&mutex_);
    if (answered_.load(std::memory_order_acquire)) return;
    if (!cancelled() && !aborted() && !ended_by_operator()) {
      on_cancel_ = std::move(callback);
      return;
    }
  }
  callback(aborted() ? CancelCause::kShutdown : ended_by_operator() ? CancelCause::kOperator : Cause());
}

/// gRPC calls from threads of its own, which no exception may reach.
template <typename Callback>
void UnaryCall::Guarded(Callback callback) {
  try {
    callback();
  } catch (const std::exception& error) {
    (void)observe::Caught("the end of a call", *path_, error);
  }
}

void UnaryCall::Interrupt(std::atomic<bool>* how, CancelCause cause) {
  UnaryRpc::CancelCallback callback;
  {
    absl::MutexLock lock(&mutex_);
    how->store(true, std::memory_order_release);
    if (answered_.load(std::memory_order_acquire)) return;
    callback = std::exchange(on_cancel_, nullptr);
  }
  if (callback) Guarded([&] { callback(cause); });
}

OperatorEnd UnaryCall::EndByOperator() {
  UnaryRpc::CancelCallback callback;
  {
    const absl::MutexLock lock(&mutex_);
    if (answered_.load(std::memory_order_acquire)) return OperatorEnd::kAnswered;
    if (ended_by_operator_.exchange(true, std::memory_order_acq_rel)) return OperatorEnd::kAskedBefore;
    callback = std::exchange(on_cancel_, nullptr);
  }
  if (callback) Guarded([&] { callback(CancelCause::kOperator); });
  return OperatorEnd::kAsked;
}

void UnaryCall::AddTrailer(const std::string& name, const std::string& value) {
  const absl::MutexLock lock(&mutex_);
  if (!answered_.load(std::memory_order_acquire)) context_->AddTrailingMetadata(name, value);
}

bool UnaryCall::ClaimAnswer() {
  UnaryRpc::CancelCallback dropped;
  absl::MutexLock lock(&mutex_);
  if (answered_.exchange(true, std::memory_order_acq_rel)) return false;
  dropped.swap(on_cancel_);
  answered_at_ = clock_.Now();
  return true;
}

bool UnaryCall::EndIfUnread(Clock::time_point then) {
  const absl::MutexLock lock(&mutex_);
  if (done_ || given_up_ || cancelled() || !answered_.load(std::memory_order_acquire)) return false;
  if (answered_at_ >= then) return false;
  given_up_ = true;
  ends_inline_.store(false, std::memory_order_release);  // not within TryCancel, under this lock
  context_->TryCancel();
  return true;
}

std::optional<RunningCall> UnaryCall::Describe() {
  RunningCall call;
  call.elapsed = elapsed();
  call.answered = answered();
  DescribeProgress(progress_, &call);
  const absl::MutexLock lock(&mutex_);
  if (done_) return std::nullopt;
  call.method = MethodOfPath(*path_);
  if (call.stage != observe::CallProgress::Stage::kArriving) DescribeCaller(*context_, identity(), &call);
  return call;
}

bool UnaryCall::FinishWith(std::string response) {
  if (response.size() > service_.max_response_bytes) {
    return FinishWith(ResponseTooLarge(response.size(), service_.max_response_bytes, "ask for fewer rows or fields"));
  }
  if (!ClaimAnswer()) return false;
  service_.traffic->sent_bytes.Add(response.size());
  const bool matters = response.size() > kSmallMessage ||
                       (service_.memory != nullptr && service_.memory->IsCrowded(MemoryBudget::Use::kResponses));
  if (matters) response_charge_.SetAccount(memory_.Account());
  response_charge_.GrowAnyway(response.size());  // what was done is told; the next call is not let in
  SendResponse(ToBuffer(std::move(response)));
  return true;
}

bool UnaryCall::FinishWith(const absl::Status& error) {
  if (!ClaimAnswer()) return false;
  SendError(ToGrpcStatus(error.ok() ? Internal("a method answered OK without a response") : error));
  return true;
}

void UnaryCall::SetUndeliveredCallback(std::function<void()> callback) {
  ends_inline_.store(false, std::memory_order_release);
  const absl::MutexLock lock(&mutex_);
  on_undelivered_ = std::move(callback);
}

/// By now gRPC has said whether the call was cancelled before its status went out.
void UnaryCall::NoteDone() {
  service_.in_flight->Remove(this);
  memory_.End();
  std::function<void()> undelivered;
  {
    const absl::MutexLock lock(&mutex_);
    done_ = true;
    undelivered.swap(on_undelivered_);
  }
  if (undelivered && cancelled()) Guarded(undelivered);
  Unref();
}

void UnaryCall::Unref() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

UnaryReactor::UnaryReactor(SharedMethods methods, const std::string* path, const RpcService* service,
                           grpc::CallbackServerContext* context, grpc::ByteBuffer* request, grpc::ByteBuffer* response)
    : UnaryCall(std::move(methods), path, service, context), response_(response) {
  TakeRequest(request);
  Enter();
}

void UnaryReactor::SendResponse(grpc::ByteBuffer response) {
  *response_ = std::move(response);
  Finish(grpc::Status::OK);
}

LateUnaryReactor::LateUnaryReactor(const std::string* path, const RpcService* service,
                                   grpc::CallbackServerContext* context, Begin begin)
    : UnaryCall(nullptr, path, service, context), begin_(std::move(begin)) {
  Enter();
  StartRead(&incoming_);
  if (aborted()) Abort();
}

bool LateUnaryReactor::LeaveWaiting(Stage next) {
  Stage waits = Stage::kWaits;
  return stage_.compare_exchange_strong(waits, next);
}

void LateUnaryReactor::BeginLate(SharedMethods methods, const std::string* path) {
  BeginBy(std::move(methods), path);
  TakeRequest(&incoming_);
}

void LateUnaryReactor::Abort() {
  UnaryCall::Abort();
  if (LeaveWaiting(Stage::kEnded)) FinishWith(ShuttingDown());
}

OperatorEnd LateUnaryReactor::EndByOperator() {
  const OperatorEnd end = UnaryCall::EndByOperator();
  if (end == OperatorEnd::kAsked && LeaveWaiting(Stage::kEnded)) FinishWith(EndedByOperator());
  return end;
}

void LateUnaryReactor::SendResponse(grpc::ByteBuffer response) {
  outgoing_ = std::move(response);
  StartWriteAndFinish(&outgoing_, grpc::WriteOptions(), grpc::Status::OK);
}

void LateUnaryReactor::OnReadDone(bool ok) {
  if (!LeaveWaiting(ok ? Stage::kBegan : Stage::kEnded)) return;
  if (!ok) {
    FinishWith(NoRequest(path()));
    return;
  }
  // gRPC catches nothing here.
  try {
    if (!begin_(this)) FinishWith(absl::UnimplementedError(""));
  } catch (const std::exception& error) {
    FinishWith(Internal(error.what()));
  }
}

UnaryRpc::UnaryRpc(UnaryRpc&& other) noexcept : reactor_(std::exchange(other.reactor_, nullptr)) {}

UnaryRpc& UnaryRpc::operator=(UnaryRpc&& other) noexcept {
  std::swap(reactor_, other.reactor_);
  return *this;
}

UnaryRpc::~UnaryRpc() {
  if (reactor_ == nullptr) return;
  if (!reactor_->answered()) {
    const absl::Status dropped = Internal("the call was dropped without an answer");
    const std::string id = ErrorLogId(dropped);
    observe::CallContext call = ReadCallContext(Header(kRequestIdHeader), Header(kTraceParentHeader));
    const observe::CallScope scope(&call);
    if (reactor_->FinishWith(dropped)) {
      observe::Log(observe::LogLevel::kError, "a call was dropped without an answer",
                   {{"method", path()}, {"log_id", id}});
    }
  }
  reactor_->Unref();
}

absl::Status UnaryRpc::Admission() const { return reactor_->Admission(); }
MemoryOwner* UnaryRpc::memory_owner() const { return reactor_->memory_owner(); }
observe::CallProgress* UnaryRpc::progress() const { return reactor_->progress(); }
std::string_view UnaryRpc::request() const { return reactor_->request(); }
void UnaryRpc::DropRequest() { reactor_->DropRequest(); }
const std::string& UnaryRpc::path() const { return reactor_->path(); }
std::optional<std::string_view> UnaryRpc::Header(std::string_view name) const { return reactor_->Header(name); }
std::vector<HeaderField> UnaryRpc::HeadersStartingWith(std::string_view prefix) const {
  return reactor_->HeadersStartingWith(prefix);
}
Clock::time_point UnaryRpc::deadline() const { return reactor_->deadline(); }
Clock& UnaryRpc::clock() const { return reactor_->clock(); }
Clock::time_point UnaryRpc::came_at() const { return reactor_->came_at(); }
Clock::duration UnaryRpc::elapsed() const { return reactor_->elapsed(); }
const observe::Tracer* UnaryRpc::tracer() const { return reactor_->tracer(); }
std::string UnaryRpc::caller() const { return reactor_->caller(); }
identity::SharedIdentity UnaryRpc::identity() const { return reactor_->identity(); }
const SharedMethods& UnaryRpc::methods() const { return reactor_->methods(); }
void UnaryRpc::OnCancel(CancelCallback callback) { reactor_->SetCancelCallback(std::move(callback)); }
void UnaryRpc::OnUndelivered(std::function<void()> callback) { reactor_->SetUndeliveredCallback(std::move(callback)); }
bool UnaryRpc::cancelled() const { return reactor_->cancelled(); }
void UnaryRpc::AddTrailer(const std::string& name, const std::string& value) { reactor_->AddTrailer(name, value); }
bool UnaryRpc::aborted() const { return reactor_->aborted(); }
bool UnaryRpc::ended_by_operator() const { return reactor_->ended_by_operator(); }
bool UnaryRpc::Finish(std::string response) { return reactor_->FinishWith(std::move(response)); }
bool UnaryRpc::Finish(const absl::Status& error) { return reactor_->FinishWith(error); }

}  // namespace rowkeeper::wire
