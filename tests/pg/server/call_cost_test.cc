// What a GetById costs beyond an empty call of the same gRPC server, in allocations: of all threads, those of libpq
// included. Figures of time depend on the machine; these do not.
#include <gmock/gmock.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "server/wire/dynamic_service.h"
#include "server/wire/server.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/support/memory_figures.h"

namespace rowkeeper::testing {
namespace {
std::atomic<uint64_t> allocations{0};
}  // namespace
}  // namespace rowkeeper::testing

#ifndef ROWKEEPER_SANITIZED
// glibc lets a program bring its own (The GNU C Library, "Replacing malloc"); operator new and libpq use them, too.
extern "C" {
void* __libc_malloc(size_t size);                // NOLINT(bugprone-reserved-identifier)
void* __libc_calloc(size_t count, size_t size);  // NOLINT(bugprone-reserved-identifier)
void* __libc_realloc(void* old, size_t size);    // NOLINT(bugprone-reserved-identifier)

void* malloc(size_t size) {
  rowkeeper::testing::allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  rowkeeper::testing::allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_calloc(count, size);
}
void* realloc(void* old, size_t size) {
  rowkeeper::testing::allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_realloc(old, size);
}
}
#endif

namespace rowkeeper::testing {
namespace {

constexpr int kCalls = 500;

/// Answers each call with the same bytes.
class EmptyServer {
 public:
  explicit EmptyServer(std::string response)
      : service_({{"/rowkeeper.test.Empty/Call",
                   [response = std::move(response)](wire::UnaryRpc call) { call.Finish(std::string(response)); }}},
                 {}) {
    wire::ServerOptions options;
    options.addresses = {"127.0.0.1:0"};
    server_ = wire::GrpcServer::Start(options, {&service_});
  }
  std::string address() const { return (*server_)->BoundAddresses()[0]; }

 private:
  wire::DynamicService service_;
  absl::StatusOr<std::unique_ptr<wire::GrpcServer>> server_ = nullptr;
};

/// One call after the other.
class Caller {
 public:
  Caller(const std::string& address, std::string path)
      : stub_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())), path_(std::move(path)) {}

  /// Allocations of the whole process during the call.
  uint64_t Call(const grpc::ByteBuffer& request) {
    const uint64_t before = allocations.load();
    grpc::ClientContext context;
    grpc::CompletionQueue queue;
    grpc::ByteBuffer response;
    grpc::Status status;
    const auto call = stub_.PrepareUnaryCall(&context, path_, request, &queue);
    call->StartCall();
    call->Finish(&response, &status, this);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return allocations.load() - before;
  }

  /// Of the calls that nothing else allocated beside: timers and polls do, and on a busy machine in most calls.
  uint64_t Least(const std::string& request) {
    const grpc::Slice slice(request);
    const grpc::ByteBuffer buffer(&slice, 1);
    for (int i = 0; i < kCalls / 5; ++i) Call(buffer);
    std::vector<uint64_t> counts;
    for (int i = 0; i < kCalls; ++i) counts.push_back(Call(buffer));
    std::nth_element(counts.begin(), counts.begin() + kCalls / 10, counts.end());
    return counts[kCalls / 10];
  }

 private:
  grpc::GenericStub stub_;
  const std::string path_;
};

class CallCostTest : public PlannerTest {
 protected:
  void SetUp() override {
    PlannerTest::SetUp();
    if (!kMemoryFiguresTell) GTEST_SKIP() << "sanitizers bring their own malloc";
  }
};

TEST_F(CallCostTest, GetByIdAllocatesLittleMoreThanAnEmptyCall) {
  const std::string id = NewProfile();
  const auto* method = server().FindMethod("ProfileRepository.GetById");
  ASSERT_NE(method, nullptr);
  const std::string request = server().ToBytes(*method->input_type(), {{"id", id}});
  const absl::StatusOr<std::string> response = server().CallBytes("ProfileRepository.GetById", request);
  ASSERT_TRUE(response.ok()) << response.status();

  EmptyServer empty(*response);
  const uint64_t of_empty = Caller(empty.address(), "/rowkeeper.test.Empty/Call").Least(request);
  const uint64_t of_get = Caller(server().addresses()[0], "/planner.v1.ProfileRepository/GetById").Least(request);
  RecordProperty("allocations_of_empty_call", static_cast<int>(of_empty));
  RecordProperty("allocations_of_get_by_id", static_cast<int>(of_get));
  EXPECT_LE(of_get, of_empty + 24) << of_get << " against " << of_empty;
}

TEST_F(CallCostTest, ACallThatIsNotSampledAllocatesNothingMore) {
  const std::string id = NewProfile();
  InProcessServer::Options options;
  options.serve.traces.endpoint = "unix:/nowhere/otlp.sock";  // nothing is ever sent
  options.serve.traces.sample_ratio = 1e-12;
  InProcessServer traced(CompileExample("planner/v1"), options);
  ASSERT_TRUE(traced.ok());
  const Json profile = traced.MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}});
  const auto* method = server().FindMethod("ProfileRepository.GetById");
  ASSERT_NE(method, nullptr);
  const std::string of_plain = server().ToBytes(*method->input_type(), {{"id", id}});
  const std::string of_traced = server().ToBytes(*method->input_type(), {{"id", profile["id"]}});
  constexpr char kPath[] = "/planner.v1.ProfileRepository/GetById";
  uint64_t without = 0, with = 1;
  for (int tries = 0; tries < 5 && with > without; ++tries) {  // what is always there is there each time
    without = Caller(server().addresses()[0], kPath).Least(of_plain);
    with = Caller(traced.addresses()[0], kPath).Least(of_traced);
  }
  EXPECT_LE(with, without);
}

}  // namespace
}  // namespace rowkeeper::testing
