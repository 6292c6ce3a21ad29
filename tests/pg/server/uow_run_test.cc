#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>

#include "server/base/ids.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/random_catalogue.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

/// The tracker, which has what a run is for: rows that refer to each other.
class RunTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new InProcessServer(CompileExample("tracker/v1")); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static InProcessServer& server() { return *server_; }
  static RunRequest Run() { return RunRequest(server_); }
  static std::string Count(const std::string& table) {
    return server_->database().Value("SELECT count(*) FROM " + table);
  }
  static Json NewUser() {
    const std::string name = RandomHex(6);
    return server_->MustCall(
        "UserRepository.Create",
        {{"user", {{"email", name + "@example.org"}, {"display_name", name}, {"role", "USER_ROLE_MEMBER"}}}});
  }
  static Json Project(const Json& owner) {
    return {{"project", {{"owner_id", owner["id"]}, {"name", "Apollo"}, {"slug", RandomHex(6)}}}};
  }
  static Json NewAccount(const Json& owner, const std::string& balance) {
    return server_->MustCall("AccountRepository.Create",
                             {{"account", {{"owner_id", owner["id"]}, {"currency", "EUR"}, {"balance", balance}}}});
  }

 private:
  static inline InProcessServer* server_ = nullptr;
};

TEST_F(RunTest, MakesAProjectWithItsBoardAndColumnsInOneRoundTrip) {
  const Json owner = NewUser();
  RunRequest run = Run();
  run.message().set_label("create project with defaults");
  run.Add("ProjectRepository.Create", Project(owner));
  run.Add("TaskBoardRepository.Create", {{"task_board", {{"name", "Board"}, {"is_default", true}}}},
          {{"task_board.project_id", 0, "id"}});
  for (const char* name : {"To do", "Doing", "Done"}) {
    run.Add("BoardColumnRepository.Create", {{"board_column", {{"name", name}}}}, {{"board_column.board_id", 1, "id"}});
  }
  run.Add("BoardColumnRepository.ListByBoard", Json::object(), {{"board_id", 1, "id"}});
  const RunRequest::Answers answers = run.Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  ASSERT_EQ(answers->size(), 6u);
  EXPECT_EQ((*answers)[1]["project_id"], (*answers)[0]["id"]);
  EXPECT_EQ((*answers)[5]["board_columns"].size(), 3u);
  const Json board = server().MustCall("TaskBoardRepository.GetById", {{"id", (*answers)[1]["id"]}});
  EXPECT_EQ(board, (*answers)[1]);
}

TEST_F(RunTest, AnyTypeOfColumnCanBeTakenOver) {
  const Json owner = NewUser();
  const Json rich = NewAccount(owner, "12345.60");
  const Json poor = NewAccount(owner, "0.40");
  RunRequest run = Run();
  run.Add("AccountRepository.GetById", {{"id", rich["id"]}});
  run.Add("AccountRepository.Update", {{"account", {{"id", poor["id"]}}}, {"update_mask", "balance"}},
          {{"account.balance", 0, "balance"}});
  run.Add("AccountRepository.ListByOwner", Json::object(), {{"owner_id", 0, "owner_id"}});
  run.Add("AccountRepository.GetById", Json::object(), {{"id", 1, "id"}});
  run.Add("UserRepository.Update", {{"user", {{"display_name", "renamed"}}}, {"update_mask", "display_name"}},
          {{"user.id", 0, "owner_id"}});
  const RunRequest::Answers answers = run.Send();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ((*answers)[1]["balance"], "12345.60");
  EXPECT_EQ((*answers)[2]["accounts"].size(), 2u);
  EXPECT_EQ((*answers)[3], (*answers)[1]);
  EXPECT_EQ((*answers)[4]["display_name"], "renamed") << "the key of an update is value and filter";
}

TEST_F(RunTest, AFailedCallUndoesTheOthersAndIsNamed) {
  const Json owner = NewUser();
  const Json taken = server().MustCall("ProjectRepository.Create", Project(owner));
  const std::string before = Count("project");
  RunRequest run = Run();
  run.Add("ProjectRepository.Create", Project(owner));
  run.Add("ProjectRepository.Create",
          {{"project", {{"owner_id", owner["id"]}, {"name", "x"}, {"slug", taken["slug"]}}}});
  run.Add("ProjectRepository.Create", Project(owner));
  const RunRequest::Answers answers = run.Send();
  EXPECT_EQ(Summary(answers), "ALREADY_EXISTS UNIQUE_VIOLATION");
  EXPECT_EQ(MetadataOf(answers.status(), "call"), "1");
  EXPECT_THAT(std::string(answers.status().message()),
              ::testing::StartsWith("calls[1] (tracker.v1.ProjectRepository.Create): "));
  EXPECT_EQ(Count("project"), before);
}

TEST_F(RunTest, ACallThatFindsNothingUndoesTheOthersToo) {
  const Json owner = NewUser();
  const std::string before = Count("project");
  RunRequest run = Run();
  run.Add("ProjectRepository.Create", Project(owner));
  run.Add("UserRepository.GetByEmail", {{"email", "nobody@example.org"}});
  const RunRequest::Answers answers = run.Send();
  EXPECT_EQ(Summary(answers), "NOT_FOUND ROW_NOT_FOUND");
  EXPECT_EQ(MetadataOf(answers.status(), "call"), "1");
  EXPECT_EQ(Count("project"), before);
}

TEST_F(RunTest, AValueThatIsNotThereIsNamedAndNothingIsDone) {
  const Json owner = NewUser();
  const Json project = server().MustCall("ProjectRepository.Create", Project(owner));
  const std::string before = Count("project");
  ASSERT_FALSE(project.contains("budget"));
  RunRequest run = Run();
  run.Add("ProjectRepository.Create", Project(owner));
  run.Add("ProjectRepository.GetById", {{"id", project["id"]}});
  run.Add("ProjectRepository.Update", {{"project", {{"id", project["id"]}}}, {"update_mask", "budget"}},
          {{"project.budget", 1, "budget"}});
  const RunRequest::Answers answers = run.Send();
  EXPECT_EQ(Summary(answers), "FAILED_PRECONDITION VALUE_MISSING");
  EXPECT_EQ(MetadataOf(answers.status(), "value"), "calls[2].values[0]");
  EXPECT_EQ(MetadataOf(answers.status(), "call"), "2");
  EXPECT_THAT(std::string(answers.status().message()), HasSubstr("calls[1] returned no value of budget"));
  EXPECT_EQ(Count("project"), before);
}

TEST_F(RunTest, ARepeatableReadSeesOneSnapshot) {
  RunRequest run = Run();
  run.message().mutable_transaction()->set_isolation(v1::ISOLATION_REPEATABLE_READ);
  run.message().mutable_transaction()->set_read_only(true);
  for (int i = 0; i < 20; ++i) run.Add("ProjectRepository.List", {{"page_size", 1000}, {"read_mask", "id"}});
  const Json owner = NewUser();
  std::atomic<bool> over{false};
  std::thread writer([&] {
    while (!over) server().MustCall("ProjectRepository.Create", Project(owner));
  });
  for (int round = 0; round < 5; ++round) {
    const RunRequest::Answers answers = run.Send();
    ASSERT_TRUE(answers.ok()) << answers.status();
    for (const Json& answer : *answers) EXPECT_EQ(answer, answers->front());
  }
  over = true;
  writer.join();
}

TEST_F(RunTest, IsRunAgainAfterASerializationFailure) {
  const Json owner = NewUser();
  const Json account = NewAccount(owner, "1.00");
  RunRequest run = Run();
  run.message().mutable_transaction()->set_isolation(v1::ISOLATION_SERIALIZABLE);
  run.Add("AccountRepository.GetById", {{"id", account["id"]}});
  run.Add("AccountRepository.Update",
          {{"account", {{"id", account["id"]}, {"balance", "7.00"}}}, {"update_mask", "balance"}});
  Blocker blocker(&server(),
                  Cat("UPDATE account SET balance = 5, version = version + 1 WHERE id = ", account.value("id", "")));
  auto running = std::async(std::launch::async, [&] { return run.Send(); });
  EXPECT_TRUE(Eventually(&server(),
                         "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                         "wait_event_type = 'Lock') = 1"));
  blocker.End("COMMIT");
  const RunRequest::Answers answers = running.get();
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ((*answers)[0]["balance"], "5.00") << "what the second attempt read";
  EXPECT_EQ((*answers)[1]["version"], "3");
}

TEST_F(RunTest, ADeadlineEndsItAndNothingIsDone) {
  const Json owner = NewUser();
  const Json account = NewAccount(owner, "1.00");
  const std::string before = Count("project");
  Blocker blocker(&server(), Cat("SELECT * FROM account WHERE id = ", account.value("id", ""), " FOR UPDATE"));
  RunRequest run = Run();
  run.Add("ProjectRepository.Create", Project(owner));
  run.Add("AccountRepository.Update",
          {{"account", {{"id", account["id"]}, {"balance", "7.00"}}}, {"update_mask", "balance"}});
  CallOptions options;
  options.timeout = std::chrono::milliseconds(2000);  // within which it waits, on a busy machine too
  EXPECT_EQ(run.Send(options).status().code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_TRUE(Eventually(&server(),
                         "(SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                         "wait_event_type = 'Lock') = 0"));
  blocker.End();
  EXPECT_EQ(Count("project"), before);
  EXPECT_EQ(server().MustCall("AccountRepository.GetById", {{"id", account["id"]}})["balance"], "1.00");
}

TEST(RunLimitTest, AllResponsesTogetherAreLimitedBeforeCommit) {
  InProcessServer::Options options;
  options.serve.max_response_kib = 16;
  InProcessServer server(CompileExample("planner/v1"), options);
  const Json profile = server.MustCall("ProfileRepository.Create",
                                       {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
  const Json todo = {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}, {"notes", std::string(6000, 'n')}}}};
  RunRequest fits(&server);
  fits.Add("TodoRepository.Create", todo).Add("TodoRepository.Create", todo);
  EXPECT_EQ(Summary(fits.Send()), "OK");
  RunRequest too_large = fits;
  too_large.Add("TodoRepository.Create", todo);
  const RunRequest::Answers answers = too_large.Send();
  EXPECT_EQ(Summary(answers), "RESOURCE_EXHAUSTED RESPONSE_TOO_LARGE");
  EXPECT_THAT(std::string(answers.status().message()), HasSubstr("nothing was changed"));
  EXPECT_EQ(server.database().Value("SELECT count(*) FROM todos"), "2");
}

}  // namespace
}  // namespace rowkeeper::testing
