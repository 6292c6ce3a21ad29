#pragma once

#include <grpcpp/server.h>

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"
#include "tests/support/temporary_directory.h"

namespace rowkeeper::testing {

/// Takes traces by OTLP over real gRPC, and answers what a test tells it. Thread-safe.
class TraceCollector {
 public:
  using Request = opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest;
  using Response = opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;
  using Span = opentelemetry::proto::trace::v1::Span;

  /// Listens.
  TraceCollector();
  ~TraceCollector();

  /// "unix:/…"; the same after it has stopped.
  std::string endpoint() const;
  void Stop();
  void Listen();

  /// Answers so, one call after the other, and then well.
  void Answer(std::vector<grpc::Status> answers);
  /// Of each request that it takes from now on.
  void Reject(int64_t spans);
  /// Answers nothing until LetGo, or until the caller leaves.
  void Hold();
  void LetGo();

  /// Those that came, whatever became of them.
  int calls() const;
  /// Those that it has taken.
  std::vector<Request> requests() const;
  std::vector<Span> spans() const;
  /// The spans of one trace, by its id in hexadecimal digits, once that of a call is among them. None: it did not come.
  std::vector<Span> Await(const std::string& trace_id) const;

 private:
  struct Service;

  grpc::Status Take(grpc::ServerContext* context, const Request& request, Response* response);

  TemporaryDirectory directory_;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
  mutable absl::Mutex mutex_;
  absl::CondVar changed_;
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  int calls_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t rejected_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<grpc::Status> answers_ ABSL_GUARDED_BY(mutex_);
  std::vector<Request> requests_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace rowkeeper::testing
