#include "tests/bench/load/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <thread>

#include "server/wire/dynamic_service.h"
#include "server/wire/server.h"

namespace rowkeeper::bench {
namespace {

using std::chrono::milliseconds;

constexpr char kAnswer[] = "/test.Service/Answer";
constexpr char kStall[] = "/test.Service/Stall";
constexpr char kRefuse[] = "/test.Service/Refuse";

/// Answers at once; Stall's first call keeps everybody waiting for `stall`.
class LoopTest : public ::testing::Test {
 protected:
  LoopTest()
      : service_({{kAnswer, [](wire::UnaryRpc call) { call.Finish(std::string("yes")); }},
                  {kStall,
                   [this](wire::UnaryRpc call) {
                     if (!stalled_.exchange(true)) std::this_thread::sleep_for(stall_);
                     call.Finish(std::string());
                   }},
                  {kRefuse, [](wire::UnaryRpc call) { call.Finish(absl::NotFoundError("no")); }}},
                 {}) {
    wire::ServerOptions options;
    options.addresses = {"127.0.0.1:0"};
    server_ = *wire::GrpcServer::Start(options, {&service_});
    channels_ = Connect(server_->BoundAddresses()[0], 2);
  }

  static Load LoadOf(const std::string& path) {
    Load load;
    load.operations = {{{path, [](const Seat&) { return std::string("?"); }}}};
    return load;
  }

  const milliseconds stall_{300};
  std::atomic<bool> stalled_{false};
  wire::DynamicService service_;
  std::unique_ptr<wire::GrpcServer> server_;
  Channels channels_;
};

TEST_F(LoopTest, ClosedLoopKeepsSoManyGoingAndCountsWhatEndsInItsTime) {
  LoopOptions options;
  options.in_flight = 3;
  options.duration = milliseconds(100);
  int begun = 0;
  int ended = 0;
  options.at_begin = [&] { ++begun; };
  options.at_end = [&] { ++ended; };
  LoopResult result;
  RunLoop(channels_, LoadOf(kAnswer), options, &result);
  EXPECT_GE(result.latencies.count(), 1u);
  EXPECT_EQ(result.errors, 0u) << result.error;
  EXPECT_GE(result.seconds, 0.1);
  EXPECT_EQ(result.request_bytes, 1u);
  EXPECT_EQ(result.response_bytes, 3u);
  EXPECT_EQ(begun + ended, 2);
}

TEST_F(LoopTest, OpenLoopCountsFromWhenAnOperationShouldHaveBegun) {
  LoopOptions options;
  options.rate = 100;
  options.duration = milliseconds(500);
  LoopResult result;
  RunLoop(channels_, LoadOf(kStall), options, &result);
  // All 50 are made up for, and the 30 that had to wait for the first one say so, though each was answered at once.
  EXPECT_EQ(result.latencies.count(), 50u);
  EXPECT_GE(result.latencies.max(), stall_);
  EXPECT_GE(result.latencies.Percentile(0.7), milliseconds(100));
}

TEST_F(LoopTest, AnUnexpectedCodeIsAnErrorAndNoOperation) {
  LoopOptions options;
  options.rate = 100;
  options.duration = milliseconds(100);
  LoopResult result;
  RunLoop(channels_, LoadOf(kRefuse), options, &result);
  EXPECT_EQ(result.errors, 10u);
  EXPECT_EQ(result.latencies.count(), 0u);
  EXPECT_NE(result.error.find("/test.Service/Refuse: 5 "), std::string::npos) << result.error;
}

TEST_F(LoopTest, AnExpectedRefusalIsAnOperation) {
  Load load = LoadOf(kRefuse);
  load.operations[0][0].expected = grpc::StatusCode::NOT_FOUND;
  LoopOptions options;
  options.rate = 100;
  options.duration = milliseconds(100);
  LoopResult result;
  RunLoop(channels_, load, options, &result);
  EXPECT_EQ(result.errors, 0u) << result.error;
  EXPECT_EQ(result.latencies.count(), 10u);
}

TEST_F(LoopTest, StepsOfAnOperationFollowEachOtherAndShareAHandle) {
  std::atomic<int> with_handle{0};
  Load load;
  load.operations = {{{kAnswer, [](const Seat&) { return std::string("first"); },
                       [](const std::string& response, Seat* seat) { seat->handle = response; }},
                      {kAnswer, [&](const Seat& seat) {
                         if (seat.handle == "yes") ++with_handle;
                         return std::string("second");
                       }}}};
  LoopOptions options;
  options.rate = 100;
  options.duration = milliseconds(100);
  LoopResult result;
  RunLoop(channels_, load, options, &result);
  EXPECT_EQ(result.latencies.count(), 10u);
  EXPECT_EQ(with_handle, 10);
}

}  // namespace
}  // namespace rowkeeper::bench
