#include "server/wire/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/base/errors.h"
#include "server/base/listen_address.h"
#include "server/observe/counter.h"
#include "server/observe/counters.h"
#include "server/observe/log.h"
#include "server/wire/unknown_methods.h"

namespace rowkeeper::wire {
namespace {

/// While servers start, what gRPC says about addresses is said better by PrepareToListen.
std::atomic<int> starting{0};

/// Of the process, as gRPC's log is.
observe::Counter& CompressedRequests() {
  static auto* const counter = new observe::Counter;  // never destroyed: gRPC's threads may still count at exit
  return *counter;
}

/// gRPC refuses a compressed request before a method sees it, and tells nobody but its log.
bool TellsOfCompressedRequest(const char* message) {
  return absl::StartsWith(message, "Compression algorithm '") && absl::EndsWith(message, "' is disabled.");
}

void WriteGrpcLog(gpr_log_func_args* args) {
  // Callers could fill the log with it.
  if (TellsOfCompressedRequest(args->message)) return CompressedRequests().Add();
  const bool serious = args->severity == GPR_LOG_SEVERITY_ERROR && starting == 0;
  observe::Log(serious ? observe::LogLevel::kWarning : observe::LogLevel::kDebug, "gRPC says",
               {{"text", args->message}});
}

/// gRPC's own lines join ours instead of going to stderr in a format of their own.
void AdoptGrpcLog() {
  static std::once_flag once;
  std::call_once(once, [] { gpr_set_log_function(&WriteGrpcLog); });
}

absl::StatusOr<std::vector<ListenAddress>> Prepare(const std::vector<std::string>& texts) {
  if (texts.empty())
    return InvalidField("listen address", "is missing; give at least one, for example 127.0.0.1:50051");
  std::vector<ListenAddress> addresses;
  for (const std::string& text : texts) {
    ListenAddress address;
    if (absl::Status status = ParseListenAddress(text, &address); !status.ok()) return status;
    if (absl::Status status = PrepareToListen(address); !status.ok()) return status;
    addresses.push_back(std::move(address));
  }
  return addresses;
}

void Configure(const ServerOptions& options, grpc::ServerBuilder* builder) {
  const auto milliseconds = [](std::chrono::milliseconds time) { return static_cast<int>(time.count()); };
  builder->SetMaxReceiveMessageSize(static_cast<int>(options.max_request_bytes));
  builder->SetMaxSendMessageSize(static_cast<int>(options.max_response_bytes));
  // gRPC inflates all of a message before it looks at its size.
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  // Two servers on one port would each get some of the connections, and nobody would notice.
  builder->AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_calls);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(options.keepalive_time));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(options.keepalive_timeout));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              milliseconds(options.min_client_ping_interval));
}

/// The first address that cannot be listened on, when gRPC only says that there is one.
absl::Status ExplainFailure(const std::vector<ListenAddress>& addresses) {
  for (const ListenAddress& address : addresses) {
    if (absl::Status status = PrepareToListen(address); !status.ok()) return status;
  }
  return CannotListen(addresses.front().text, "gRPC did not start; are two of the addresses the same?");
}

}  // namespace

GrpcServer::GrpcServer(std::unique_ptr<grpc::CallbackGenericService> unknown_methods,
                       std::unique_ptr<grpc::Server> server, std::vector<std::string> bound_addresses)
    : unknown_methods_(std::move(unknown_methods)),
      server_(std::move(server)),
      bound_addresses_(std::move(bound_addresses)) {}

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const ServerOptions& options,
                                                              const std::vector<grpc::Service*>& services) {
  AdoptGrpcLog();
  absl::StatusOr<std::vector<ListenAddress>> addresses = Prepare(options.addresses);
  if (!addresses.ok()) return addresses.status();

  grpc::ServerBuilder builder;
  Configure(options, &builder);
  std::vector<int> ports(addresses->size(), 0);
  for (size_t i = 0; i < addresses->size(); ++i) {
    builder.AddListeningPort((*addresses)[i].text, grpc::InsecureServerCredentials(), &ports[i]);
  }
  for (grpc::Service* service : services) builder.RegisterService(service);
  auto unknown_methods = std::make_unique<UnknownMethods>(observe::Counters::Process().UnknownMethod());
  builder.RegisterCallbackGenericService(unknown_methods.get());
  ++starting;
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  --starting;
  if (server == nullptr) return ExplainFailure(*addresses);

  std::vector<std::string> bound;
  for (size_t i = 0; i < addresses->size(); ++i) bound.push_back((*addresses)[i].WithPort(ports[i]));
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(unknown_methods), std::move(server), std::move(bound)));
}

uint64_t GrpcServer::compressed_requests() { return CompressedRequests().value(); }

GrpcServer::~GrpcServer() {
  if (server_ != nullptr) Shutdown(Clock::duration::zero());
}

/// gRPC counts the time itself, by the wall clock.
void GrpcServer::Shutdown(Clock::duration grace) {
  server_->Shutdown(Clock::System().WallNow() + grace);
  server_->Wait();
  server_.reset();
}

void GrpcServer::Shutdown(Clock::duration grace, const std::function<void()>& abort_calls) {
  absl::Notification over;
  std::thread aborter([&] {
    if (!over.WaitForNotificationWithTimeout(absl::FromChrono(grace))) abort_calls();
  });
  Shutdown(grace + kAbortGrace);
  over.Notify();
  aborter.join();
}

}  // namespace rowkeeper::wire
