#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/impl/codegen/client_unary_call.h>

#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "google/rpc/error_details.pb.h"
#include "server/app/client_security.h"
#include "server/app/command_line.h"
#include "server/app/commands.h"
#include "server/app/reflection_client.h"
#include "server/app/secrets.h"
#include "server/base/clock.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/wire/status.h"

namespace rowkeeper::app {
namespace {

namespace pb = google::protobuf;

struct CallOptions {
  std::string method;
  std::string json = "{}";
  std::string address = "127.0.0.1:50051";
  ClientSecurity security;
  std::vector<std::string> headers;
  double timeout_s = 10;
};

int FailWithCode(const absl::Status& status) {
  std::fprintf(stderr, "%s: %s\n", absl::StatusCodeToString(status.code()).c_str(),
               std::string(status.message()).c_str());
  return kExitFailure;
}

template <typename Detail>
void PrintDetail(const absl::Status& status) {
  const std::optional<Detail> detail = FindDetail<Detail>(status);
  std::string json;
  if (!detail.has_value() || !pb::util::MessageToJsonString(*detail, &json).ok()) return;
  std::fprintf(stderr, "  %s %s\n", Detail::descriptor()->name().c_str(), json.c_str());
}

int FailWithDetails(const absl::Status& status) {
  FailWithCode(status);
  PrintDetail<google::rpc::ErrorInfo>(status);
  PrintDetail<google::rpc::BadRequest>(status);
  PrintDetail<google::rpc::PreconditionFailure>(status);
  PrintDetail<google::rpc::RetryInfo>(status);
  PrintDetail<google::rpc::ResourceInfo>(status);
  return kExitFailure;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

/// Everybody on the machine can read what a process was given on its command line.
bool IsAuthorization(const std::string& name) { return absl::EqualsIgnoreCase(name, "authorization"); }

absl::StatusOr<Headers> ParseHeaders(const std::vector<std::string>& texts) {
  Headers headers;
  for (const std::string& header : texts) {
    const size_t colon = header.find(':');
    if (colon == std::string::npos || colon == 0) {
      return absl::InvalidArgumentError(Cat("--header \"", header, "\" is not name:value"));
    }
    if (IsAuthorization(header.substr(0, colon))) {
      return absl::InvalidArgumentError("--header takes no authorization, which `ps` would show; use --token-file");
    }
    const size_t value = header.find_first_not_of(' ', colon + 1);
    headers.emplace_back(header.substr(0, colon), value == std::string::npos ? "" : header.substr(value));
  }
  return headers;
}

grpc::ByteBuffer ToBuffer(const pb::Message& message) {
  const grpc::Slice slice(message.SerializeAsString());
  return grpc::ByteBuffer(&slice, 1);
}

bool FromBuffer(const grpc::ByteBuffer& buffer, pb::Message* message) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return false;
  return message->ParseFromArray(slice.begin(), static_cast<int>(slice.size()));
}

absl::Status Invoke(const CallOptions& options, const Headers& headers, const std::shared_ptr<grpc::Channel>& channel,
                    const pb::MethodDescriptor& method, const pb::Message& request, pb::Message* response) {
  grpc::ClientContext context;
  // gRPC counts by the wall clock.
  context.set_deadline(Clock::System().WallNow() +
                       std::chrono::milliseconds(static_cast<int64_t>(options.timeout_s * 1000)));
  for (const auto& [name, value] : headers) context.AddMetadata(name, value);
  const std::string path = Cat("/", method.service()->full_name(), "/", method.name());
  const grpc::internal::RpcMethod rpc(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, channel);
  grpc::ByteBuffer answer;
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall(channel.get(), rpc, &context, ToBuffer(request), &answer);
  if (!status.ok()) return wire::FromGrpcStatus(status);
  if (!FromBuffer(answer, response)) return absl::DataLossError("the response does not parse");
  return absl::OkStatus();
}

int Call(CallOptions options) {
  if (options.json == "-") options.json.assign(std::istreambuf_iterator<char>(std::cin), {});
  const auto connected = ConnectTo(options.address, options.security);
  if (!connected.ok()) return FailWithCode(connected.status());
  const auto authorization = ReadAuthorization(options.security);
  if (!authorization.ok()) return FailWithCode(authorization.status());
  auto headers = ParseHeaders(options.headers);
  if (!headers.ok()) return FailWithCode(headers.status());
  if (!authorization->empty()) headers->emplace_back("authorization", *authorization);
  const std::shared_ptr<grpc::Channel>& channel = *connected;
  const std::chrono::milliseconds timeout(static_cast<int64_t>(options.timeout_s * 1000));
  ReflectionClient reflection(channel, timeout, *authorization);
  const auto method = reflection.FindMethod(options.method);
  if (!method.ok()) return FailWithDetails(method.status());
  if ((*method)->client_streaming() || (*method)->server_streaming()) {
    return FailWithCode(absl::UnimplementedError(Cat(
        (*method)->full_name(), " is a stream, which this command does not speak; use grpcurl or a generated stub")));
  }
  pb::DynamicMessageFactory factory;
  const std::unique_ptr<pb::Message> request(factory.GetPrototype((*method)->input_type())->New());
  const auto parsed = pb::util::JsonStringToMessage(options.json, request.get());
  if (!parsed.ok()) {
    return FailWithCode(absl::InvalidArgumentError(
        Cat("the JSON is not a ", (*method)->input_type()->full_name(), ": ", std::string(parsed.message()))));
  }
  const std::unique_ptr<pb::Message> response(factory.GetPrototype((*method)->output_type())->New());
  const absl::Status status = Invoke(options, *headers, channel, **method, *request, response.get());
  if (!status.ok()) return FailWithDetails(status);
  pb::util::JsonPrintOptions print;
  print.add_whitespace = true;
  std::string json;
  if (!pb::util::MessageToJsonString(*response, &json, print).ok()) {
    return FailWithCode(absl::DataLossError("the response cannot be written as JSON"));
  }
  std::printf("%s", json.c_str());
  return kExitOk;
}

}  // namespace

void AddCallCommand(CLI::App* root, Command* command) {
  CLI::App* call = root->add_subcommand("call", "Call a method of a running server with a JSON request");
  auto options = std::make_shared<CallOptions>();
  call->add_option("method", options->method, "Service.Method; an unambiguous ending of the service's name is enough")
      ->required();
  call->add_option("json", options->json, "Request as JSON; - reads standard input")->capture_default_str();
  AddOption(call, "--address", &options->address, "Server, host:port or unix:/path");
  AddClientSecurityOptions(call, &options->security);
  call->add_option("-H,--header", options->headers, "Request header, name:value; may be repeated")
      ->type_name(kHeaderType);
  call->add_option("--timeout", options->timeout_s, "Longest wait for the answer, seconds")
      ->capture_default_str()
      ->check(CLI::Range(0.001, 86400.0));
  AddConfigOption(call);
  call->footer(
      "Examples:\n"
      "  rowkeeper call ProfileRepository.GetByEmail '{\"email\": \"ada@example.com\"}'\n"
      "  echo '{\"page_size\": 2}' | rowkeeper call planner.v1.TodoRepository/List -\n"
      "  rowkeeper call TodoRepository.List '{}' --address rows.internal:443 --server-roots ca.crt");
  call->callback([command, options] { *command = [options] { return Call(*options); }; });
}

}  // namespace rowkeeper::app
