#include "server/wire/stream_rpc.h"

#include <exception>
#include <utility>

#include "server/base/errors.h"
#include "server/observe/caught.h"
#include "server/wire/caller.h"
#include "server/wire/rpc_context.h"
#include "server/wire/status.h"
#include "server/wire/stream_reactor.h"

namespace rowkeeper::wire {

StreamReactor::StreamReactor(SharedMethods methods, const std::string* path, const RpcService& service,
                             grpc::CallbackServerContext* context)
    : methods_(std::move(methods)),
      path_(*path),
      in_flight_(service.in_flight),
      traffic_(*service.traffic),
      context_(context),
      clock_(*service.clock),
      start_(clock_.Now()),
      deadline_(DeadlineOf(*context, start_)),
      tracer_(service.tracer),
      identity_(service.callers == nullptr ? identity::SharedIdentity() : service.callers->Identify(*context)),
      memory_(service.memory, context, identity()),
      incoming_charge_(service.memory, MemoryBudget::Use::kStreams),
      outgoing_charge_(service.memory, MemoryBudget::Use::kStreams) {
  if (in_flight_->Add(this)) aborted_.store(true, std::memory_order_release);
}

std::shared_ptr<StreamObserver> StreamReactor::observer() const {
  const absl::MutexLock lock(&mutex_);
  return finished_ ? nullptr : observer_;
}

void StreamReactor::Observe(std::shared_ptr<StreamObserver> observer) {
  const StreamObserver* const observing = observer.get();
  bool over = false;
  {
    const absl::MutexLock lock(&mutex_);
    over = cancelled_;
    observer_ = observer;
  }
  if (observing != nullptr && aborted()) observer->OnCancel(CancelCause::kShutdown);
  if (observing != nullptr && ended_by_operator_.load(std::memory_order_acquire)) {
    observer->OnCancel(CancelCause::kOperator);
  }
  if (observing != nullptr && over) observer->OnCancel(CauseOfCancel(*context_));
}

// gRPC's operations are started under the lock, so that none comes after Finish. None of them calls back before it
// returns.

void StreamReactor::Read() {
  const absl::MutexLock lock(&mutex_);
  incoming_charge_.Release();
  if (!finished_) StartRead(&incoming_);
}

bool StreamReactor::Write(std::string message) {
  const absl::MutexLock lock(&mutex_);
  if (finished_) return false;
  traffic_.sent_bytes.Add(message.size());
  outgoing_charge_.GrowAnyway(message.size());
  outgoing_ = ToBuffer(std::move(message));
  StartWrite(&outgoing_);
  return true;
}

bool StreamReactor::FinishWith(const absl::Status& status) {
  const absl::MutexLock lock(&mutex_);
  if (finished_) return false;
  finished_ = true;
  Finish(status.ok() ? grpc::Status::OK : ToGrpcStatus(status));
  return true;
}

void StreamReactor::Abandon() {
  const absl::MutexLock lock(&mutex_);
  if (!done_) context_->TryCancel();
}

void StreamReactor::Drop() {
  bool observed = false;
  {
    const absl::MutexLock lock(&mutex_);
    observed = observer_ != nullptr;
  }
  if (!observed) FinishWith(Internal("the call was dropped without an answer"));
  Unref();
}

std::optional<RunningCall> StreamReactor::Describe() {
  RunningCall call;
  call.method = MethodOfPath(path_);
  call.elapsed = elapsed();
  DescribeProgress(progress_, &call);
  const absl::MutexLock lock(&mutex_);
  if (done_) return std::nullopt;
  call.answered = finished_;
  if (call.stage != observe::CallProgress::Stage::kArriving) DescribeCaller(*context_, identity(), &call);
  return call;
}

void StreamReactor::Abort() {
  aborted_.store(true, std::memory_order_release);
  if (const auto told = observer(); told != nullptr) told->OnCancel(CancelCause::kShutdown);
}

/// gRPC calls from threads of its own, which no exception may reach: the call ends with one, and the observer lets go
/// of what it holds.
template <typename Callback>
void StreamReactor::Tell(StreamObserver& told, Callback callback) {
  observe::CallContext call;
  const observe::CallScope scope(&call);
  try {
    callback();
    return;
  } catch (const std::exception& error) {
    call = CallContextOf(*context_);  // which is there until OnDone
    FinishWith(observe::Caught("a stream", path_, error));
  }
  try {
    told.OnCancel(CancelCause::kCaller);
  } catch (const std::exception& error) {
    (void)observe::Caught("the end of a stream", path_, error);
  }
}

OperatorEnd StreamReactor::EndByOperator() {
  std::shared_ptr<StreamObserver> told;
  {
    const absl::MutexLock lock(&mutex_);
    if (finished_ || done_) return OperatorEnd::kAnswered;
    if (ended_by_operator_.exchange(true, std::memory_order_acq_rel)) return OperatorEnd::kAskedBefore;
    told = observer_;
  }
  if (told != nullptr) told->OnCancel(CancelCause::kOperator);
  return OperatorEnd::kAsked;
}

void StreamReactor::OnReadDone(bool ok) {
  const auto told = observer();
  if (told == nullptr) return;
  if (ok) {
    const grpc::Slice slice = OneSlice(incoming_);
    incoming_.Clear();
    traffic_.received_bytes.Add(slice.size());
    {
      const absl::MutexLock lock(&mutex_);
      incoming_charge_.GrowAnyway(slice.size());
    }
    Tell(*told, [&] { told->OnMessage(std::string(reinterpret_cast<const char*>(slice.begin()), slice.size())); });
  } else if (!context_->IsCancelled()) {
    Tell(*told, [&] { told->OnEnd(); });
  }
}

void StreamReactor::OnWriteDone(bool ok) {
  {
    const absl::MutexLock lock(&mutex_);
    outgoing_charge_.Release();
  }
  const auto told = observer();
  if (ok && told != nullptr) Tell(*told, [&] { told->OnWritten(); });
}

void StreamReactor::OnCancel() {
  {
    const absl::MutexLock lock(&mutex_);
    cancelled_ = true;
  }
  if (const auto told = observer(); told != nullptr) Tell(*told, [&] { told->OnCancel(CauseOfCancel(*context_)); });
}

void StreamReactor::OnDone() {
  in_flight_->Remove(this);
  memory_.End();
  std::shared_ptr<StreamObserver> told;
  {
    const absl::MutexLock lock(&mutex_);
    done_ = true;
    told = std::exchange(observer_, nullptr);
  }
  if (told != nullptr) Tell(*told, [&] { told->OnDone(); });
  told = nullptr;
  Unref();
}

void StreamReactor::Unref() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

StreamRpc::StreamRpc(StreamRpc&& other) noexcept : reactor_(std::exchange(other.reactor_, nullptr)) {}

StreamRpc& StreamRpc::operator=(StreamRpc&& other) noexcept {
  std::swap(reactor_, other.reactor_);
  return *this;
}

StreamRpc::~StreamRpc() {
  if (reactor_ != nullptr) reactor_->Drop();
}

const std::string& StreamRpc::path() const { return reactor_->path(); }
std::optional<std::string_view> StreamRpc::Header(std::string_view name) const {
  return FindHeader(reactor_->context(), name);
}
std::vector<HeaderField> StreamRpc::HeadersStartingWith(std::string_view prefix) const {
  return wire::HeadersStartingWith(reactor_->context(), prefix);
}
Clock::time_point StreamRpc::deadline() const { return reactor_->deadline(); }
Clock::time_point StreamRpc::came_at() const { return reactor_->came_at(); }
Clock::duration StreamRpc::elapsed() const { return reactor_->elapsed(); }
const observe::Tracer* StreamRpc::tracer() const { return reactor_->tracer(); }
identity::SharedIdentity StreamRpc::identity() const { return reactor_->identity(); }
const SharedMethods& StreamRpc::methods() const { return reactor_->methods(); }
std::string StreamRpc::caller() const {
  const identity::SharedIdentity known = identity();
  return known != nullptr ? identity::CallerName(*known) : CallerOf(reactor_->context());
}
MemoryOwner* StreamRpc::memory_owner() const { return reactor_->memory_owner(); }
observe::CallProgress* StreamRpc::progress() const { return reactor_->progress(); }
bool StreamRpc::aborted() const { return reactor_->aborted(); }
void StreamRpc::Observe(std::shared_ptr<StreamObserver> observer) { reactor_->Observe(std::move(observer)); }
void StreamRpc::Read() { reactor_->Read(); }
bool StreamRpc::Write(std::string message) { return reactor_->Write(std::move(message)); }
bool StreamRpc::Finish(const absl::Status& status) { return reactor_->FinishWith(status); }
void StreamRpc::Abandon() { reactor_->Abandon(); }

}  // namespace rowkeeper::wire
