#include "tests/pg/server/stream_client.h"

#include <google/protobuf/descriptor.h>

#include "server/base/text.h"
#include "server/wire/status.h"

namespace rowkeeper::testing {

StreamClient::StreamClient(InProcessServer* server, std::string_view method, const CallOptions& options)
    : StreamClient(server, *server->FindMethod(method), options) {}

StreamClient::StreamClient(InProcessServer* server, const google::protobuf::MethodDescriptor& method,
                           const CallOptions& options)
    : server_(server),
      method_(&method),
      path_(Cat("/", method_->service()->full_name(), "/", method_->name())),
      channel_(options.channel == nullptr ? server->channel() : options.channel) {
  context_.set_deadline(std::chrono::system_clock::now() + options.timeout);
  for (const auto& [name, value] : options.headers) context_.AddMetadata(name, value);
  const grpc::internal::RpcMethod rpc(path_.c_str(), grpc::internal::RpcMethod::BIDI_STREAMING, channel_);
  stream_.reset(grpc::internal::ClientReaderWriterFactory<grpc::ByteBuffer, grpc::ByteBuffer>::Create(channel_.get(),
                                                                                                      rpc, &context_));
}

StreamClient::~StreamClient() {
  if (finished_) return;
  Cancel();
  Finish().IgnoreError();
}

bool StreamClient::Send(const Json& request) { return SendBytes(server_->ToBytes(*method_->input_type(), request)); }

bool StreamClient::SendBytes(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return stream_->Write(grpc::ByteBuffer(&slice, 1));
}

void StreamClient::SendNoMore() { stream_->WritesDone(); }

std::optional<std::string> StreamClient::ReceiveBytes() {
  grpc::ByteBuffer buffer;
  if (!stream_->Read(&buffer)) return std::nullopt;
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return std::nullopt;
  return std::string(reinterpret_cast<const char*>(slice.begin()), slice.size());
}

std::optional<Json> StreamClient::Receive() {
  const auto bytes = ReceiveBytes();
  if (!bytes.has_value()) return std::nullopt;
  return server_->ToJson(*method_->output_type(), *bytes);
}

std::vector<Json> StreamClient::ReceiveAll() {
  std::vector<Json> answers;
  while (auto answer = Receive()) answers.push_back(*std::move(answer));
  return answers;
}

absl::Status StreamClient::Finish() {
  finished_ = true;
  const grpc::Status status = stream_->Finish();
  return status.ok() ? absl::OkStatus() : wire::FromGrpcStatus(status);
}

absl::Status EndOf(StreamClient* stream) {
  stream->ReceiveAll();
  return stream->Finish();
}

std::unique_ptr<StreamClient> StartExport(InProcessServer* server, std::string_view method, const Json& request,
                                          const CallOptions& options) {
  auto stream = std::make_unique<StreamClient>(server, method, options);
  stream->Send(request);
  stream->SendNoMore();
  return stream;
}

}  // namespace rowkeeper::testing
