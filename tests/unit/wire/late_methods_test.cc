#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <optional>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/wire/dynamic_service.h"
#include "server/wire/status.h"
#include "tests/support/eventually.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using testing::Eventually;
using ::testing::HasSubstr;

UnaryHandler Answering(const std::string& text) {
  return [text](UnaryRpc call) { call.Finish(Cat(text, " ", std::string(call.request()))); };
}

SharedMethods Table(std::vector<DynamicMethod> methods, std::vector<DynamicStream> streams = {}) {
  return std::make_shared<const MethodTable>(std::move(methods), std::move(streams), MethodTable::Common());
}

/// A service that began with /t.T/Old.
class LateMethodsTest : public ::testing::Test {
 protected:
  LateMethodsTest() : service_(Table({{"/t.T/Old", Answering("first")}}), Options()) {
    ServerOptions options;
    options.late_methods = &service_;
    server_ = std::make_unique<TestServer>(std::vector<grpc::Service*>{&service_}, std::move(options));
  }

  static DynamicServiceOptions Options() {
    DynamicServiceOptions options;
    options.max_response_bytes = 1000;
    return options;
  }

  RawReply Call(const std::string& path, const std::string& request = "please") {
    return CallRaw(server_->channel(), path, request);
  }
  grpc::StatusCode CodeOf(const std::string& path) { return Call(path).status.error_code(); }

  DynamicService service_;
  std::unique_ptr<TestServer> server_;
};

TEST_F(LateMethodsTest, AMethodThatComesLaterIsServed) {
  EXPECT_EQ(CodeOf("/t.T/New"), grpc::StatusCode::UNIMPLEMENTED);
  service_.Replace(Table({{"/t.T/New", Answering("second")}, {"/t.T/Old", Answering("changed")}}));
  EXPECT_EQ(Call("/t.T/New").response, "second please");
  EXPECT_EQ(Call("/t.T/Old").response, "changed please");
  EXPECT_EQ(CodeOf("/t.T/Other"), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(LateMethodsTest, AMethodThatGoesIsUnknown) {
  service_.Replace(Table({{"/t.T/New", Answering("second")}}));
  EXPECT_EQ(CodeOf("/t.T/Old"), grpc::StatusCode::UNIMPLEMENTED);
  service_.Replace(Table({{"/t.T/Old", Answering("third")}}));
  EXPECT_EQ(Call("/t.T/Old").response, "third please");
  EXPECT_EQ(CodeOf("/t.T/New"), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(LateMethodsTest, LateCallsHaveTheLimitsAndErrorsOfOthers) {
  const auto echo = [](UnaryRpc call) { call.Finish(std::string(call.request())); };
  const auto refuse = [](UnaryRpc call) {
    call.AddTrailer("why", "so");
    call.Finish(InvalidField("name", "is missing"));
  };
  const auto drop = [](const UnaryRpc& /*call*/) {};
  const auto raise = [](const UnaryRpc& /*call*/) { throw std::runtime_error("a mistake"); };
  service_.Replace(Table({{"/t.T/Echo", echo}, {"/t.T/No", refuse}, {"/t.T/Drop", drop}, {"/t.T/Raise", raise}}));
  EXPECT_EQ(Call("/t.T/Echo", std::string(1000, 'x')).response.size(), 1000U);
  EXPECT_EQ(Call("/t.T/Echo", std::string(1001, 'x')).status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(Call("/t.T/Echo", "").status.error_code(), grpc::StatusCode::OK);
  EXPECT_EQ(CodeOf("/t.T/No"), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf("/t.T/Drop"), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(CodeOf("/t.T/Raise"), grpc::StatusCode::INTERNAL);
  EXPECT_TRUE(Eventually([this] { return service_.calls() == 0; }));
}

TEST_F(LateMethodsTest, ACancelledLateCallIsTold) {
  absl::Notification began, cancelled;
  const auto wait = [&](UnaryRpc call) {
    auto held = std::make_shared<UnaryRpc>(std::move(call));
    held->OnCancel([held, &cancelled](CancelCause cause) {
      if (cause == CancelCause::kCaller) cancelled.Notify();
      held->Finish(absl::CancelledError(""));
    });
    began.Notify();
  };
  service_.Replace(Table({{"/t.T/Wait", wait}}));
  grpc::ClientContext context;
  std::thread canceller([&] {
    began.WaitForNotification();
    context.TryCancel();
  });
  EXPECT_EQ(CallRaw(server_->channel(), "/t.T/Wait", {"x"}, &context).status.error_code(), grpc::StatusCode::CANCELLED);
  canceller.join();
  cancelled.WaitForNotification();
  EXPECT_TRUE(Eventually([this] { return service_.calls() == 0; }));
}

TEST_F(LateMethodsTest, ALateCallWithoutARequestIsRefused) {
  service_.Replace(Table({{"/t.T/New", Answering("second")}}));
  const grpc::Status status = CallWithoutMessage(server_->channel(), "/t.T/New");
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_TRUE(Eventually([this] { return service_.calls() == 0; }));
}

/// A call whose request does not come.
class SilentCall {
 public:
  SilentCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& path)
      : stub_(channel), stream_(stub_.PrepareCall(&context_, path, &queue_)) {
    stream_->StartCall(nullptr);
    Wait();
  }
  /// How it ends.
  grpc::Status End() {
    grpc::Status status;
    stream_->Finish(&status, nullptr);
    Wait();
    return status;
  }

 private:
  void Wait() {
    void* tag = nullptr;
    bool ok = false;
    EXPECT_TRUE(queue_.Next(&tag, &ok));
  }

  grpc::GenericStub stub_;
  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> stream_;
};

TEST_F(LateMethodsTest, ALateCallThatWaitsForItsRequestHoldsNoTableAndEndsWithTheServer) {
  SharedMethods table = Table({{"/t.T/New", Answering("second")}});
  const std::weak_ptr<const MethodTable> weak = table;
  service_.Replace(std::move(table));
  SilentCall silent(server_->channel(), "/t.T/New");
  EXPECT_TRUE(Eventually([this] { return service_.calls() == 1; }));
  service_.Replace(Table({{"/t.T/Old", Answering("next")}}));
  EXPECT_TRUE(Eventually([&weak] { return weak.expired(); }));
  service_.AbortCalls();
  EXPECT_EQ(silent.End().error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_TRUE(Eventually([this] { return service_.calls() == 0; }));
}

TEST_F(LateMethodsTest, AnOperatorEndsALateCallThatWaitsForItsRequest) {
  service_.Replace(Table({{"/t.T/New", Answering("second")}}));
  SilentCall silent(server_->channel(), "/t.T/New");
  ASSERT_TRUE(Eventually([this] { return service_.calls() == 1; }));
  const RunningCalls running = service_.LongestCalls(10);
  ASSERT_EQ(running.calls.size(), 1U);
  EXPECT_EQ(running.calls.front().method, "t.T.New");
  EXPECT_TRUE(service_.EndCall(running.calls.front().number).has_value());
  EXPECT_EQ(ErrorReason(FromGrpcStatus(silent.End())), "ENDED_BY_OPERATOR");
  EXPECT_TRUE(Eventually([this] { return service_.calls() == 0; }));
}

TEST(LateMethodsOfStrangersTest, AreRefusedAtOnceLikeUnknownOnes) {
  const Callers callers{Callers::Options()};
  DynamicServiceOptions of_service;
  of_service.callers = &callers;
  DynamicService service(Table({{"/t.T/Old", Answering("first")}}), of_service);
  ServerOptions options;
  options.callers = &callers;
  options.late_methods = &service;
  const TestServer server({&service}, std::move(options));
  service.Replace(Table({{"/t.T/New", Answering("second")}}));
  for (const char* path : {"/t.T/New", "/t.T/Other"}) {
    EXPECT_EQ(SilentCall(server.channel(), path).End().error_code(), grpc::StatusCode::UNAUTHENTICATED) << path;
  }
  EXPECT_EQ(CallRaw(server.channel(), "/t.T/Old", "").status.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(LateMethodsTest, ACallKeepsTheTableThatItBeganWith) {
  absl::Notification began;
  absl::Mutex mutex;
  std::optional<UnaryRpc> held;
  const auto hold = [&](UnaryRpc call) {
    const absl::MutexLock lock(&mutex);
    held.emplace(std::move(call));
    began.Notify();
  };
  SharedMethods table = Table({{"/t.T/Old", hold}});
  const std::weak_ptr<const MethodTable> weak = table;
  service_.Replace(std::move(table));
  auto reply = std::async(std::launch::async, [this] { return Call("/t.T/Old"); });
  began.WaitForNotification();
  service_.Replace(Table({{"/t.T/Old", Answering("next")}}));
  EXPECT_EQ(Call("/t.T/Old").response, "next please");
  EXPECT_FALSE(weak.expired());
  {
    const absl::MutexLock lock(&mutex);
    EXPECT_TRUE(held->Finish(std::string("held")));
    held.reset();
  }
  EXPECT_EQ(reply.get().response, "held");
  EXPECT_TRUE(Eventually([&weak] { return weak.expired(); }));
}

TEST_F(LateMethodsTest, AMethodThatBeganAsUnaryCannotStream) {
  const StreamHandler end = [](StreamRpc call) { call.Finish(absl::OkStatus()); };
  EXPECT_TRUE(service_.CheckReplacement(*Table({}, {{"/t.T/New", end}})).ok());
  EXPECT_THAT(std::string(service_.CheckReplacement(*Table({}, {{"/t.T/Old", end}})).message()),
              HasSubstr("/t.T/Old: took one request"));
}

}  // namespace
}  // namespace rowkeeper::wire
