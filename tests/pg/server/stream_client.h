#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/impl/rpc_method.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/sync_stream.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/in_process_server.h"

namespace rowkeeper::testing {

/// A streaming call, with blocking reads and writes. One thread; Cancel from any.
class StreamClient {
 public:
  StreamClient(InProcessServer* server, std::string_view method, const CallOptions& options = {});
  /// Of any catalogue, which outlives the client.
  StreamClient(InProcessServer* server, const google::protobuf::MethodDescriptor& method,
               const CallOptions& options = {});
  ~StreamClient();

  /// False when the stream is over.
  bool Send(const Json& request);
  bool SendBytes(const std::string& bytes);
  void SendNoMore();
  /// nullopt at the end.
  std::optional<Json> Receive();
  std::optional<std::string> ReceiveBytes();
  /// What is left, and how it ended.
  std::vector<Json> ReceiveAll();
  absl::Status Finish();
  void Cancel() { context_.TryCancel(); }

 private:
  using Stream = grpc::ClientReaderWriter<grpc::ByteBuffer, grpc::ByteBuffer>;

  InProcessServer* const server_;
  const google::protobuf::MethodDescriptor* const method_;
  std::string path_;
  std::shared_ptr<grpc::Channel> channel_;
  grpc::ClientContext context_;
  std::unique_ptr<Stream> stream_;
  bool finished_ = false;
};

/// How `stream` ended, after all that is left of it.
absl::Status EndOf(StreamClient* stream);

/// An export from one request.
std::unique_ptr<StreamClient> StartExport(InProcessServer* server, std::string_view method, const Json& request,
                                          const CallOptions& options = {});

}  // namespace rowkeeper::testing
