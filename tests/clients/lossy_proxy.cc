// A network between a client and a server that loses calls of one method:
//
//   lossy_proxy SERVER refuse|lose METHOD [COUNT]
//
// `refuse` keeps the call from the server, `lose` lets the server execute it and keeps the answer from the client;
// either way the client gets UNAVAILABLE, as when a connection is cut. The first COUNT calls, or all of them. METHOD is
// the last part of a name, "UnitOfWork/Commit". Prints the address where it listens. For unary calls.

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <iostream>
#include <string>

namespace {

enum class Fate { kPass, kRefuse, kLose };

class ProxiedCall final : public grpc::ServerGenericBidiReactor {
 public:
  ProxiedCall(const grpc::GenericCallbackServerContext& from, grpc::GenericStub& server, Fate fate)
      : method_(from.method()), server_(server), fate_(fate) {
    for (const auto& [name, value] : from.client_metadata()) {
      if (name.starts_with("rowkeeper-")) {
        context_.AddMetadata({name.data(), name.size()}, {value.data(), value.size()});
      }
    }
    context_.set_deadline(from.deadline());
    StartRead(&request_);
  }

 private:
  void OnReadDone(bool ok) override {
    if (!ok || fate_ == Fate::kRefuse) return Finish(Lost());
    server_.UnaryCall(&context_, method_, {}, &request_, &answer_, [this](const grpc::Status& status) {
      if (fate_ == Fate::kLose) return Finish(Lost());
      if (!status.ok()) return Finish(status);
      StartWriteAndFinish(&answer_, {}, status);
    });
  }
  void OnDone() override { delete this; }

  static grpc::Status Lost() { return {grpc::StatusCode::UNAVAILABLE, "the connection was cut"}; }

  const std::string method_;
  grpc::GenericStub& server_;
  const Fate fate_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_, answer_;
};

class Proxy final : public grpc::CallbackGenericService {
 public:
  Proxy(const std::string& server, Fate fate, std::string method, int count)
      : server_(grpc::CreateChannel(server, grpc::InsecureChannelCredentials())),
        fate_(fate),
        method_(std::move(method)),
        left_(count) {}

 private:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    const std::string& method = context->method();
    const bool meant =
        method.size() >= method_.size() && method.compare(method.size() - method_.size(), method_.size(), method_) == 0;
    return new ProxiedCall(*context, server_, meant && left_-- > 0 ? fate_ : Fate::kPass);
  }

  grpc::GenericStub server_;
  const Fate fate_;
  const std::string method_;
  std::atomic<int> left_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::string fate = argc > 2 ? argv[2] : "";
  if (argc < 4 || argc > 5 || (fate != "refuse" && fate != "lose")) {
    std::cerr << "usage: lossy_proxy SERVER refuse|lose METHOD [COUNT]\n";
    return 2;
  }
  Proxy proxy(argv[1], fate == "lose" ? Fate::kLose : Fate::kRefuse, argv[3], argc > 4 ? std::stoi(argv[4]) : 1000000);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&proxy);
  const auto server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::cout << "127.0.0.1:" << port << std::endl;
  server->Wait();
}
