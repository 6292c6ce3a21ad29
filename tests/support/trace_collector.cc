#include "tests/support/trace_collector.h"

#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>

#include "absl/time/time.h"
#include "server/base/hex.h"
#include "server/base/text.h"
#include "tests/support/eventually.h"

namespace rowkeeper::testing {

struct TraceCollector::Service final : opentelemetry::proto::collector::trace::v1::TraceService::Service {
  explicit Service(TraceCollector* whose) : collector(*whose) {}
  grpc::Status Export(grpc::ServerContext* context, const Request* request, Response* response) override {
    return collector.Take(context, *request, response);
  }
  TraceCollector& collector;
};

TraceCollector::TraceCollector() { Listen(); }

TraceCollector::~TraceCollector() { Stop(); }

std::string TraceCollector::endpoint() const { return Cat("unix:", directory_.path(), "/otlp.sock"); }

void TraceCollector::Listen() {
  service_ = std::make_unique<Service>(this);
  grpc::ServerBuilder builder;
  builder.AddListeningPort(endpoint(), grpc::InsecureServerCredentials());
  builder.RegisterService(service_.get());
  server_ = builder.BuildAndStart();
  ASSERT_NE(server_, nullptr);
}

void TraceCollector::Stop() {
  LetGo();
  if (server_ != nullptr) server_->Shutdown(std::chrono::system_clock::now());
  server_ = nullptr;
}

void TraceCollector::Answer(std::vector<grpc::Status> answers) {
  const absl::MutexLock lock(&mutex_);
  answers_.assign(answers.begin(), answers.end());
}

void TraceCollector::Reject(int64_t spans) {
  const absl::MutexLock lock(&mutex_);
  rejected_ = spans;
}

void TraceCollector::Hold() {
  const absl::MutexLock lock(&mutex_);
  held_ = true;
}

void TraceCollector::LetGo() {
  const absl::MutexLock lock(&mutex_);
  held_ = false;
}

int TraceCollector::calls() const {
  const absl::MutexLock lock(&mutex_);
  return calls_;
}

std::vector<TraceCollector::Request> TraceCollector::requests() const {
  const absl::MutexLock lock(&mutex_);
  return requests_;
}

std::vector<TraceCollector::Span> TraceCollector::spans() const {
  std::vector<Span> spans;
  for (const Request& request : requests()) {
    const auto& of_request = request.resource_spans(0).scope_spans(0).spans();
    spans.insert(spans.end(), of_request.begin(), of_request.end());
  }
  return spans;
}

std::vector<TraceCollector::Span> TraceCollector::Await(const std::string& trace_id) const {
  std::string id;
  std::vector<Span> found;
  if (!AppendUnhexed(trace_id, &id)) return found;
  const bool came = Eventually([&] {
    found = spans();
    found.erase(std::remove_if(found.begin(), found.end(), [&](const Span& span) { return span.trace_id() != id; }),
                found.end());
    return std::any_of(found.begin(), found.end(),
                       [](const Span& span) { return span.kind() == Span::SPAN_KIND_SERVER; });
  });
  if (!came) found.clear();
  return found;
}

grpc::Status TraceCollector::Take(grpc::ServerContext* context, const Request& request, Response* response) {
  const absl::MutexLock lock(&mutex_);
  ++calls_;
  while (held_ && !context->IsCancelled()) changed_.WaitWithTimeout(&mutex_, absl::Milliseconds(5));
  if (context->IsCancelled()) return grpc::Status::CANCELLED;
  if (!answers_.empty()) {
    const grpc::Status answer = answers_.front();
    answers_.pop_front();
    if (!answer.ok()) return answer;
  }
  requests_.push_back(request);
  if (rejected_ > 0) response->mutable_partial_success()->set_rejected_spans(rejected_);
  return grpc::Status::OK;
}

}  // namespace rowkeeper::testing
