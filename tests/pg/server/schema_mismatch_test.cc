#include <string>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/server_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

InProcessServer::Options StillTime() {
  InProcessServer::Options options;
  options.time = InProcessServer::Options::Time::kStill;
  return options;
}

/// The answer to a list once it has the wanted reason, or the last one after ten minutes of the server's time.
absl::Status Until(InProcessServer* server, const std::string& reason) {
  absl::Status status;
  server->AdvanceUntil([&] {
    status = server->Call("ProfileRepository.List", Json::object()).status();
    EXPECT_TRUE(status.code() == absl::StatusCode::kUnavailable || ReasonOf(status) == reason || reason == "OK")
        << status;
    return ReasonOf(status) == reason;
  });
  return status;
}

TEST(SchemaMismatch, IsToldInAFewWordsWithTheRemedyAndEndsWhenTheTablesAreThere) {
  InProcessServer::Options options = StillTime();
  options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
  options.serve.migrations = "migrations/planner";
  InProcessServer server(CompileExample("planner/v1"), options);
  const absl::Status refused = Until(&server, "SCHEMA_MISMATCH");
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION SCHEMA_MISMATCH");
  const std::string message(refused.message());
  EXPECT_THAT(message, HasSubstr("the database does not fit the catalogue: "));
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

/// In a statement about to-dos a bare "deleted_at", which profiles have no more, would be that of the to-do, which is
/// deleted.
TEST(SchemaMismatch, AColumnThatATableHasLostIsNotThatOfAnotherTable) {
  InProcessServer server(CompileExample("planner/v1"), StillTime());
  const Json owner =
      server.MustCall("ProfileRepository.Create",
                      {{"profile", {{"email", "a@example.org"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
  const Json todo =
      server.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner["id"]}, {"title", "plants"}}}});
  server.MustCall("TodoRepository.SoftDelete", {{"id", todo["id"]}});
  server.database().Run(
      "COMMENT ON COLUMN profiles.deleted_at IS NULL; ALTER TABLE profiles RENAME deleted_at TO gone_at");
  const auto refused = server.Call("TodoRepository.Restore", {{"id", todo["id"]}});
  EXPECT_EQ(Summary(refused), "FAILED_PRECONDITION SCHEMA_MISMATCH") << refused.status();
  server.database().Run("ALTER TABLE profiles RENAME gone_at TO deleted_at");
  server.MustCall("TodoRepository.Restore", {{"id", todo["id"]}});
}

}  // namespace
}  // namespace rowkeeper::testing
