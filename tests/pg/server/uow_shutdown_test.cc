#include <future>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::seconds;

InProcessServer::Options DrainingFor(double drain_s) {
  InProcessServer::Options options;
  options.serve.drain_timeout_s = drain_s;
  options.connection.lock_timeout_ms = 0;
  return options;
}

/// A server that is told to stop while calls and units are under way.
class ShutdownTest : public ::testing::Test {
 protected:
  void Serve(double drain_s) {
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), DrainingFor(drain_s));
    const Json profile = server_->MustCall(
        "ProfileRepository.Create", {{"profile", {{"email", "a@b.c"}, {"handle", "ada"}, {"display_name", "Ada"}}}});
    todo_ = server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile["id"]}, {"title", "t"}}}});
  }

  /// Returns once the server says NOT_SERVING.
  std::future<void> StartStopping() {
    auto stopped = std::async(std::launch::async, [this] { server_->Stop(); });
    EXPECT_TRUE(Eventually([this] { return !server_->IsServing(); }));
    return stopped;
  }

  Json Renaming(const std::string& title) const {
    return {{"todo", {{"id", todo_["id"]}, {"title", title}}}, {"update_mask", "title"}};
  }
  std::string Title() { return server_->database().Value("SELECT title FROM todos"); }

  std::unique_ptr<InProcessServer> server_;
  Json todo_;
};

TEST_F(ShutdownTest, OpenUnitsFinishWithinTheDrainAndPlainCallsAreServedMeanwhile) {
  Serve(10);
  const Unit unit(server_.get());
  unit.MustCall("TodoRepository.Update", Renaming("in the unit"));
  auto stopped = StartStopping();
  EXPECT_EQ(Summary(server_->Call("UnitOfWork.Begin", Json::object())), "UNAVAILABLE SHUTTING_DOWN");
  EXPECT_EQ(Summary(server_->Call("TodoRepository.GetById", {{"id", todo_["id"]}})), "OK");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.Update", Renaming("still in the unit"))), "OK");
  EXPECT_EQ(stopped.wait_for(seconds(0)), std::future_status::timeout);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  EXPECT_EQ(stopped.wait_for(seconds(5)), std::future_status::ready) << "nothing is left to wait for";
  EXPECT_EQ(Title(), "still in the unit");
}

TEST_F(ShutdownTest, UnitsThatAreLateForTheDrainAreRolledBack) {
  Serve(0.5);
  const Unit unit(server_.get());
  unit.MustCall("TodoRepository.Update", Renaming("lost"));
  auto stopped = StartStopping();
  EXPECT_EQ(stopped.wait_for(seconds(30)), std::future_status::ready);
  EXPECT_EQ(Title(), "t");
  EXPECT_TRUE(Eventually(server_.get(),
                         "NOT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
                         "application_name = 'rowkeeper' AND pid <> pg_backend_pid())"));
}

TEST_F(ShutdownTest, TheCallerOfAnIdleUnitHearsOfItsEndInTheLastPartOfTheDrain) {
  Serve(4);
  const Unit unit(server_.get());
  unit.MustCall("TodoRepository.Update", Renaming("lost"));
  const Unit other(server_.get());
  auto stopped = StartStopping();
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(Eventually([&unit] { return unit.State() != "OPEN"; }));
  const CallResult answer = unit.Call("TodoRepository.Update", Renaming("late"));
  EXPECT_EQ(Summary(answer), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(MetadataOf(answer.status(), "cause"), "SHUTDOWN");
  EXPECT_EQ(Summary(unit.Commit()), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Summary(other.Rollback()), "OK");
  stopped.get();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(25)) << "the drain is no longer for that";
  EXPECT_EQ(Title(), "t");
}

TEST_F(ShutdownTest, ACallOfAUnitThatIsLateForTheDrainIsToldSo) {
  Serve(0.5);
  Blocker blocker(server_.get(), LockTodo(todo_));
  const Unit unit(server_.get());
  auto late = std::async(std::launch::async, [&] { return unit.Call("TodoRepository.Update", Renaming("late")); });
  EXPECT_TRUE(Eventually(server_.get(), kWaiting + " = 1"));
  auto stopped = StartStopping();
  const CallResult answer = late.get();
  EXPECT_EQ(Summary(answer), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(MetadataOf(answer.status(), "cause"), "SHUTDOWN");
  stopped.get();
  blocker.End();
  EXPECT_EQ(Title(), "t");
}

TEST_F(ShutdownTest, APlainCallThatTheDrainAbortsIsToldThatTheServerStops) {
  Serve(0.5);
  Blocker blocker(server_.get(), LockTodo(todo_));
  auto aborted =
      std::async(std::launch::async, [&] { return server_->Call("TodoRepository.Update", Renaming("aborted")); });
  RunRequest run(server_.get());
  run.Add("TodoRepository.Update", Renaming("aborted"));
  auto cut_run = std::async(std::launch::async, [&] { return run.Send(); });
  EXPECT_TRUE(Eventually(server_.get(), kWaiting + " = 2"));
  const auto start = std::chrono::steady_clock::now();
  auto stopped = StartStopping();
  const CallResult answer = aborted.get();
  EXPECT_EQ(Summary(answer), "UNAVAILABLE SHUTTING_DOWN") << answer.status();
  EXPECT_EQ(Summary(cut_run.get()), "UNAVAILABLE SHUTTING_DOWN");
  stopped.get();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(8));
  blocker.End();
  EXPECT_EQ(Title(), "t");
}

TEST_F(ShutdownTest, WithoutADrainTimeCallsAreAbortedAtOnce) {
  Serve(0);
  Blocker blocker(server_.get(), LockTodo(todo_));
  auto aborted =
      std::async(std::launch::async, [&] { return server_->Call("TodoRepository.Update", Renaming("aborted")); });
  EXPECT_TRUE(Eventually(server_.get(), kWaiting + " = 1"));
  server_->Stop();
  EXPECT_EQ(Summary(aborted.get()), "UNAVAILABLE SHUTTING_DOWN");
  blocker.End();
  EXPECT_EQ(Title(), "t");
}

}  // namespace
}  // namespace rowkeeper::testing
