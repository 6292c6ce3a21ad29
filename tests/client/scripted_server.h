#pragma once

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <grpcpp/server_posix.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/synchronization/notification.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"

namespace rowkeeper::client {

/// A server that misbehaves as a test says, on a free port of 127.0.0.1. What is not scripted succeeds and does
/// nothing.
class ScriptedServer final : public v1::UnitOfWork::Service {
 public:
  using Script = std::function<grpc::Status()>;

  ScriptedServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~ScriptedServer() override {
    Release();
    server_->Shutdown(std::chrono::system_clock::now());
  }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Serves the other end of a connection that the test has accepted.
  void Serve(int socket) { grpc::AddInsecureChannelFromFd(server_.get(), socket); }

  /// Does not answer before Release.
  Script Held() {
    return [this] {
      released_.WaitForNotification();
      return grpc::Status::OK;
    };
  }
  /// Once, for what is held now or later.
  void Release() {
    if (!released_.HasBeenNotified()) released_.Notify();
  }

  Script begin, commit, rollback, get, rollback_to;
  std::atomic<int> begins{0}, commits{0}, rollbacks{0}, rollbacks_to{0}, releases{0};

 private:
  static grpc::Status Play(const Script& script) {
    const Script playing = script;  // the test may give the method another one meanwhile
    return playing ? playing() : grpc::Status::OK;
  }

  grpc::Status Begin(grpc::ServerContext*, const v1::BeginRequest*, v1::BeginResponse* response) override {
    ++begins;
    response->set_handle("handle");
    response->mutable_unit_of_work()->set_id("unit");
    return Play(begin);
  }
  grpc::Status Commit(grpc::ServerContext*, const v1::CommitRequest*, v1::CommitResponse*) override {
    ++commits;
    return Play(commit);
  }
  grpc::Status Rollback(grpc::ServerContext*, const v1::RollbackRequest*, v1::RollbackResponse*) override {
    ++rollbacks;
    return Play(rollback);
  }
  grpc::Status Get(grpc::ServerContext*, const v1::GetRequest*, v1::GetResponse*) override { return Play(get); }

  grpc::Status Savepoint(grpc::ServerContext*, const v1::SavepointRequest* request,
                         v1::SavepointResponse* response) override {
    response->set_name(request->name());
    return grpc::Status::OK;
  }
  grpc::Status RollbackTo(grpc::ServerContext*, const v1::RollbackToRequest*, v1::RollbackToResponse*) override {
    ++rollbacks_to;
    return Play(rollback_to);
  }
  grpc::Status Release(grpc::ServerContext*, const v1::ReleaseRequest*, v1::ReleaseResponse*) override {
    ++releases;
    return grpc::Status::OK;
  }

  absl::Notification released_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace rowkeeper::client
