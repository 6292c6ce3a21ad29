#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/base/clock.h"
#include "server/net/connection_limits.h"
#include "server/wire/tls_credentials.h"

namespace rowkeeper::net {
class Acceptor;
class StreamTracker;
}  // namespace rowkeeper::net

namespace grpc {
class CallbackGenericService;
class Server;
class Service;
}  // namespace grpc

namespace rowkeeper::wire {

class Callers;
class DynamicService;

/// What connections to host:port are protected by. Those to unix sockets stay on the machine and are plain.
struct TransportSecurity {
  /// Outlive the server; nullptr: plain text.
  const net::TlsCertificates* certificates = nullptr;
  ClientCertificates clients = ClientCertificates::kOff;
  /// Where plain text may be spoken: kThisMachine refuses addresses that other machines reach.
  enum class PlainText : uint8_t { kThisMachine, kEverywhere } plain_text = PlainText::kThisMachine;
};

struct ServerOptions {
  /// "host:port" or "unix:/path"; at least one.
  std::vector<std::string> addresses = {"127.0.0.1:50051"};
  TransportSecurity security;
  /// Who is told that a method is unknown; null: everybody. Outlives the server.
  const Callers* callers = nullptr;
  /// Serves methods that come later; null: none do. One of the services.
  DynamicService* late_methods = nullptr;
  /// Larger requests are refused by gRPC with RESOURCE_EXHAUSTED. Range 1 KiB to 1 GiB.
  size_t max_request_bytes = 4 << 20;
  /// A backstop; DynamicServiceOptions::max_response_bytes refuses with better words. Range 1 KiB to 1 GiB.
  size_t max_response_bytes = 4 << 20;
  /// Where gRPC's own memory comes near to it, gRPC reads less, and then closes idle connections and ends calls, bytes;
  /// 0: never. It counts what it reads, not the responses.
  size_t memory_quota_bytes = 0;
  /// Calls in flight on one connection; further ones wait at the client. Range 1 to 100000.
  int max_concurrent_calls = 1000;
  net::ConnectionLimits connections;
  /// kWhenTold: clients can connect, and wait until GrpcServer::StartAccepting.
  enum class Accepting { kAtOnce, kWhenTold } accepting = Accepting::kAtOnce;
  /// A silent connection is probed after this time, and closed when the probe is unanswered for keepalive_timeout.
  std::chrono::milliseconds keepalive_time{60000};
  std::chrono::milliseconds keepalive_timeout{20000};
  /// A client that probes more often than this is disconnected.
  std::chrono::milliseconds min_client_ping_interval{10000};
  /// From accept to the client's first SETTINGS frame. Range 1 ms to 20 days, as for the following.
  std::chrono::milliseconds handshake_timeout{10000};
  /// A connection without calls is closed after this time, at the latest after twice of it; 0: never.
  std::chrono::milliseconds connection_idle_timeout{0};
  /// A connection takes no new calls after this time, give or take a tenth: its client opens another; 0: never.
  std::chrono::milliseconds connection_age{0};
  /// Calls that run at the end of connection_age have this long to end; 0: as long as they want.
  std::chrono::milliseconds connection_age_grace{0};
};

/// A running gRPC server. It takes no compressed requests: gRPC answers them with
/// UNIMPLEMENTED and reads none of them. Start, BoundAddresses and Shutdown are for one thread.
class GrpcServer {
 public:
  /// Listens and serves. `services` outlive the server. Errors: INVALID_ARGUMENT for an address that is none,
  /// FAILED_PRECONDITION CANNOT_LISTEN for one that is taken or not this machine's, or at which other machines would
  /// speak plain text; each in one line that says what to do.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const ServerOptions& options,
                                                           const std::vector<grpc::Service*>& services);
  /// Shuts down at once, unless Shutdown was called.
  ~GrpcServer();
  GrpcServer(const GrpcServer&) = delete;
  GrpcServer& operator=(const GrpcServer&) = delete;

  /// For ServerOptions::Accepting::kWhenTold. Thread-safe; does nothing the second time, or after Shutdown.
  void StartAccepting();
  /// The addresses as given, with the ports that the system chose in place of 0.
  const std::vector<std::string>& BoundAddresses() const { return bound_addresses_; }
  /// Thread-safe.
  net::ConnectionStats connections() const;
  /// Takes no new connections and calls, waits for those in flight for `grace`, then cancels the rest and waits for
  /// their handlers to answer. Blocks; call it once. Services with endless streams must be stopped first.
  void Shutdown(Clock::duration grace);
  /// The same, but calls that are late can be told why: `abort_calls` is called after `grace`, on another thread, and
  /// what is answered within kAbortGrace still reaches its caller.
  void Shutdown(Clock::duration grace, const std::function<void()>& abort_calls);
  static constexpr std::chrono::seconds kAbortGrace{2};

  /// Compressed requests that the servers of this process have refused so far. From any thread.
  static uint64_t compressed_requests();
  /// TLS handshakes that failed in this process for what the other end sent: no TLS, a certificate that does not pass,
  /// none where one is required. From any thread.
  static uint64_t failed_handshakes();

 private:
  GrpcServer(std::unique_ptr<grpc::CallbackGenericService> unknown_methods, std::unique_ptr<grpc::Server> server,
             std::unique_ptr<net::StreamTracker> stream_tracker, std::unique_ptr<net::Acceptor> acceptor,
             std::vector<std::string> bound_addresses);

  /// Outlives the server.
  std::unique_ptr<grpc::CallbackGenericService> unknown_methods_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<net::StreamTracker> stream_tracker_;
  /// Gives connections to server_ until Shutdown.
  std::unique_ptr<net::Acceptor> acceptor_;
  std::vector<std::string> bound_addresses_;
};

}  // namespace rowkeeper::wire
