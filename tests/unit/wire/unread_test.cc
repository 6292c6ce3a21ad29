#include <gtest/gtest.h>

#include <thread>

#include "tests/hostile/http2_client.h"
#include "tests/support/eventually.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using rowkeeper::testing::Eventually;
using rowkeeper::testing::FrameType;
using rowkeeper::testing::Http2Client;

constexpr size_t kResponse = 100000;

/// A server of large responses, and a client that takes `window` bytes of each.
class UnreadTest : public ::testing::Test {
 protected:
  std::unique_ptr<Http2Client> ClientThatTakes(uint32_t window) {
    Http2Client::Options options;
    options.window = window;
    auto client = Http2Client::Connect(server_.server().BoundAddresses().front(), options);
    client->AddPreface();
    return client;
  }
  void Ask(Http2Client* client, int times) {
    for (int i = 0; i < times; ++i) {
      const uint32_t stream = client->NextStream();
      client->AddRequest(stream, kCall, rowkeeper::testing::kNoFlags);
      client->AddMessage(stream, "", rowkeeper::testing::kEndStream);
    }
    ASSERT_TRUE(client->Send());
  }

  std::atomic<int> answered_{0};
  const std::unique_ptr<DynamicService> service_ = OneMethod([this](UnaryRpc call) {
    call.Finish(std::string(kResponse, 'r'));
    ++answered_;
  });
  TestServer server_{{service_.get()}};
};

TEST_F(UnreadTest, AResponseThatNobodyTakesIsDroppedWhenItsTimeIsOver) {
  const auto client = ClientThatTakes(0);
  Ask(client.get(), 10);
  ASSERT_TRUE(Eventually([&] { return answered_ == 10; }));
  service_->EndUnread(std::chrono::hours(1));
  EXPECT_EQ(service_->calls(), 10u) << "there is time";
  EXPECT_TRUE(Eventually([&] {
    service_->EndUnread(Clock::duration::zero());
    return service_->calls() == 0;
  }));
  EXPECT_EQ(service_->unread(), 10u);
  int resets = 0;
  while (resets < 10) {
    const auto frame = client->Read();
    ASSERT_TRUE(frame.has_value());
    resets += frame->type == FrameType::kReset ? 1 : 0;
  }
  EXPECT_EQ(CallRaw(server_.channel(), kCall, "").response.size(), kResponse) << "others are served";
}

TEST_F(UnreadTest, AResponseThatIsTakenInPartIsDroppedToo) {
  const auto client = ClientThatTakes(1000);
  Ask(client.get(), 3);
  ASSERT_TRUE(Eventually([&] { return answered_ == 3; }));
  size_t taken = 0;
  while (taken < 3000) {
    const auto frame = client->Read();
    ASSERT_TRUE(frame.has_value());
    if (frame->type == FrameType::kData) taken += frame->payload.size();
  }
  EXPECT_TRUE(Eventually([&] {
    service_->EndUnread(Clock::duration::zero());
    return service_->calls() == 0;
  }));
  EXPECT_EQ(service_->unread(), 3u);
}

TEST_F(UnreadTest, OneThatIsTakenIsNot) {
  const auto client = ClientThatTakes(1000000);
  Ask(client.get(), 1);
  size_t bytes = 0;
  while (bytes <= kResponse) {
    const auto frame = client->Read();
    ASSERT_TRUE(frame.has_value());
    if (frame->type == FrameType::kData) bytes += frame->payload.size();
    if (bytes > 50000) {
      client->AddFrame(FrameType::kWindowUpdate, rowkeeper::testing::kNoFlags, 0, {"\0\1\0\0", 4});
      client->Send();
    }
  }
  EXPECT_TRUE(Eventually([&] { return service_->calls() == 0; }));
  service_->EndUnread(Clock::duration::zero());
  EXPECT_EQ(service_->unread(), 0u);
}

}  // namespace
}  // namespace rowkeeper::wire
