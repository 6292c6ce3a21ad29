#include "rowkeeper/client/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/client_interceptor.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

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

/// Without the white space at its end; empty when the file holds none. gRPC ends the process for a header with a line
/// break.
std::string ReadToken(const std::string& path) {
  std::ifstream file(path);
  std::string token(std::istreambuf_iterator<char>(file), {});
  while (!token.empty() && std::isspace(static_cast<unsigned char>(token.back()))) token.pop_back();
  const auto is_of_token = [](unsigned char c) { return c > ' ' && c <= '~'; };
  return std::all_of(token.begin(), token.end(), is_of_token) ? token : std::string();
}

/// Adds the token to the headers of a call.
class TokenInterceptor final : public grpc::experimental::Interceptor {
 public:
  explicit TokenInterceptor(const std::string* path) : path_(*path) {}

  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    using grpc::experimental::InterceptionHookPoints;
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      const std::string token = ReadToken(path_);
      if (!token.empty()) methods->GetSendInitialMetadata()->emplace("authorization", "Bearer " + token);
    }
    methods->Proceed();
  }

 private:
  const std::string& path_;
};

/// Lives as long as its channel.
class TokenInterceptorFactory final : public grpc::experimental::ClientInterceptorFactoryInterface {
 public:
  explicit TokenInterceptorFactory(std::string path) : path_(std::move(path)) {}
  grpc::experimental::Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo*) override {
    return new TokenInterceptor(&path_);
  }

 private:
  const std::string path_;
};

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
  if (options.token_file.empty()) return grpc::CreateCustomChannel(address, credentials, MakeChannelArguments(options));
  std::vector<std::unique_ptr<grpc::experimental::ClientInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(std::make_unique<TokenInterceptorFactory>(options.token_file));
  return grpc::experimental::CreateCustomChannelWithInterceptors(address, credentials, MakeChannelArguments(options),
                                                                 std::move(interceptors));
}

}  // namespace rowkeeper::client
