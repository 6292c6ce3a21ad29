#include "rowkeeper/client/channel.h"

#include <grpcpp/create_channel.h>

#include <algorithm>
#include <limits>

namespace rowkeeper::client {
namespace {

using std::chrono::milliseconds;

/// Of the server: ServerOptions::min_client_ping_interval.
constexpr milliseconds kShortestKeepaliveTime{10000};

int Milliseconds(milliseconds time) {
  return static_cast<int>(std::clamp<int64_t>(time.count(), 0, std::numeric_limits<int>::max()));
}

/// As protobuf writes durations in JSON.
std::string Seconds(milliseconds time) {
  const std::string thousandths = std::to_string(1000 + time.count() % 1000).substr(1);
  return std::to_string(time.count() / 1000) + "." + thousandths + "s";
}

/// The settings of every method. They hold no retryPolicy.
std::string ServiceConfig(const ChannelOptions& options) {
  std::string config = R"({"methodConfig": [{"name": [{}])";
  if (options.unreachable == ChannelOptions::Unreachable::kWait) config += R"(, "waitForReady": true)";
  if (options.longest_call.count() > 0) config += R"(, "timeout": ")" + Seconds(options.longest_call) + "\"";
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
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Milliseconds(options.reconnect_first));
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, Milliseconds(options.reconnect_longest));
  arguments.SetMaxReceiveMessageSize(options.max_response_bytes);
  return arguments;
}

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const ChannelOptions& options) {
  const auto credentials = options.credentials == nullptr ? grpc::InsecureChannelCredentials() : options.credentials;
  return grpc::CreateCustomChannel(address, credentials, MakeChannelArguments(options));
}

}  // namespace rowkeeper::client
