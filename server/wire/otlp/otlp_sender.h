#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <memory>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.grpc.pb.h"
#include "server/wire/otlp/otlp_request.h"
#include "server/wire/otlp/trace_sender.h"

namespace rowkeeper::wire {

struct CollectorAddress {
  /// As gRPC takes it: "collector.internal:4317", "unix:/run/otel.sock".
  std::string target;
  /// Over TLS.
  enum class Security { kNone, kTls } security = Security::kNone;
  /// Who may sign the collector's certificate, PEM; empty: those that gRPC trusts on this machine.
  std::string roots;
};

/// Reads "http://host:port", "https://host:port" or "unix:/path". Errors: INVALID_ARGUMENT with what it may be.
absl::StatusOr<CollectorAddress> ParseCollectorAddress(const std::string& endpoint);

/// Sends traces by OTLP over gRPC. What a collector may be asked again is as the protocol's specification has it.
class OtlpSender : public TraceSender {
 public:
  OtlpSender(const CollectorAddress& address, TraceResource resource, std::string version);

  SendResult Send(const std::vector<observe::CallTrace>& traces) override;
  void Cancel() override;

 private:
  const TraceResource resource_;
  const std::string version_;
  const std::unique_ptr<opentelemetry::proto::collector::trace::v1::TraceService::Stub> stub_;
  absl::Mutex mutex_;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  /// Of the call that is under way.
  grpc::ClientContext* call_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace rowkeeper::wire
