#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/pg/gate/units_gate_fixture.h"

namespace rowkeeper::uow {
namespace {

/// COMMIT of a unit whose network fails: it says OK only if PostgreSQL committed, and "not" only if it did not.
using UnitsCommitTest = UnitsGateTest;

TEST_F(UnitsCommitTest, CommitLostOnTheWayIsFoundToBeAborted) {
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kCutBefore});
  EXPECT_EQ(Reason(Commit(handle)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(Settled(), "0");
  EXPECT_EQ(StateOf(handle), UnitState::kRolledBack);
  EXPECT_EQ(CauseOf(handle), EndCause::kConnectionLost);
  EXPECT_EQ(Reason(Commit(handle)), "UNIT_OF_WORK_EXPIRED") << "the stored outcome";
  EXPECT_EQ(Reason(Run(BeginAndWrite(), "SELECT 1")), "OK");
}

TEST_F(UnitsCommitTest, CommitWhoseReplyIsLostIsFoundToBeCommitted) {
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kLoseReply});
  EXPECT_EQ(Reason(Commit(handle)), "OK");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(Settled(), "7");
  EXPECT_EQ(StateOf(handle), UnitState::kCommitted);
  EXPECT_EQ(Reason(Commit(handle)), "OK");
}

TEST_F(UnitsCommitTest, DatabaseThatComesBackInTimeStillAnswers) {
  for (const auto& [action, reason, value] :
       {std::tuple(Action::kCutBefore, "UNIT_OF_WORK_EXPIRED", "0"), std::tuple(Action::kLoseReply, "OK", "7")}) {
    const std::string handle = BeginAndWrite();
    gate_->Add({'Q', "COMMIT", action});
    gate_->RefuseNew();
    auto commit = SendCommit(handle);
    EXPECT_EQ(commit.wait_for(Milliseconds(600)), std::future_status::timeout) << "it looks for the outcome";
    EXPECT_EQ(StateOf(handle), UnitState::kCommitting);
    gate_->Resume();
    EXPECT_EQ(Reason(commit.get()), reason);
    EXPECT_EQ(Settled(), value);
  }
}

TEST_F(UnitsCommitTest, CheckpointInTheMeantimeDoesNotHideTheOutcome) {
  if (std::stoi(database_->Value("SHOW server_version_num")) < 150000) GTEST_SKIP() << "needs PostgreSQL 15";
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kLoseReply});
  gate_->RefuseNew();
  auto commit = SendCommit(handle);
  ASSERT_TRUE(gate_->AwaitFired());
  database_->Run("CHECKPOINT");
  gate_->Resume();
  EXPECT_EQ(Reason(commit.get()), "OK");
  EXPECT_EQ(Settled(), "7");
}

/// "SELECT pg_xact_status('730')", which the error of an unknown outcome asks to ask.
std::string QuestionIn(const absl::Status& status) {
  const std::string message(status.message());
  const size_t begin = message.find("SELECT ");
  EXPECT_NE(begin, std::string::npos) << status;
  return begin == std::string::npos ? "" : message.substr(begin);
}

TEST_F(UnitsCommitTest, DatabaseThatStaysAwayLeavesTheOutcomeUnknown) {
  StartThroughGate(Milliseconds(700));
  for (const auto& [action, value] : {std::pair(Action::kCutBefore, "0"), std::pair(Action::kLoseReply, "7")}) {
    const std::string handle = BeginAndWrite();
    gate_->Add({'Q', "COMMIT", action});
    gate_->RefuseNew();
    const auto begin = Clock::now();
    const auto commit = Commit(handle);
    // The pauses between look-ups double, and one that would end after the limit is not begun.
    EXPECT_GE(Clock::now() - begin, Milliseconds(300));
    EXPECT_EQ(Reason(commit), "COMMIT_OUTCOME_UNKNOWN");
    EXPECT_EQ(commit.status().code(), absl::StatusCode::kUnknown);
    gate_->Resume();
    const std::string asked = QuestionIn(commit.status());
    const std::string answer = action == Action::kLoseReply ? "committed" : "aborted";
    EXPECT_TRUE(Within(Milliseconds(30000), [&] { return database_->Value(asked) == answer; })) << asked;
    EXPECT_EQ(StateOf(handle), UnitState::kOutcomeUnknown);
    EXPECT_EQ(Reason(Commit(handle)), "COMMIT_OUTCOME_UNKNOWN") << "the stored outcome, though it could be known now";
    EXPECT_EQ(Settled(), value);
  }
}

TEST_F(UnitsCommitTest, LostReplyOfTheFenceCommitsNothing) {
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "pg_current_xact_id_if_assigned", Action::kLoseReply});
  EXPECT_EQ(Reason(Commit(handle)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(gate_->seen().from_client.count('X'), 0u);
  EXPECT_EQ(Settled(), "0");
  EXPECT_EQ(StateOf(handle), UnitState::kRolledBack);
}

TEST_F(UnitsCommitTest, LostCommitOfAUnitThatWroteNothingIsNotInDoubt) {
  const std::string handle = Begin();
  EXPECT_EQ(Reason(Read(handle, "SELECT n FROM t WHERE id = 1")), "OK");
  gate_->Add({'Q', "COMMIT", Action::kLoseReply});
  gate_->RefuseNew();
  const auto begin = Clock::now();
  EXPECT_EQ(Reason(Commit(handle)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_LT(Clock::now() - begin, Milliseconds(8000));
}

TEST_F(UnitsCommitTest, SwallowedReplyIsWaitedForNoLongerThanItsLimitAndFoundToBeCommitted) {
  StartWithAnswerLimit();
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kSwallowReply});
  const auto begin = Clock::now();
  EXPECT_EQ(Reason(Commit(handle)), "OK");
  EXPECT_LT(Clock::now() - begin, Milliseconds(15000));
  EXPECT_EQ(Settled(), "7");
}

TEST_F(UnitsCommitTest, StalledCommitIsUnknownAsLongAsItMayStillArrive) {
  StartWithAnswerLimit(/*in_doubt_limit=*/Milliseconds(700));
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kStall});
  EXPECT_EQ(Reason(Commit(handle)), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(Committed(1), "0");
  gate_->Resume();
  EXPECT_EQ(Settled(), "7") << "it did arrive, after the caller was told that nobody knows";
  EXPECT_EQ(StateOf(handle), UnitState::kOutcomeUnknown);
}

TEST_F(UnitsCommitTest, AUnitGivesItsPlaceBackBeforeItsCommitIsResolved) {
  UnitOptions options = FastOptions();
  options.capacity = 1;
  StartThroughGate(options, SmallPool());
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kCutBefore});
  gate_->RefuseNew();
  auto commit = SendCommit(handle);
  ASSERT_TRUE(gate_->AwaitFired());
  EXPECT_TRUE(NothingLeased(Milliseconds(20000)));
  EXPECT_EQ(StateOf(handle), UnitState::kCommitting) << "it is still asked about";
  const std::string reason = Reason(TryBegin());
  EXPECT_NE(reason, "UNIT_OF_WORK_LIMIT") << "the place is free";
  gate_->Resume();
  EXPECT_EQ(Reason(commit.get()), "UNIT_OF_WORK_EXPIRED");
}

TEST_F(UnitsCommitTest, ACommitIsResolvedWhileEveryConnectionIsPinned) {
  UnitOptions options = FastOptions();
  options.capacity = 2;
  db::PoolOptions pool;
  pool.pool_size = 2;
  pool.max_overflow = 0;
  StartThroughGate(options, pool);
  const std::string pinned = Begin();
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kLoseReply});
  gate_->RefuseNew();
  auto commit = SendCommit(handle);
  ASSERT_TRUE(gate_->AwaitFired());
  EXPECT_TRUE(Within(Milliseconds(20000), [this] { return pool_->stats().leased == 1; }));
  gate_->Resume();
  const auto rest = pool_->Acquire({});
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(pool_->stats().leased, 2) << "none is left";
  EXPECT_EQ(Reason(commit.get()), "OK");
  EXPECT_EQ(StateOf(pinned), UnitState::kOpen);
  EXPECT_EQ(Committed(1), "7");
}

TEST_F(UnitsCommitTest, OnlyAFewConnectionsAskAboutCommitsAtOnce) {
  constexpr int kCommits = 8;
  UnitOptions options = FastOptions();
  options.in_doubt_limit = Milliseconds(3000);
  answer_limit_ = Milliseconds(500);
  StartThroughGate(options, SmallPool());
  std::vector<std::string> handles;
  std::vector<std::future<absl::StatusOr<UnitInfo>>> commits;
  for (int i = 0; i < kCommits; ++i) {
    handles.push_back(Begin());
    ASSERT_EQ(Reason(Run(handles[i], "UPDATE t SET n = 7 WHERE id = " + std::to_string(i + 1))), "OK");
  }
  const int before = gate_->seen().connections;
  for (int i = 0; i < kCommits; ++i) gate_->Add({'Q', "COMMIT", Action::kLoseReply});
  for (int i = 0; i < kCommits; ++i) gate_->Add({'P', "pg_xact_status", Action::kSwallowReply});
  for (const std::string& handle : handles) commits.push_back(SendCommit(handle));
  ASSERT_TRUE(gate_->AwaitFired(kCommits));
  std::this_thread::sleep_for(Milliseconds(1000));  // for more connections, if there are any to come
  EXPECT_LE(gate_->seen().connections - before, 4) << "the others wait";
  gate_->ClearRules();
  int known = 0;
  for (auto& commit : commits) known += Reason(commit.get()) == "OK" ? 1 : 0;
  EXPECT_EQ(Settled(), "7");
  EXPECT_LT(known, kCommits) << "those that waited too long say that they do not know";
}

TEST_F(UnitsCommitTest, StalledCommitIsFoundToBeAbortedOnceItsSessionIsGone) {
  StartWithAnswerLimit();
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "COMMIT", Action::kStall});
  auto commit = SendCommit(handle);
  ASSERT_TRUE(gate_->AwaitFired());
  database_->Run(
      "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND "
      "pid <> pg_backend_pid() AND state = 'idle in transaction'");
  EXPECT_EQ(Reason(commit.get()), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Settled(), "0");
}

}  // namespace
}  // namespace rowkeeper::uow
