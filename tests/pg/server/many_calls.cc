#include "tests/pg/server/many_calls.h"

#include <google/protobuf/descriptor.h>
#include <grpcpp/client_context.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/slice.h>

#include <thread>

#include "server/wire/status.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::testing {

struct ManyCalls::Call {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
  std::chrono::steady_clock::time_point start;
};

ManyCalls::ManyCalls(InProcessServer* server, const std::string& address, int connections) : server_(server) {
  for (int i = 0; i < connections; ++i) {
    stubs_.push_back(std::make_unique<grpc::GenericStub>(wire::NewChannel(address)));
  }
}

ManyCalls::~ManyCalls() {
  const absl::MutexLock lock(&mutex_);
  const auto all = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return answered_ == started_; };
  mutex_.Await(absl::Condition(&all));
}

void ManyCalls::Start(std::string_view method, const std::string& request, const CallOptions& options) {
  const google::protobuf::MethodDescriptor* found = server_->FindMethod(method);
  auto call = std::make_unique<Call>();
  for (const auto& [name, value] : options.headers) call->context.AddMetadata(name, value);
  call->context.set_deadline(std::chrono::system_clock::now() + options.timeout);
  const grpc::Slice slice(request);
  call->request = grpc::ByteBuffer(&slice, 1);
  call->start = std::chrono::steady_clock::now();
  size_t turn = 0;
  {
    const absl::MutexLock lock(&mutex_);
    turn = started_++;
  }
  Call* const started = call.release();
  stubs_[turn % stubs_.size()]->UnaryCall(
      &started->context, Cat("/", found->service()->full_name(), "/", found->name()), {}, &started->request,
      &started->response, [this, started](const grpc::Status& status) { Ended(started, status); });
}

void ManyCalls::Ended(Call* call, const grpc::Status& status) {
  const std::unique_ptr<Call> ended(call);
  Answer answer;
  answer.took = std::chrono::steady_clock::now() - ended->start;
  answer.outcome = status.ok() ? "OK" : ReasonOf(wire::FromGrpcStatus(status));
  const absl::MutexLock lock(&mutex_);
  answers_.push_back(std::move(answer));
  ++answered_;
}

size_t ManyCalls::started() const {
  const absl::MutexLock lock(&mutex_);
  return started_;
}

size_t ManyCalls::answered() const {
  const absl::MutexLock lock(&mutex_);
  return answered_;
}

bool ManyCalls::Await(size_t count) const {
  const absl::MutexLock lock(&mutex_);
  const auto enough = [this, count]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return answered_ >= count; };
  return mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Minutes(1));
}

std::vector<ManyCalls::Answer> ManyCalls::answers() const {
  const absl::MutexLock lock(&mutex_);
  return answers_;
}

std::vector<ManyCalls::Answer> ManyCalls::TakeAnswers() {
  const absl::MutexLock lock(&mutex_);
  return std::exchange(answers_, {});
}

std::map<std::string, int> ManyCalls::outcomes() const {
  std::map<std::string, int> outcomes;
  for (const Answer& answer : answers()) ++outcomes[answer.outcome];
  return outcomes;
}

void RunOpenLoops(const std::vector<OpenLoop>& loops, std::chrono::milliseconds time) {
  using Seconds = std::chrono::duration<double>;
  const auto begin = std::chrono::steady_clock::now();
  std::vector<int64_t> started(loops.size());
  for (auto now = begin; now < begin + time; now = std::chrono::steady_clock::now()) {
    for (size_t i = 0; i < loops.size(); ++i) {
      const auto due = static_cast<int64_t>(Seconds(now - begin).count() * loops[i].calls_per_second);
      for (; started[i] < due; ++started[i]) loops[i].calls->Start(loops[i].method, loops[i].request, loops[i].options);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
}

}  // namespace rowkeeper::testing
