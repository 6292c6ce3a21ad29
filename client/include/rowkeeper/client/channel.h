#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/support/channel_arguments.h>

#include <chrono>
#include <memory>
#include <string>

namespace rowkeeper::client {

/// How to talk to a server. Calls have no deadline by the channel; those of this library have their own,
/// CallOptions::timeout. Calls that were sent are never repeated by the channel: it has no retry policy, and takes
/// none from the network.
struct ChannelOptions {
  /// Null: plain text. See TlsCredentials in tls.h.
  std::shared_ptr<grpc::ChannelCredentials> credentials;
  /// The name that the server's certificate must have; empty: the host of the address.
  std::string server_name;

  /// A file with the token that says who calls, sent with each call in the header `authorization`; empty: none. It is
  /// read for each call, so it may be replaced at any time. While it cannot be read, or holds no token (letters, digits
  /// and .-_~+/= in one line), calls go without, and the server refuses them.
  std::string token_file;

  /// What a call does while there is no connection, and the server may be restarting.
  enum class Unreachable {
    /// It waits until its deadline, unsent.
    kWait,
    /// It fails with UNAVAILABLE as soon as connecting has failed.
    kFail,
  };
  Unreachable unreachable = Unreachable::kWait;

  /// A silent connection is probed after this time, and given up when the probe is unanswered for keepalive_timeout.
  /// At least 11 s, for the server disconnects whoever probes more often than every 10 s; less is taken as 11 s.
  std::chrono::milliseconds keepalive_time{30000};
  std::chrono::milliseconds keepalive_timeout{10000};

  /// Pauses between attempts to connect: the first, and the longest.
  std::chrono::milliseconds reconnect_first{200};
  std::chrono::milliseconds reconnect_longest{5000};

  /// Larger responses are refused with RESOURCE_EXHAUSTED. The server's own limit is as large by default.
  int max_response_bytes = 8 << 20;
};

/// A channel to `address`, "host:port" or "unix:/path". It connects with the first call, and again when the connection
/// is lost. The calls of one unit of work must reach one server: an address that stands for several needs gRPC's
/// pick_first policy, the default.
std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const ChannelOptions& options = {});

/// The same settings for channels that are made otherwise, for example with interceptors. Leaves out the credentials
/// and the token.
grpc::ChannelArguments MakeChannelArguments(const ChannelOptions& options = {});

}  // namespace rowkeeper::client
