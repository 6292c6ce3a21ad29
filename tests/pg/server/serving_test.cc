#include <google/protobuf/descriptor.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <future>

#include "server/plan/method_plan.h"
#include "tests/pg/server/query_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/silent_server.h"

namespace rowkeeper::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kClosed = "FAILED_PRECONDITION SCHEMA_MISMATCH";

InProcessServer::Options TimeStandsStill() {
  InProcessServer::Options options;
  options.time = InProcessServer::Options::Time::kStill;
  return options;
}

/// A directory with one migration, which is never applied.
class OneMigration {
 public:
  explicit OneMigration(const std::string& up) {
    std::string name = std::filesystem::temp_directory_path() / "rowkeeper-serving-XXXXXX";
    path_ = mkdtemp(name.data());
    std::ofstream(path_ + "/20260101000000_later.sql") << "-- migrate:up\n" << up << ";\n-- migrate:down\nSELECT 1;\n";
  }
  ~OneMigration() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// Refused by the gate: a call that comes first finds out by its own statement, which cannot tell the entity.
bool IsClosed(const absl::Status& status) {
  return Summary(status) == kClosed && !MetadataOf(status, "entity").empty();
}

/// A method of the entity that Call can call.
bool Unary(const plan::MethodPlan& plan) {
  return plan.query == nullptr && !plan.method->client_streaming() && !plan.method->server_streaming();
}

class ServingTest : public ::testing::Test {
 protected:
  explicit ServingTest(const std::string& example = "planner/v1",
                       const InProcessServer::Options& options = TimeStandsStill())
      : server_(CompileExample(example), options) {}

  void SetUp() override { ASSERT_TRUE(server_.ok()); }

  absl::Status Try(const std::string& method, const Json& request = Json::object()) {
    return server_.Call(method, request).status();
  }
  bool ClosesSoon(const std::string& method) {
    return server_.AdvanceUntil([&] { return IsClosed(Try(method)); });
  }
  bool OpensSoon(const std::string& method) {
    return server_.AdvanceUntil([&] { return Summary(Try(method)) != kClosed; });
  }
  bool Healthy(const std::string& service) { return server_.IsServing(service); }
  void Sql(const std::string& text) { server_.database().Run(text); }

  InProcessServer server_;
};

TEST_F(ServingTest, AMissingColumnClosesWhatNeedsItAndNothingElse) {
  const Unit unit(&server_);
  Sql("COMMENT ON COLUMN todos.title IS NULL; ALTER TABLE todos RENAME COLUMN title TO headline");
  ASSERT_TRUE(ClosesSoon("TodoRepository.List"));
  const absl::Status refused = Try("TodoRepository.List");
  EXPECT_EQ(MetadataOf(refused, "entity"), "planner.v1.Todo");
  EXPECT_THAT(std::string(refused.message()),
              AllOf(HasSubstr("planner.v1.Todo.title: column \"title\" of table \"todos\" does not exist"),
                    Not(HasSubstr("migrate up"))));
  EXPECT_THAT(MetadataOf(refused, "remedy"),
              HasSubstr("write a migration that runs: ALTER TABLE \"todos\" ADD COLUMN"));
  EXPECT_EQ(Summary(Try("ProfileRepository.List")), "OK");
  EXPECT_TRUE(Eventually([this] { return !Healthy("planner.v1.TodoRepository"); }));
  EXPECT_TRUE(Healthy("planner.v1.ProfileRepository"));
  EXPECT_TRUE(Healthy("rowkeeper.v1.UnitOfWork"));
  EXPECT_TRUE(Healthy(""));

  const auto run = RunRequest(&server_)
                       .Add("ProfileRepository.List", Json::object())
                       .Add("TodoRepository.List", Json::object())
                       .Send();
  EXPECT_EQ(Summary(run), kClosed);
  EXPECT_THAT(std::string(run.status().message()), HasSubstr("calls[1] (planner.v1.TodoRepository.List): "));
  EXPECT_EQ(MetadataOf(run.status(), "call"), "1");
  EXPECT_EQ(Summary(RunRequest(&server_).Add("ProfileRepository.List", Json::object()).Send()), "OK");

  EXPECT_EQ(Summary(unit.Call("TodoRepository.List", Json::object())), kClosed);
  EXPECT_EQ(Summary(unit.Call("ProfileRepository.List", Json::object())), "OK") << "the unit goes on";
  EXPECT_EQ(Summary(unit.Commit()), "OK");

  Sql("ALTER TABLE todos RENAME COLUMN headline TO title");
  EXPECT_TRUE(OpensSoon("TodoRepository.List"));
  EXPECT_TRUE(Eventually([this] { return Healthy("planner.v1.TodoRepository"); }));
}

TEST_F(ServingTest, AWiderColumnIsServed) {
  Sql("ALTER TABLE todos ALTER title TYPE varchar(500), ADD COLUMN extra int; ALTER TABLE profiles DROP COLUMN handle");
  ASSERT_TRUE(ClosesSoon("ProfileRepository.List")) << "so the look has seen both";
  EXPECT_EQ(Summary(Try("TodoRepository.List")), "OK");
}

TEST_F(ServingTest, WritesThatBreakLeaveHealthAsItIs) {
  Sql("ALTER TABLE todos ADD COLUMN must int NOT NULL");
  ASSERT_TRUE(ClosesSoon("TodoRepository.Create"));
  EXPECT_EQ(Summary(Try("TodoRepository.List")), "OK");
  EXPECT_TRUE(Healthy("planner.v1.TodoRepository"));
}

TEST_F(ServingTest, EveryTableClosesItsMethodsAndThoseThatFollowItsReferences) {
  for (const auto& entity : server_.loaded().catalogue->entities()) {
    SCOPED_TRACE(entity->table);
    const auto call = [this](const plan::MethodPlan& plan) { return server_.CallBytes(plan.full_name, "").status(); };
    const plan::MethodPlan* own = nullptr;
    for (const auto& plan : server_.loaded().plans) {
      if (plan->entity == entity.get() && Unary(*plan)) own = plan.get();
    }
    if (own == nullptr) continue;
    Sql("COMMENT ON TABLE \"" + entity->table + "\" IS NULL; ALTER TABLE \"" + entity->table + "\" RENAME TO gone");
    ASSERT_TRUE(server_.AdvanceUntil([&] { return IsClosed(call(*own)); }));
    for (const auto& plan : server_.loaded().plans) {
      if (!Unary(*plan)) continue;
      const absl::Status status = call(*plan);
      if (plan->entity == entity.get()) {
        EXPECT_EQ(Summary(status), kClosed) << plan->full_name;
        EXPECT_THAT(std::string(status.message()), HasSubstr("\"" + entity->table + "\" does not exist"));
      } else if (!catalogue::NeedsSoftDelete(plan->change())) {
        EXPECT_NE(ReasonOf(status), "SCHEMA_MISMATCH") << plan->full_name << ": " << status;
      }
    }
    Sql("ALTER TABLE gone RENAME TO " + entity->table);
    for (const auto& plan : server_.loaded().plans) {
      if (!Unary(*plan)) continue;
      EXPECT_TRUE(server_.AdvanceUntil([&] { return ReasonOf(call(*plan)) != "SCHEMA_MISMATCH"; })) << plan->full_name;
    }
  }
}

TEST_F(ServingTest, StreamsAreRefusedLikeOtherMethods) {
  Sql("ALTER TABLE todos DROP COLUMN title");
  ASSERT_TRUE(ClosesSoon("TodoRepository.List"));
  EXPECT_EQ(Summary(EndOf(StartExport(&server_, "TodoRepository.Export", Json::object()).get())), kClosed);
  StreamClient import(&server_, "TodoRepository.Import");
  import.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&import)), kClosed);
}

class TrackerServingTest : public ServingTest {
 protected:
  TrackerServingTest() : ServingTest("tracker/v1") {}
};

TEST_F(TrackerServingTest, ARelationIsRefusedOnlyWhereItIsAskedFor) {
  Sql("COMMENT ON COLUMN \"user\".display_name IS NULL; ALTER TABLE \"user\" RENAME COLUMN display_name TO shown");
  ASSERT_TRUE(ClosesSoon("UserRepository.List"));
  EXPECT_EQ(Summary(Try("ProjectRepository.GetById", {{"id", kNoId}})), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(Summary(Try("ProjectRepository.GetById", {{"id", kNoId}, {"read_mask", "tasks"}})),
            "NOT_FOUND ROW_NOT_FOUND");
  for (const char* mask : {"owner", "members", "tasks.assignee"}) {
    const absl::Status refused = Try("ProjectRepository.GetById", {{"id", kNoId}, {"read_mask", mask}});
    EXPECT_EQ(Summary(refused), kClosed) << mask;
    EXPECT_THAT(std::string(refused.message()), HasSubstr("cannot be read: the database does not fit the catalogue: "
                                                          "tracker.v1.User.display_name"));
  }
}

TEST(ServingQueries, AQueryThatDoesNotFitClosesOnlyItself) {
  const std::string messages = "message Name { string name = 1; }\nmessage NameList { repeated Name names = 1; }\n";
  QueryServer server(Query("Names(None) returns (NameList)", "SELECT name FROM labels") +
                         Query("Makers(None) returns (NameList)", "SELECT name FROM makers"),
                     messages, TimeStandsStill());
  ASSERT_TRUE(server->ok());
  EXPECT_EQ(Summary(server.Call("Names")), kClosed);
  EXPECT_EQ(Summary(server.Call("Makers")), "OK");
  server->database().Run("CREATE TABLE labels (name text NOT NULL)");
  EXPECT_TRUE(server->AdvanceUntil([&] { return server.Call("Names").ok(); }));
}

TEST(ServingRemedies, MigrateUpIsSaidOnlyOfPendingMigrationsOfTheTable) {
  const OneMigration migration("ALTER TABLE profiles ADD COLUMN handle text");
  InProcessServer::Options options = TimeStandsStill();
  options.serve.migrations = migration.path();
  InProcessServer server(CompileExample("planner/v1"), options);
  ASSERT_TRUE(server.ok());
  server.database().Run("ALTER TABLE profiles DROP COLUMN handle; ALTER TABLE todos DROP COLUMN title");
  const auto refused = [&server](const std::string& method) {
    absl::Status status;
    server.AdvanceUntil([&] {
      status = server.Call(method, Json::object()).status();
      return IsClosed(status);
    });
    return MetadataOf(status, "remedy");
  };
  EXPECT_EQ(refused("ProfileRepository.List"),
            "run `rowkeeper migrate up --migrations " + migration.path() + "` on this database");
  EXPECT_THAT(refused("TodoRepository.List"),
              AllOf(::testing::StartsWith("write a migration that runs: "), Not(HasSubstr("migrate up"))));
}

/// Its database accepts connections and never answers.
class StartingTest : public ::testing::Test {
 protected:
  ~StartingTest() override { database_.Release(); }

  void SetUp() override {
    InProcessServer::Options options = TimeStandsStill();
    options.schema = InProcessServer::Options::Schema::kLeaveEmpty;
    options.route = [this](const std::string&) { return database_.url(); };
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
    ASSERT_TRUE(server_->ok());
    call_ = std::async(std::launch::async,
                       [this] { return server_->Call("TodoRepository.List", Json::object()).status(); });
  }
  bool IsAnswered() const { return call_.wait_for(std::chrono::milliseconds(0)) == std::future_status::ready; }

  SilentServer database_;
  std::unique_ptr<InProcessServer> server_;
  std::future<absl::Status> call_;
};

/// And the server itself does not wait: it would not hear signals.
TEST_F(StartingTest, CallersWaitForTheFirstProbeOfTheDatabase) {
  EXPECT_FALSE(Within(std::chrono::milliseconds(300), [this] { return IsAnswered(); }))
      << "the server has probed nothing yet";
  EXPECT_TRUE(server_->AdvanceUntil([this] { return IsAnswered(); }, std::chrono::seconds(10)));
  EXPECT_EQ(Summary(call_.get()), "UNAVAILABLE DATABASE_UNAVAILABLE");
}

TEST_F(StartingTest, AServerIsStoppedBeforeItsFirstProbe) {
  auto stopped = std::async(std::launch::async, [this] { server_->Stop(); });
  EXPECT_EQ(call_.get().code(), absl::StatusCode::kUnavailable);
  database_.Release();
  stopped.get();
}

}  // namespace
}  // namespace rowkeeper::testing
