#include "server/wire/dynamic_service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "server/base/database_errors.h"
#include "server/base/error_details.h"
#include "server/base/errors.h"
#include "server/base/row_errors.h"
#include "server/wire/status.h"
#include "tests/support/eventually.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

void EchoCall(UnaryRpc call) { call.Finish(std::string(call.request())); }

TEST(DynamicServiceTest, EveryMethodReachesItsHandler) {
  std::vector<DynamicMethod> methods;
  for (int i = 0; i < 100; ++i) {
    methods.push_back(
        {"/t.T/M" + std::to_string(i), [i](UnaryRpc call) { call.Finish(call.path() + " " + std::to_string(i)); }});
  }
  DynamicService service(std::move(methods), {});
  TestServer server({&service});
  for (int i = 0; i < 100; i += 7) {
    const std::string path = "/t.T/M" + std::to_string(i);
    EXPECT_EQ(CallRaw(server.channel(), path, "").response, path + " " + std::to_string(i));
  }
}

TEST(DynamicServiceTest, RequestsOfAnySizeAndSlicingArriveWhole) {
  const auto service = OneMethod(EchoCall);
  TestServer server({service.get()});
  for (const size_t size : {0, 1, 15, 23, 24, 255, 256, 257, 20000, 1000000, 4000000}) {
    std::string request(size, 'x');
    for (size_t i = 0; i < size; ++i) request[i] = static_cast<char>(i * 31);
    EXPECT_EQ(CallRaw(server.channel(), kCall, request).response, request) << size;
    std::vector<std::string> slices;
    for (size_t from = 0; from < size; from += size / 7 + 1) slices.push_back(request.substr(from, size / 7 + 1));
    grpc::ClientContext context;
    EXPECT_EQ(CallRaw(server.channel(), kCall, slices, &context).response, request) << size;
  }
}

TEST(DynamicServiceTest, ACallWithoutAMessageIsNoEmptyRequest) {
  std::atomic<int> handled{0};
  const auto service = OneMethod([&handled](UnaryRpc call) {
    ++handled;
    call.Finish("");
  });
  TestServer server({service.get()});
  const grpc::Status status = CallWithoutMessage(server.channel(), kCall);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(handled, 0);
  EXPECT_TRUE(CallRaw(server.channel(), kCall, "").status.ok()) << "an empty message is one";
  EXPECT_EQ(handled, 1);
}

TEST(DynamicServiceTest, HeadersCallerAndDeadlineAreReadable) {
  std::string seen;
  Clock::time_point deadline;
  const auto service = OneMethod([&](UnaryRpc call) {
    seen = std::string(call.Header("x-request-id").value_or("none")) + " " +
           (call.Header("x-missing") ? "there" : "missing") + " " + call.caller();
    deadline = call.deadline();
    call.Finish("");
  });
  TestServer server({service.get()});
  grpc::ClientContext context;
  context.AddMetadata("x-request-id", "r1");
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(100));
  ASSERT_TRUE(CallRaw(server.channel(), kCall, {}, &context).status.ok());
  EXPECT_EQ(seen, "r1 missing ipv4:127.0.0.1");
  EXPECT_NEAR(std::chrono::duration<double>(deadline - Clock::now()).count(), 100, 5);
  ASSERT_TRUE(CallRaw(server.channel(), kCall, "").status.ok());
  EXPECT_EQ(deadline, Clock::time_point::max());
}

TEST(DynamicServiceTest, ErrorsCarryTheirDetails) {
  const absl::Status error = AlreadyExists("planner.v1.Todo", "uq_todos_title", {"title"});
  const auto service = OneMethod([&](UnaryRpc call) { call.Finish(error); });
  TestServer server({service.get()});
  EXPECT_EQ(FromGrpcStatus(CallRaw(server.channel(), kCall, "").status), error);
}

TEST(DynamicServiceTest, TheLargestErrorFitsIntoTheTrailers) {
  FieldViolations violations;
  for (int i = 0; i < 1000; ++i)
    violations.Add("f\xC3\xA4" + std::to_string(i), std::string(300, '\xC3') + "\xE2\x82\xAC");
  const auto service = OneMethod([&](UnaryRpc call) { call.Finish(violations.ToStatus()); });
  TestServer server({service.get()});
  const RawReply reply = CallRaw(server.channel(), kCall, "");
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT) << reply.status.error_message();
  EXPECT_EQ(ErrorReason(FromGrpcStatus(reply.status)), "INVALID_FIELD");
}

TEST(DynamicServiceTest, TheFirstAnswerWins) {
  std::atomic<int> wins{0};
  const auto service = OneMethod([&](UnaryRpc call) {
    auto shared = std::make_shared<UnaryRpc>(std::move(call));
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back(
          [&wins, shared, i] { wins += i % 2 == 0 ? shared->Finish("even") : shared->Finish(Deadlock()); });
    }
    for (std::thread& thread : threads) thread.join();
  });
  TestServer server({service.get()});
  for (int i = 1; i <= 200; ++i) {
    const RawReply reply = CallRaw(server.channel(), kCall, "");
    EXPECT_TRUE(reply.response == "even" || reply.status.error_code() == grpc::StatusCode::ABORTED);
    // A thread counts after its caller may have the answer.
    EXPECT_TRUE(testing::Eventually([&] { return wins >= i; }));
  }
  server.server().Shutdown(std::chrono::seconds(20));
  EXPECT_EQ(wins, 200);
}

TEST(DynamicServiceTest, ADroppedCallIsAnswered) {
  const auto service = OneMethod([](UnaryRpc) {});
  TestServer server({service.get()});
  const RawReply reply = CallRaw(server.channel(), kCall, "");
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_THAT(reply.status.error_message(), HasSubstr("dropped without an answer"));
}

TEST(DynamicServiceTest, AThrowingHandlerIsAnInternalErrorAndNoMore) {
  const auto service = OneMethod([](UnaryRpc call) {
    if (call.request() == "throw") throw std::runtime_error("oops");
    call.Finish("fine");
  });
  TestServer server({service.get()});
  EXPECT_EQ(CallRaw(server.channel(), kCall, "throw").status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(CallRaw(server.channel(), kCall, "").response, "fine");
}

TEST(DynamicServiceTest, FinishingWithOkAloneIsRefused) {
  const auto service = OneMethod([](UnaryRpc call) { call.Finish(absl::OkStatus()); });
  TestServer server({service.get()});
  EXPECT_EQ(CallRaw(server.channel(), kCall, "").status.error_code(), grpc::StatusCode::INTERNAL);
}

TEST(DynamicServiceTest, TooLargeAResponseSaysWhatToDo) {
  DynamicServiceOptions options;
  options.max_response_bytes = 1000;
  const auto service =
      OneMethod([](UnaryRpc call) { call.Finish(std::string(std::stoul(std::string(call.request())), 'x')); }, options);
  TestServer server({service.get()});
  EXPECT_EQ(CallRaw(server.channel(), kCall, "1000").response.size(), 1000u);
  const RawReply reply = CallRaw(server.channel(), kCall, "1001");
  EXPECT_EQ(reply.status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_THAT(reply.status.error_message(), HasSubstr("ask for fewer rows or fields"));
}

/// Keeps calls until they are cancelled, and says why they were.
class Holder {
 public:
  UnaryHandler Handler() {
    return [this](UnaryRpc call) {
      auto held = std::make_shared<UnaryRpc>(std::move(call));
      held->OnCancel([this, held](CancelCause cause) {
        held->Finish(Cancelled());
        causes_.push_back(cause);
        cancelled_.set_value();
      });
      entered_.set_value();
    };
  }
  void WaitEntered() { entered_.get_future().wait(); }
  std::vector<CancelCause> WaitCancelled() {
    EXPECT_EQ(cancelled_.get_future().wait_for(std::chrono::seconds(20)), std::future_status::ready);
    return causes_;
  }

 private:
  std::promise<void> entered_;
  std::promise<void> cancelled_;
  std::vector<CancelCause> causes_;
};

TEST(DynamicServiceTest, TheCallersCancellationIsReported) {
  Holder holder;
  const auto service = OneMethod(holder.Handler());
  TestServer server({service.get()});
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  auto reply = std::async(std::launch::async, [&] { return CallRaw(server.channel(), kCall, {}, &context); });
  holder.WaitEntered();
  context.TryCancel();
  EXPECT_EQ(holder.WaitCancelled(), std::vector<CancelCause>{CancelCause::kCaller});
  EXPECT_EQ(reply.get().status.error_code(), grpc::StatusCode::CANCELLED);
}

TEST(DynamicServiceTest, ThePassedDeadlineIsReported) {
  Holder holder;
  const auto service = OneMethod(holder.Handler());
  TestServer server({service.get()});
  server.channel()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(2000));
  EXPECT_EQ(CallRaw(server.channel(), kCall, {}, &context).status.error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(holder.WaitCancelled(), std::vector<CancelCause>{CancelCause::kDeadline});
}

TEST(DynamicServiceTest, AnAbortReachesTheCallsThatRunAndTheAnswerReachesTheCaller) {
  std::promise<void> entered;
  std::promise<CancelCause> cause;
  const auto service = OneMethod([&](UnaryRpc call) {
    if (call.request() != "held") {
      call.OnCancel([](CancelCause) { ADD_FAILURE() << "an answered call was aborted"; });
      call.Finish("");
      return;
    }
    auto held = std::make_shared<UnaryRpc>(std::move(call));
    held->OnCancel([&cause, held](CancelCause why) {
      cause.set_value(why);
      held->Finish(held->aborted() ? ShuttingDown() : Cancelled());
    });
    entered.set_value();
  });
  TestServer server({service.get()});
  EXPECT_TRUE(CallRaw(server.channel(), kCall, "answered").status.ok());
  auto reply = std::async(std::launch::async, [&] { return CallRaw(server.channel(), kCall, "held"); });
  entered.get_future().wait();
  service->AbortCalls();
  EXPECT_EQ(cause.get_future().get(), CancelCause::kShutdown);
  EXPECT_EQ(reply.get().status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(DynamicServiceTest, ACallThatComesAfterTheAbortIsAbortedToo) {
  const auto service = OneMethod([](UnaryRpc call) {
    auto held = std::make_shared<UnaryRpc>(std::move(call));
    held->OnCancel(
        [held](CancelCause why) { held->Finish(why == CancelCause::kShutdown ? ShuttingDown() : Cancelled()); });
  });
  TestServer server({service.get()});
  service->AbortCalls();
  EXPECT_EQ(CallRaw(server.channel(), kCall, "").status.error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST(DynamicServiceTest, ACallbackRegisteredAfterCancellationRunsAtOnce) {
  std::promise<bool> ran_at_once;
  std::thread worker;
  const auto service = OneMethod([&](UnaryRpc call) {
    worker = std::thread(
        [&](UnaryRpc mine) {
          EXPECT_TRUE(testing::Eventually([&mine] { return mine.cancelled(); }));
          bool ran = false;
          mine.OnCancel([&ran](CancelCause) { ran = true; });
          ran_at_once.set_value(ran);
        },
        std::move(call));
  });
  TestServer server({service.get()});
  server.channel()->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + milliseconds(2000));
  CallRaw(server.channel(), kCall, {}, &context);
  EXPECT_TRUE(ran_at_once.get_future().get());
  worker.join();
}

TEST(DynamicServiceTest, ACallbackRegisteredAfterTheAnswerIsDropped) {
  bool ran = false;
  auto token = std::make_shared<int>(0);
  const std::weak_ptr<int> watch = token;
  const auto service = OneMethod([&](UnaryRpc call) {
    call.Finish("");
    call.OnCancel([&ran, moved = std::move(token)](CancelCause) { ran = true; });
  });
  TestServer server({service.get()});
  EXPECT_TRUE(CallRaw(server.channel(), kCall, "").status.ok());
  EXPECT_TRUE(testing::Eventually([&] { return watch.expired(); }));
  EXPECT_FALSE(ran);
}

TEST(DynamicServiceTest, FinishReleasesTheCancelCallback) {
  std::promise<bool> released;
  const auto service = OneMethod([&](UnaryRpc call) {
    auto token = std::make_shared<int>(0);
    const std::weak_ptr<int> watch = token;
    call.OnCancel([moved = std::move(token)](CancelCause) {});
    call.Finish("");
    released.set_value(watch.expired());
  });
  TestServer server({service.get()});
  EXPECT_TRUE(CallRaw(server.channel(), kCall, "").status.ok());
  EXPECT_TRUE(released.get_future().get());
}

TEST(DynamicServiceTest, TheLongestCallsAreListedAndTheRestCounted) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::vector<std::thread> answers;
  std::mutex mutex;
  const auto service = OneMethod([&](UnaryRpc call) {
    call.progress()->NoteStage(observe::CallProgress::Stage::kWaiting);
    const std::lock_guard lock(mutex);
    answers.emplace_back([released, call = std::move(call)]() mutable {
      released.wait();
      call.Finish("");
    });
  });
  TestServer server({service.get()});
  std::vector<std::thread> callers;
  for (size_t i = 1; i <= 3; ++i) {
    callers.emplace_back([&server, i] {
      grpc::ClientContext context;
      context.AddMetadata("x-request-id", std::to_string(i));
      EXPECT_TRUE(CallRaw(server.channel(), kCall, {}, &context).status.ok());
    });
    ASSERT_TRUE(rowkeeper::testing::Eventually([&] { return service->calls() == i; }));
  }
  const RunningCalls running = service->LongestCalls(2);
  EXPECT_EQ(running.left_out, 1u);
  ASSERT_EQ(running.calls.size(), 2u);
  EXPECT_EQ(running.calls[0].request_id, "1");
  EXPECT_EQ(running.calls[1].request_id, "2");
  EXPECT_EQ(running.calls[0].method, "t.T.Call");
  EXPECT_EQ(running.calls[0].caller, "ipv4:127.0.0.1");
  EXPECT_GE(running.calls[0].elapsed, running.calls[1].elapsed);
  EXPECT_NE(running.calls[0].number, running.calls[1].number);
  release.set_value();
  for (std::thread& caller : callers) caller.join();
  for (std::thread& answer : answers) answer.join();
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return service->LongestCalls(2).calls.empty(); }));
}

}  // namespace
}  // namespace rowkeeper::wire
