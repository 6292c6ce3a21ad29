#include <algorithm>
#include <future>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::testing {
namespace {

using Action = TcpGate::Action;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

const std::string kCommit("COMMIT\0", 7);

/// A server of two connections, and a network that loses the answers to COMMIT.
class InDoubtTest : public ::testing::Test {
 protected:
  static constexpr int kConnections = 2;

  void Serve(double drain_s = 5) {
    InProcessServer::Options options;
    options.pool.pool_size = kConnections;
    options.pool.max_overflow = 0;
    options.serve.drain_timeout_s = drain_s;
    options.route = [this](const std::string& url) {
      gate_ = std::make_unique<TcpGate>(url);
      return gate_->url();
    };
    server_ = std::make_unique<InProcessServer>(CompileExample("planner/v1"), options);
  }
  void TearDown() override {
    server_.reset();
    gate_.reset();
  }

  std::future<RunRequest::Answers> SendRun(const std::string& handle) {
    return std::async(std::launch::async, [this, handle] {
      return RunRequest(server_.get()).Add("ProfileRepository.Create", {{"profile", Profile(handle)}}).Send();
    });
  }
  static Json Profile(const std::string& handle) {
    return {{"email", handle + "@example.org"}, {"handle", handle}, {"display_name", "Ada"}};
  }
  std::string Handles() {
    return server_->database().Value("SELECT coalesce(string_agg(handle, ',' ORDER BY handle), '') FROM profiles");
  }

  std::unique_ptr<TcpGate> gate_;
  std::unique_ptr<InProcessServer> server_;
};

TEST_F(InDoubtTest, RunsWhoseCommitIsLookedUpHoldNoWorkerAndNoConnection) {
  Serve();
  // A machine that stands still meanwhile may see only the end of a look-up; another one is made then.
  bool answered_meanwhile = false;
  for (int attempt = 0; attempt < 5 && !answered_meanwhile; ++attempt) {
    for (int i = 0; i < kConnections; ++i) {
      gate_->Add({'Q', kCommit, Action::kLoseReply});
      gate_->Add({'P', "pg_xact_status", Action::kStall});
    }
    std::vector<std::future<RunRequest::Answers>> runs;
    for (int i = 0; i < kConnections; ++i) runs.push_back(SendRun(absl::StrCat("run", attempt, i)));
    ASSERT_TRUE(gate_->AwaitFired(2 * kConnections * (attempt + 1))) << "COMMITs are lost, and questions are stuck";
    for (int i = 0; i < 10; ++i) {
      EXPECT_EQ(Summary(server_->Call("ProfileRepository.List", Json::object())), "OK");
    }
    answered_meanwhile = std::all_of(runs.begin(), runs.end(), [](const auto& run) {
      return run.wait_for(seconds(0)) == std::future_status::timeout;
    });
    for (auto& run : runs) EXPECT_EQ(Summary(run.get()), "OK");
    for (int i = 0; i < kConnections; ++i) {
      EXPECT_THAT(Handles(), ::testing::HasSubstr(absl::StrCat("run", attempt, i)));
    }
  }
  EXPECT_TRUE(answered_meanwhile) << "other calls were answered only after the runs were";
}

TEST_F(InDoubtTest, ARunWhoseCommitWasLostOnTheWayRunsAgain) {
  Serve();
  gate_->Add({'Q', kCommit, Action::kCutBefore});
  EXPECT_EQ(Summary(SendRun("again").get()), "OK");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(Handles(), "again");
}

TEST_F(InDoubtTest, ARunThatIsLookedUpAtTheEndOfTheDrainIsToldThatNobodyKnows) {
  Serve(0.5);
  gate_->Add({'Q', kCommit, Action::kLoseReply});
  gate_->Add({'P', "pg_xact_status", Action::kStall});
  auto run = SendRun("lost");
  ASSERT_TRUE(gate_->AwaitFired(2));
  const auto start = Clock::now();
  auto stopped = std::async(std::launch::async, [this] { server_->Stop(); });
  EXPECT_EQ(Summary(run.get()), "UNKNOWN COMMIT_OUTCOME_UNKNOWN");
  EXPECT_LT(Clock::now() - start, seconds(8));
  stopped.get();
  EXPECT_LT(Clock::now() - start, seconds(10)) << "a question that hangs has a limit";
}

TEST_F(InDoubtTest, AUnitThatIsLookedUpAtTheEndOfTheDrainIsToldThatNobodyKnows) {
  Serve(0.5);
  const Unit unit(server_.get());
  unit.MustCall("ProfileRepository.Create", {{"profile", Profile("unit")}});
  gate_->Add({'Q', kCommit, Action::kLoseReply});
  for (int i = 0; i < 20; ++i) gate_->Add({'P', "pg_xact_status", Action::kStall});
  auto commit = std::async(std::launch::async, [&] { return unit.Commit(); });
  ASSERT_TRUE(gate_->AwaitFired(2));
  const auto start = Clock::now();
  server_->Stop();
  EXPECT_LT(Clock::now() - start, seconds(10));
  EXPECT_EQ(Summary(commit.get()), "UNKNOWN COMMIT_OUTCOME_UNKNOWN");
}

TEST_F(InDoubtTest, AUnitSaysThatItIsLostWhileTheDatabaseIsAway) {
  Serve();
  const Unit unit(server_.get());
  unit.MustCall("ProfileRepository.Create", {{"profile", Profile("unit")}});
  gate_->GoDown();
  EXPECT_TRUE(Within(seconds(20), [&] { return !server_->IsServing(); }));
  EXPECT_EQ(Summary(server_->Call("ProfileRepository.List", Json::object())), "UNAVAILABLE DATABASE_UNAVAILABLE");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Summary(unit.Call("ProfileRepository.List", Json::object())), "ABORTED UNIT_OF_WORK_EXPIRED");
    EXPECT_EQ(Summary(unit.Savepoint("s")), "ABORTED UNIT_OF_WORK_EXPIRED");
    EXPECT_EQ(Summary(unit.Commit()), "ABORTED UNIT_OF_WORK_EXPIRED");
  }
  EXPECT_EQ(unit.State(), "ROLLED_BACK");
  gate_->Resume();
  EXPECT_TRUE(Within(seconds(20), [&] { return server_->IsServing(); }));
  EXPECT_EQ(Summary(unit.Commit()), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Handles(), "");
}

TEST_F(InDoubtTest, ACommitIsLookedUpWhileEveryOtherPlaceAndConnectionIsTaken) {
  Serve();  // one place for units
  const Unit unit(server_.get());
  unit.MustCall("ProfileRepository.Create", {{"profile", Profile("unit")}});
  Blocker blocker(server_.get(), "LOCK TABLE llms IN ACCESS EXCLUSIVE MODE");
  auto pinning = std::async(std::launch::async, [&] { return server_->Call("LlmRepository.List", Json::object()); });
  EXPECT_TRUE(Eventually(server_.get(),
                         "EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND "
                         "application_name = 'rowkeeper' AND wait_event_type = 'Lock')"));
  gate_->Add({'Q', kCommit, Action::kLoseReply});
  const auto start = Clock::now();
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  EXPECT_LT(Clock::now() - start, seconds(8));
  EXPECT_EQ(pinning.wait_for(seconds(0)), std::future_status::timeout);
  EXPECT_EQ(Handles(), "unit");
  blocker.End();
  EXPECT_EQ(Summary(pinning.get()), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
