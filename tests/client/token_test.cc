#include <gtest/gtest.h>

#include <mutex>
#include <vector>

#include "rowkeeper/client/call.h"
#include "rowkeeper/client/channel.h"
#include "rowkeeper/v1/unit_of_work.grpc.pb.h"
#include "server/wire/server.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::client {
namespace {

using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;
using Units = v1::UnitOfWork::Stub;

/// Keeps what came in the header authorization, with commas between.
class AuthorizedUnits final : public v1::UnitOfWork::Service {
 public:
  std::vector<std::string> Seen() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return seen_;
  }

 private:
  grpc::Status Get(grpc::ServerContext* context, const v1::GetRequest*, v1::GetResponse*) override {
    std::string all;
    const auto [first, last] = context->client_metadata().equal_range("authorization");
    for (auto header = first; header != last; ++header) {
      all += (all.empty() ? "" : ",") + std::string(header->second.data(), header->second.size());
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    seen_.push_back(all);
    return grpc::Status::OK;
  }

  std::mutex mutex_;
  std::vector<std::string> seen_;
};

TEST(ClientTokenTest, TheFileIsReadForEachCall) {
  AuthorizedUnits service;
  wire::ServerOptions server_options;
  server_options.addresses = {"127.0.0.1:0"};
  auto server = wire::GrpcServer::Start(server_options, {&service});
  ASSERT_TRUE(server.ok()) << server.status();
  const TemporaryDirectory directory;
  ChannelOptions options;
  options.token_file = directory.path() + "/token";
  Units units(MakeChannel((*server)->BoundAddresses().front(), options));
  const auto call = [&units] { EXPECT_TRUE(Call(&Units::Get, units, {}).ok()); };
  call();
  ReplaceTestFile(options.token_file, "first.token\n");
  call();
  ReplaceTestFile(options.token_file, "second.token");
  call();
  ReplaceTestFile(options.token_file, "two\nlines");
  call();
  EXPECT_EQ(service.Seen(), (std::vector<std::string>{"", "Bearer first.token", "Bearer second.token", ""}));
}

}  // namespace
}  // namespace rowkeeper::client
