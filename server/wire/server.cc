#include "server/wire/server.h"

#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <grpcpp/resource_quota.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <mutex>
#include <thread>
#include <utility>

#include "absl/strings/match.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "server/base/errors.h"
#include "server/base/listen_address.h"
#include "server/net/acceptor.h"
#include "server/observe/counter.h"
#include "server/observe/log.h"
#include "server/wire/grpc_stream_tracker.h"
#include "server/wire/unknown_methods.h"

namespace rowkeeper::wire {
namespace {

/// Of the process, as gRPC's log is.
observe::Counter& CompressedRequests() {
  static auto* const counter = new observe::Counter;  // never destroyed: gRPC's threads may still count at exit
  return *counter;
}

observe::Counter& FailedHandshakes() {
  static auto* const counter = new observe::Counter;
  return *counter;
}

/// gRPC refuses a compressed request before a method sees it, and tells nobody but its log.
bool TellsOfCompressedRequest(const char* message) {
  return absl::StartsWith(message, "Compression algorithm '") && absl::EndsWith(message, "' is disabled.");
}

constexpr char kFailedHandshake[] = "Handshake failed with fatal error ";

/// A phrase of its own, so that nobody can make gRPC's other lines go under in these, which are summarised.
void NoteFailedHandshake(const char* message) {
  FailedHandshakes().Add();
  observe::Log(observe::LogLevel::kWarning, "a TLS handshake failed",
               {{"problem", std::string_view(message).substr(sizeof(kFailedHandshake) - 1)}});
}

void WriteGrpcLog(gpr_log_func_args* args) {
  // Callers could fill the log with these.
  if (TellsOfCompressedRequest(args->message)) return CompressedRequests().Add();
  if (absl::StartsWith(args->message, kFailedHandshake)) return NoteFailedHandshake(args->message);
  const bool serious = args->severity == GPR_LOG_SEVERITY_ERROR;
  observe::Log(serious ? observe::LogLevel::kWarning : observe::LogLevel::kDebug, "gRPC says",
               {{"text", args->message}});
}

/// gRPC's own lines join ours instead of going to stderr in a format of their own.
void AdoptGrpcLog() {
  static std::once_flag once;
  std::call_once(once, [] { gpr_set_log_function(&WriteGrpcLog); });
}

/// What is said at `listener` must be hidden from other machines, and is not.
bool IsExposed(const Listener& listener, const TransportSecurity& security) {
  const bool plain = security.certificates == nullptr;
  return plain && security.plain_text == TransportSecurity::PlainText::kThisMachine && !IsOfThisMachine(listener);
}

/// Those of each address, in the order of `texts`.
absl::StatusOr<std::vector<std::vector<Listener>>> Listen(const std::vector<std::string>& texts,
                                                          const TransportSecurity& security) {
  if (texts.empty())
    return InvalidField("listen address", "is missing; give at least one, for example 127.0.0.1:50051");
  std::vector<std::vector<Listener>> all;
  for (const std::string& text : texts) {
    ListenAddress address;
    if (absl::Status status = ParseListenAddress(text, &address); !status.ok()) return status;
    absl::StatusOr<std::vector<Listener>> listeners = ListenOnAll(address);
    if (!listeners.ok()) return listeners.status();
    for (const Listener& listener : *listeners) {
      if (!IsExposed(listener, security)) continue;
      return CannotListen(text,
                          "other machines reach it, and would speak plain text; give --tls-cert and --tls-key, or "
                          "--insecure where the network keeps everybody else out");
    }
    all.push_back(*std::move(listeners));
  }
  return all;
}

void Configure(const ServerOptions& options, grpc::ServerBuilder* builder) {
  const auto milliseconds = [](std::chrono::milliseconds time) { return static_cast<int>(time.count()); };
  builder->SetMaxReceiveMessageSize(static_cast<int>(options.max_request_bytes));
  builder->SetMaxSendMessageSize(static_cast<int>(options.max_response_bytes));
  // gRPC inflates all of a message before it looks at its size.
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);
  builder->SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  if (options.memory_quota_bytes > 0) {
    builder->SetResourceQuota(grpc::ResourceQuota("rowkeeper").Resize(options.memory_quota_bytes));
  }
  builder->AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, options.max_concurrent_calls);
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIME_MS, milliseconds(options.keepalive_time));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, milliseconds(options.keepalive_timeout));
  builder->AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  builder->AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS,
                              milliseconds(options.min_client_ping_interval));
  builder->AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, milliseconds(options.handshake_timeout));
  const auto add_if_set = [&](const char* argument, std::chrono::milliseconds time) {
    if (time.count() > 0) builder->AddChannelArgument(argument, milliseconds(time));
  };
  add_if_set(GRPC_ARG_MAX_CONNECTION_IDLE_MS, options.connection_idle_timeout);
  add_if_set(GRPC_ARG_MAX_CONNECTION_AGE_MS, options.connection_age);
  add_if_set(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, options.connection_age_grace);
}

/// Connections are accepted by net::Acceptor: gRPC's own acceptor stops for ever when it once runs out of descriptors.
net::Endpoint MakeEndpoint(std::vector<Listener> listeners, const TransportSecurity& security,
                           grpc::ServerBuilder* builder) {
  using External = grpc::ServerBuilder::experimental_type::ExternalConnectionType;
  const bool secure = security.certificates != nullptr && !listeners.front().address.is_unix();
  std::shared_ptr<grpc::ServerCredentials> credentials =
      secure ? MakeTlsCredentials(security.certificates, security.clients) : grpc::InsecureServerCredentials();
  std::shared_ptr<grpc::experimental::ExternalConnectionAcceptor> grpc_side =
      builder->experimental().AddExternalConnectionAcceptor(External::FROM_FD, credentials);
  // gRPC asks the credentials for certificates while it takes a connection.
  return {std::move(listeners), [grpc_side = std::move(grpc_side), credentials](rowkeeper::FileDescriptor socket) {
            grpc::experimental::ExternalConnectionAcceptor::NewConnectionParameters connection;
            connection.fd = socket.Release();
            grpc_side->HandleNewConnection(&connection);
          }};
}

net::ConnectionLimits CompleteLimits(net::ConnectionLimits limits, const ServerOptions& options) {
  limits.unacknowledged_limit = options.keepalive_timeout;
  limits.abuse.max_streams = options.max_concurrent_calls;
  limits.abuse.max_request_bytes = options.max_request_bytes;
  return limits;
}

}  // namespace

GrpcServer::GrpcServer(std::unique_ptr<grpc::CallbackGenericService> unknown_methods,
                       std::unique_ptr<grpc::Server> server, std::unique_ptr<net::StreamTracker> stream_tracker,
                       std::unique_ptr<net::Acceptor> acceptor, std::vector<std::string> bound_addresses)
    : unknown_methods_(std::move(unknown_methods)),
      server_(std::move(server)),
      stream_tracker_(std::move(stream_tracker)),
      acceptor_(std::move(acceptor)),
      bound_addresses_(std::move(bound_addresses)) {}

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const ServerOptions& options,
                                                              const std::vector<grpc::Service*>& services) {
  AdoptGrpcLog();
  absl::StatusOr<std::vector<std::vector<Listener>>> listening = Listen(options.addresses, options.security);
  if (!listening.ok()) return listening.status();

  grpc::ServerBuilder builder;
  Configure(options, &builder);
  std::vector<std::string> bound;
  std::vector<net::Endpoint> endpoints;
  for (std::vector<Listener>& listeners : *listening) {
    bound.push_back(listeners.front().address.text);
    endpoints.push_back(MakeEndpoint(std::move(listeners), options.security, &builder));
  }
  for (grpc::Service* service : services) builder.RegisterService(service);
  auto unknown_methods = std::make_unique<UnknownMethods>(options.late_methods, options.callers);
  builder.RegisterCallbackGenericService(unknown_methods.get());
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return CannotListen(bound.front(), "gRPC did not start; the log says why");
  auto stream_tracker = std::make_unique<GrpcStreamTracker>();
  const auto accepting = options.accepting == ServerOptions::Accepting::kAtOnce ? net::Acceptor::Accepting::kAtOnce
                                                                                : net::Acceptor::Accepting::kWhenTold;
  auto acceptor = net::Acceptor::Start(CompleteLimits(options.connections, options), std::move(endpoints),
                                       stream_tracker.get(), accepting);
  if (!acceptor.ok()) return acceptor.status();
  return std::unique_ptr<GrpcServer>(new GrpcServer(std::move(unknown_methods), std::move(server),
                                                    std::move(stream_tracker), *std::move(acceptor), std::move(bound)));
}

uint64_t GrpcServer::compressed_requests() { return CompressedRequests().value(); }

uint64_t GrpcServer::failed_handshakes() { return FailedHandshakes().value(); }

GrpcServer::~GrpcServer() {
  if (server_ != nullptr) Shutdown(Clock::duration::zero());
}

void GrpcServer::StartAccepting() { acceptor_->StartAccepting(); }

net::ConnectionStats GrpcServer::connections() const { return acceptor_->stats(); }

/// gRPC counts the time itself, by the wall clock. A connection that it is given after its Shutdown would stay open.
void GrpcServer::Shutdown(Clock::duration grace) {
  acceptor_->StopAccepting();
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
