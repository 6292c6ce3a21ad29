#include "server/wire/health.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/eventually.h"
#include "tests/unit/wire/raw_client.h"

namespace rowkeeper::wire {
namespace {

using grpc::health::v1::Health;
using grpc::health::v1::HealthCheckRequest;
using grpc::health::v1::HealthCheckResponse;
using Status = HealthService::Status;

class HealthTest : public ::testing::Test {
 protected:
  grpc::StatusCode Check(const std::string& name, HealthCheckResponse* response) {
    grpc::ClientContext context;
    HealthCheckRequest request;
    request.set_service(name);
    return stub_->Check(&context, request, response).error_code();
  }
  HealthCheckResponse::ServingStatus Serving(const std::string& name) {
    HealthCheckResponse response;
    EXPECT_EQ(Check(name, &response), grpc::StatusCode::OK);
    return response.status();
  }

  HealthService service_;
  TestServer server_{{&service_}};
  std::unique_ptr<Health::Stub> stub_ = Health::NewStub(server_.channel());
};

/// One Watch stream, read with blocking calls.
class Watch {
 public:
  Watch(Health::Stub* stub, const std::string& name) {
    HealthCheckRequest request;
    request.set_service(name);
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    reader_ = stub->Watch(&context_, request);
  }
  HealthCheckResponse::ServingStatus Next() {
    HealthCheckResponse response;
    EXPECT_TRUE(reader_->Read(&response));
    return response.status();
  }
  grpc::Status End() {
    HealthCheckResponse response;
    EXPECT_FALSE(reader_->Read(&response)) << response.ShortDebugString();
    return reader_->Finish();
  }
  void Cancel() { context_.TryCancel(); }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<HealthCheckResponse>> reader_;
};

/// So many for one limit, none for the others.
std::array<uint64_t, kHealthLimits> Refused(HealthLimit limit, uint64_t count) {
  std::array<uint64_t, kHealthLimits> refused{};
  refused[static_cast<size_t>(limit)] = count;
  return refused;
}

TEST_F(HealthTest, TheServerIsNotServingUntilItIsSaidTo) {
  EXPECT_EQ(Serving(""), HealthCheckResponse::NOT_SERVING);
  service_.SetStatus("", Status::kServing);
  EXPECT_EQ(Serving(""), HealthCheckResponse::SERVING);
}

TEST_F(HealthTest, AnUnknownServiceIsNotFound) {
  HealthCheckResponse response;
  EXPECT_EQ(Check("no.Such", &response), grpc::StatusCode::NOT_FOUND);
}

TEST_F(HealthTest, ServicesHaveTheirOwnStatusAndFollowSetAll) {
  service_.SetStatus("a.A", Status::kServing);
  service_.SetStatus("b.B", Status::kNotServing);
  EXPECT_EQ(Serving("a.A"), HealthCheckResponse::SERVING);
  EXPECT_EQ(Serving("b.B"), HealthCheckResponse::NOT_SERVING);
  service_.SetAll(Status::kServing);
  EXPECT_EQ(Serving(""), HealthCheckResponse::SERVING);
  EXPECT_EQ(Serving("b.B"), HealthCheckResponse::SERVING);
}

TEST_F(HealthTest, WatchSendsTheStatusAndThenItsChanges) {
  Watch watch(stub_.get(), "");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  service_.SetAll(Status::kServing);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
  service_.SetAll(Status::kServing);
  service_.SetAll(Status::kNotServing);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
}

TEST_F(HealthTest, WatchingAnUnknownServiceWaitsForItToAppear) {
  Watch watch(stub_.get(), "later.L");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVICE_UNKNOWN);
  service_.SetStatus("later.L", Status::kServing);
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
}

TEST_F(HealthTest, StopTellsWatchersAndDismissesThem) {
  service_.SetAll(Status::kServing);
  Watch watch(stub_.get(), "");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::SERVING);
  service_.Stop();
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(watch.End().error_code(), grpc::StatusCode::UNAVAILABLE);
  service_.SetAll(Status::kServing);
  EXPECT_EQ(Serving(""), HealthCheckResponse::NOT_SERVING) << "a stopped server stays stopped";
  Watch late(stub_.get(), "");
  EXPECT_EQ(late.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(late.End().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(HealthTest, StopLetsTheServerShutDownWithoutWaiting) {
  Watch watch(stub_.get(), "");
  EXPECT_EQ(watch.Next(), HealthCheckResponse::NOT_SERVING);
  service_.Stop();
  const auto begin = std::chrono::steady_clock::now();
  server_.server().Shutdown(std::chrono::seconds(30));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
}

TEST_F(HealthTest, ANameThatNoServiceCanHaveIsRefused) {
  HealthCheckResponse response;
  EXPECT_EQ(Check(std::string(256, 'n'), &response), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Check(std::string(257, 'n'), &response), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Watch(stub_.get(), std::string(3 << 20, 'n')).End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(service_.stats().refused, Refused(HealthLimit::kName, 2));
}

TEST(HealthLimitsTest, WatchStreamsAreBoundedAndPlacesComeBack) {
  HealthLimits limits;
  limits.watchers = 10;
  limits.watchers_per_caller = 3;
  HealthService service(limits);
  TestServer server({&service});
  const auto stub = Health::NewStub(server.channel());
  for (int round = 0; round < 3; ++round) {
    std::vector<std::unique_ptr<Watch>> watches;
    for (int i = 0; i < 3; ++i) {
      watches.push_back(std::make_unique<Watch>(stub.get(), "some.Service"));
      EXPECT_EQ(watches.back()->Next(), HealthCheckResponse::SERVICE_UNKNOWN);
    }
    EXPECT_EQ(Watch(stub.get(), "").End().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
    if (round == 0) {
      EXPECT_EQ(service.stats().refused, Refused(HealthLimit::kWatchersPerCaller, 1));
    }
    for (const auto& watch : watches) {
      watch->Cancel();
      EXPECT_EQ(watch->End().error_code(), grpc::StatusCode::CANCELLED);
    }
    // The server learns of it a moment later.
    EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return service.stats().watchers == 0; }));
  }
}

TEST(HealthLimitsTest, CallersShareThePlacesOfAll) {
  HealthLimits limits;
  limits.watchers = 2;
  HealthService service(limits);
  TestServer server({&service});
  const auto stub = Health::NewStub(server.channel());
  Watch first(stub.get(), "");
  Watch second(stub.get(), "");
  EXPECT_EQ(first.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(second.Next(), HealthCheckResponse::NOT_SERVING);
  EXPECT_EQ(Watch(stub.get(), "").End().error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(service.stats().refused, Refused(HealthLimit::kWatchers, 1));
  EXPECT_EQ(service.stats().watchers, 2u);
  first.Cancel();
  second.Cancel();
}

TEST_F(HealthTest, WatchersComingAndGoingRaceChangesSafely) {
  std::atomic<bool> stop{false};
  std::thread changer([&] {
    for (int i = 0; !stop; ++i) service_.SetAll(i % 2 == 0 ? Status::kServing : Status::kNotServing);
  });
  for (int i = 0; i < 300; ++i) {
    Watch watch(stub_.get(), "");
    HealthCheckResponse::ServingStatus last = watch.Next();
    for (int changes = 0; changes < 3; ++changes) {
      const auto next = watch.Next();
      EXPECT_NE(next, last);
      last = next;
    }
    watch.Cancel();
  }
  stop = true;
  changer.join();
}

}  // namespace
}  // namespace rowkeeper::wire
