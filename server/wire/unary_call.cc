#include "server/wire/unary_call.h"

#include <utility>

#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/wire/call_context.h"
#include "server/wire/status.h"
#include "server/wire/unary_reactor.h"

namespace rowkeeper::wire {

UnaryReactor::UnaryReactor(const Method* method, grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                           grpc::ByteBuffer* response)
    : method_(method),
      context_(context),
      response_(response),
      clock_(*method->clock),
      start_(clock_.Now()),
      deadline_(DeadlineOf(*context, start_)),
      request_(OneSlice(*request)) {
  if (method_->in_flight->Add(this)) aborted_.store(true, std::memory_order_release);
}

std::string_view UnaryReactor::request() const {
  return {reinterpret_cast<const char*>(request_.begin()), request_.size()};
}

std::optional<std::string_view> UnaryReactor::Header(std::string_view name) const {
  return FindHeader(*context_, name);
}

std::vector<CallHeader> UnaryReactor::HeadersStartingWith(std::string_view prefix) const {
  return wire::HeadersStartingWith(*context_, prefix);
}

CancelCause UnaryReactor::Cause() const { return CauseOfCancel(*context_); }

void UnaryReactor::SetCancelCallback(UnaryCall::CancelCallback callback) {
  {
    absl::MutexLock lock(&mutex_);
    if (answered_.load(std::memory_order_acquire)) return;
    if (!cancelled() && !aborted()) {
      on_cancel_ = std::move(callback);
      return;
    }
  }
  callback(aborted() ? CancelCause::kShutdown : Cause());
}

void UnaryReactor::Interrupt(std::atomic<bool>* how, CancelCause cause) {
  UnaryCall::CancelCallback callback;
  {
    absl::MutexLock lock(&mutex_);
    how->store(true, std::memory_order_release);
    if (answered_.load(std::memory_order_acquire)) return;
    callback = std::exchange(on_cancel_, nullptr);
  }
  if (callback) callback(cause);
}

void UnaryReactor::AddTrailer(const std::string& name, const std::string& value) {
  const absl::MutexLock lock(&mutex_);
  if (!answered_.load(std::memory_order_acquire)) context_->AddTrailingMetadata(name, value);
}

bool UnaryReactor::ClaimAnswer() {
  UnaryCall::CancelCallback dropped;
  absl::MutexLock lock(&mutex_);
  if (answered_.exchange(true, std::memory_order_acq_rel)) return false;
  dropped.swap(on_cancel_);
  return true;
}

bool UnaryReactor::FinishWith(std::string response) {
  if (response.size() > method_->max_response_bytes) {
    return FinishWith(ResponseTooLarge(response.size(), method_->max_response_bytes, "ask for fewer rows or fields"));
  }
  if (!ClaimAnswer()) return false;
  *response_ = ToBuffer(std::move(response));
  Finish(grpc::Status::OK);
  return true;
}

bool UnaryReactor::FinishWith(const absl::Status& error) {
  if (!ClaimAnswer()) return false;
  Finish(ToGrpcStatus(error.ok() ? Internal("a method answered OK without a response") : error));
  return true;
}

void UnaryReactor::SetUndeliveredCallback(std::function<void()> callback) {
  const absl::MutexLock lock(&mutex_);
  on_undelivered_ = std::move(callback);
}

/// By now gRPC has said whether the call was cancelled before its status went out.
void UnaryReactor::OnDone() {
  method_->in_flight->Remove(this);
  std::function<void()> undelivered;
  {
    const absl::MutexLock lock(&mutex_);
    undelivered.swap(on_undelivered_);
  }
  if (undelivered && cancelled()) undelivered();
  Unref();
}

void UnaryReactor::Unref() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

UnaryCall::UnaryCall(UnaryCall&& other) noexcept : reactor_(std::exchange(other.reactor_, nullptr)) {}

UnaryCall& UnaryCall::operator=(UnaryCall&& other) noexcept {
  std::swap(reactor_, other.reactor_);
  return *this;
}

UnaryCall::~UnaryCall() {
  if (reactor_ == nullptr) return;
  if (!reactor_->answered()) reactor_->FinishWith(Internal("the call was dropped without an answer"));
  reactor_->Unref();
}

std::string_view UnaryCall::request() const { return reactor_->request(); }
void UnaryCall::DropRequest() { reactor_->DropRequest(); }
const std::string& UnaryCall::path() const { return reactor_->method().path; }
std::optional<std::string_view> UnaryCall::Header(std::string_view name) const { return reactor_->Header(name); }
std::vector<CallHeader> UnaryCall::HeadersStartingWith(std::string_view prefix) const {
  return reactor_->HeadersStartingWith(prefix);
}
Clock::time_point UnaryCall::deadline() const { return reactor_->deadline(); }
Clock& UnaryCall::clock() const { return reactor_->clock(); }
Clock::duration UnaryCall::elapsed() const { return reactor_->elapsed(); }
std::string UnaryCall::peer() const { return reactor_->peer(); }
void UnaryCall::OnCancel(CancelCallback callback) { reactor_->SetCancelCallback(std::move(callback)); }
void UnaryCall::OnUndelivered(std::function<void()> callback) { reactor_->SetUndeliveredCallback(std::move(callback)); }
bool UnaryCall::cancelled() const { return reactor_->cancelled(); }
void UnaryCall::AddTrailer(const std::string& name, const std::string& value) { reactor_->AddTrailer(name, value); }
bool UnaryCall::aborted() const { return reactor_->aborted(); }
bool UnaryCall::Finish(std::string response) { return reactor_->FinishWith(std::move(response)); }
bool UnaryCall::Finish(const absl::Status& error) { return reactor_->FinishWith(error); }

}  // namespace rowkeeper::wire
