#include <chrono>
#include <thread>

#include <grpcpp/channel.h>

#include "grpc/health/v1/health.grpc.pb.h"

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

/// The answer to a list once it has the wanted reason, or the last one after 10 s.
absl::Status Until(InProcessServer* server, const std::string& reason) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (true) {
    const absl::Status status = server->Call("ProfileRepository.List", Json::object()).status();
    if (ReasonOf(status) == reason || std::chrono::steady_clock::now() > until) return status;
    EXPECT_EQ(status.code() == absl::StatusCode::kUnavailable || reason == "OK", true) << status;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

TEST(SchemaMismatch, IsToldInAFewWordsWithTheRemedyAndEndsWhenTheTablesAreThere) {
  InProcessServer::Options options;
  options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
  options.serve.migrations = "migrations/planner";
  InProcessServer server(CompileExample("planner/v1"), options);
  const absl::Status refused = Until(&server, "SCHEMA_MISMATCH");
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  const std::string message(refused.message());
  EXPECT_THAT(message, HasSubstr("the database does not fit the catalogue: "));
  EXPECT_THAT(message, HasSubstr("; and 4 more (rowkeeper check lists them); "));
  EXPECT_THAT(message, EndsWith("run `rowkeeper migrate up --migrations migrations/planner` on this database"));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
  EXPECT_THAT(MetadataOf(refused, "remedy"), HasSubstr("migrate up"));
  EXPECT_THAT(PreconditionsOf(refused), ::testing::ElementsAre("SCHEMA database"));
  CreateSchema(*server.loaded().catalogue, &server.database());
  EXPECT_EQ(Until(&server, "OK"), absl::OkStatus());
}

TEST(SchemaMismatch, ATableThatIsGoneWhileServingIsAFailedPrecondition) {
  InProcessServer server(CompileExample("planner/v1"));
  server.database().Run("DROP TABLE todos CASCADE");
  const auto refused = server.Call("TodoRepository.List", Json::object());
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  EXPECT_THAT(std::string(refused.status().message()), HasSubstr("a table is missing"));
}

bool HealthBecomes(InProcessServer* server, grpc::health::v1::HealthCheckResponse::ServingStatus wanted) {
  const auto stub = grpc::health::v1::Health::NewStub(server->channel());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(15);
  while (std::chrono::steady_clock::now() < until) {
    grpc::ClientContext context;
    grpc::health::v1::HealthCheckResponse response;
    if (stub->Check(&context, {}, &response).ok() && response.status() == wanted) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  return false;
}

TEST(SchemaMismatch, HealthFollowsASchemaThatChangesWhileServing) {
  InProcessServer server(CompileExample("planner/v1"));
  server.database().Run("ALTER TABLE todos RENAME COLUMN title TO headline");
  EXPECT_TRUE(HealthBecomes(&server, grpc::health::v1::HealthCheckResponse::NOT_SERVING));
  // Also where the call itself would do without the missing column.
  EXPECT_EQ(Summary(server.Call("ProfileRepository.List", Json::object())), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  server.database().Run("ALTER TABLE todos RENAME COLUMN headline TO title");
  EXPECT_TRUE(HealthBecomes(&server, grpc::health::v1::HealthCheckResponse::SERVING));
  EXPECT_EQ(Summary(server.Call("ProfileRepository.List", Json::object())), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
