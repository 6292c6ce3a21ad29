#include "server/wire/otlp/otlp_sender.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "google/rpc/error_details.pb.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/wire/status.h"

namespace rowkeeper::wire {
namespace {

using opentelemetry::proto::collector::trace::v1::ExportTraceServiceResponse;
using opentelemetry::proto::collector::trace::v1::TraceService;

constexpr std::chrono::seconds kSendLimit{10};
/// The exporter decides when to try again; a connection is to be tried by then.
constexpr int kLongestReconnectMs = 1000;
/// A collector that asks to wait for longer is asked sooner.
constexpr std::chrono::minutes kLongestWait{5};

constexpr char kPlain[] = "http://", kTls[] = "https://", kUnix[] = "unix:/";

std::shared_ptr<grpc::Channel> OpenChannel(const CollectorAddress& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kLongestReconnectMs / 2);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMs);
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (address.security == CollectorAddress::Security::kTls) {
    grpc::SslCredentialsOptions options;
    options.pem_root_certs = address.roots;
    credentials = grpc::SslCredentials(options);
  }
  return grpc::CreateCustomChannel(address.target, credentials, arguments);
}

bool MayBeSentAgain(grpc::StatusCode code, bool has_retry_info) {
  switch (code) {
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
    case grpc::StatusCode::ABORTED:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::DATA_LOSS:
      return true;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return has_retry_info;
    default:
      return false;
  }
}

SendResult ToResult(const grpc::Status& status) {
  const absl::Status error = FromGrpcStatus(status);
  const auto retry = FindDetail<google::rpc::RetryInfo>(error);
  SendResult result;
  result.outcome = MayBeSentAgain(status.error_code(), retry.has_value()) ? SendResult::Outcome::kTryAgain
                                                                          : SendResult::Outcome::kRefused;
  if (retry.has_value()) {
    result.wait = std::clamp<Clock::duration>(
        std::chrono::seconds(retry->retry_delay().seconds()) + std::chrono::nanoseconds(retry->retry_delay().nanos()),
        Clock::duration::zero(), kLongestWait);
  }
  result.why = Cat(absl::StatusCodeToString(error.code()), ": ", status.error_message());
  return result;
}

}  // namespace

absl::StatusOr<CollectorAddress> ParseCollectorAddress(const std::string& endpoint) {
  CollectorAddress address;
  if (HasPrefix(endpoint, kUnix)) {
    address.target = endpoint;
    return address;
  }
  const bool tls = HasPrefix(endpoint, kTls);
  const size_t scheme = tls ? sizeof kTls - 1 : sizeof kPlain - 1;
  address.target = (tls || HasPrefix(endpoint, kPlain)) ? endpoint.substr(scheme) : "";
  if (!address.target.empty() && address.target.back() == '/') address.target.pop_back();
  address.security = tls ? CollectorAddress::Security::kTls : CollectorAddress::Security::kNone;
  const size_t colon = address.target.rfind(':');
  const bool has_port = colon != std::string::npos && colon > 0 && colon + 1 < address.target.size() &&
                        address.target.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  if (has_port && address.target.find('/') == std::string::npos) return address;
  return absl::InvalidArgumentError(
      Cat("\"", endpoint,
          "\" is no address of a collector; write http://HOST:PORT, https://HOST:PORT or unix:/PATH of its OTLP over "
          "gRPC, which is port 4317 as a rule"));
}

OtlpSender::OtlpSender(const CollectorAddress& address, TraceResource resource, std::string version)
    : resource_(std::move(resource)),
      version_(std::move(version)),
      stub_(TraceService::NewStub(OpenChannel(address))) {}

SendResult OtlpSender::Send(const std::vector<observe::CallTrace>& traces) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kSendLimit);
  {
    const absl::MutexLock lock(&mutex_);
    if (cancelled_) return {SendResult::Outcome::kTryAgain, 0, {}, "the server ends"};
    call_ = &context;
  }
  ExportTraceServiceResponse response;
  const grpc::Status status = stub_->Export(&context, ToOtlpRequest(resource_, version_, traces), &response);
  {
    const absl::MutexLock lock(&mutex_);
    call_ = nullptr;
  }
  if (!status.ok()) return ToResult(status);
  const auto& partial = response.partial_success();
  return {SendResult::Outcome::kTaken,
          partial.rejected_spans(),
          {},
          Cat("rejected ", partial.rejected_spans(), " spans: ", partial.error_message())};
}

void OtlpSender::Cancel() {
  const absl::MutexLock lock(&mutex_);
  cancelled_ = true;
  if (call_ != nullptr) call_->TryCancel();
}

}  // namespace rowkeeper::wire
