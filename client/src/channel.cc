#include "rowkeeper/client/channel.h"

#include <grpcpp/create_channel.h>

#include <algorithm>
#include <limits>

namespace rowkeeper::client {
namespace {

using std::chrono::milliseconds;

/// A second above the server's ServerOptions::min_client_ping_interval, so that a probe that travels faster than the
/// one before does not come too early.
constexpr milliseconds kShortestKeepaliveTime{11000};

int Milliseconds(milliseconds time) {
  return static_cast<int>(std::clamp<int64_t>(time.count(), 0, std::numeric_limits<int>::max()));
}

/// The settings of every method. They hold no retryPolicy, and no timeout: gRPC counts it from a clock that stands
/// while nothing happens, up to 2 s too short.
std::string ServiceConfig(const ChannelOptions& options) {
  std::string config = R"({"methodConfig": [{"name": [{}])";
  if (options.unreachable == ChannelOptions::Unreachable::kWait) config += R"(, "waitForReady": true)";
  return config + "}]}";
}

}  // namespace

grpc::ChannelArguments MakeChannelArguments(const ChannelOptions& options) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfig(options));
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(std::max(options.keepalive_time, kShortestKeepaliveTime)));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, Milliseconds(options.reconnect_first));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Milliseconds(options.reconnect_longest));
  arguments.SetMaxReceiveMessageSize(options.max_response_bytes);
  if (!options.server_name.empty()) arguments.SetSslTargetNameOverride(options.server_name);
  return arguments;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const ChannelOptions& options) {
  const auto credentials = options.credentials == nullptr ? grpc::InsecureChannelCredentials() : options.credentials;
  return grpc::CreateCustomChannel(address, credentials, MakeChannelArguments(options));
}

}  // namespace rowkeeper::client
