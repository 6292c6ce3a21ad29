#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "server/base/database_errors.h"
#include "tests/support/eventually.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

TEST(UndeliveredTest, AnAnswerThatArrivesIsNotUndelivered) {
  std::atomic<int> undelivered{0};
  const auto service = OneMethod([&](UnaryRpc call) {
    call.OnUndelivered([&] { ++undelivered; });
    call.Finish("answer");
  });
  {
    TestServer server({service.get()});
    for (int i = 0; i < 50; ++i) EXPECT_EQ(CallRaw(server.channel(), kCall, "").response, "answer");
  }
  EXPECT_EQ(undelivered, 0);
}

TEST(UndeliveredTest, AnAnswerToACallThatWasCancelledBeforeIsUndelivered) {
  std::atomic<int> undelivered{0};
  std::promise<void> arrived;
  std::thread late;
  const auto service = OneMethod([&](UnaryRpc call) {
    auto shared = std::make_shared<UnaryRpc>(std::move(call));
    late = std::thread([&undelivered, shared] {
      shared->OnUndelivered([&undelivered] { ++undelivered; });
      EXPECT_TRUE(testing::Eventually([&] { return shared->cancelled(); }));
      shared->Finish("too late");
    });
    arrived.set_value();
  });
  TestServer server({service.get()});
  grpc::ClientContext context;
  auto reply = std::async(std::launch::async, [&] { return CallRaw(server.channel(), kCall, {""}, &context); });
  arrived.get_future().wait();
  context.TryCancel();
  EXPECT_EQ(reply.get().status.error_code(), grpc::StatusCode::CANCELLED);
  late.join();
  EXPECT_TRUE(testing::Eventually([&] { return undelivered == 1; }));
}

TEST(UndeliveredTest, AnErrorIsAnAnswerAsWell) {
  std::atomic<int> undelivered{0};
  const auto service = OneMethod([&](UnaryRpc call) {
    call.OnUndelivered([&] { ++undelivered; });
    call.Finish(Deadlock());
  });
  {
    TestServer server({service.get()});
    EXPECT_EQ(CallRaw(server.channel(), kCall, "").status.error_code(), grpc::StatusCode::ABORTED);
  }
  EXPECT_EQ(undelivered, 0);
}

}  // namespace
}  // namespace rowkeeper::wire
