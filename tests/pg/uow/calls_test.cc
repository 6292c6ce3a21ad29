#include <atomic>
#include <stdexcept>
#include <thread>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/uow/handle.h"
#include "tests/pg/uow/uow_fixture.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;
using Cause = db::Cancellation::Cause;

UnitsOfWork::StepOptions Numbered(uint64_t sequence, uint64_t fingerprint = 1) {
  UnitsOfWork::StepOptions options;
  options.sequence = sequence;
  options.fingerprint = fingerprint;
  return options;
}

TEST_F(UowTest, EveryHandleThatIsNotTheCallersGetsItsAnswer) {
  const std::string unit = Begin();
  const auto run = [&](const std::string& handle, const std::string& caller) {
    std::promise<Text> answer;
    units_->Execute(Ref(handle, caller), Statement("SELECT 1"), {},
                    [&](Text result) { answer.set_value(std::move(result)); });
    return answer.get_future().get().status();
  };
  Handle handle = *Handle::Parse(unit);
  handle.secret = RandomBytes(16);
  const std::string random = handle.Encode();
  EXPECT_EQ(ReasonOf(run(unit, "bob")), "UNIT_OF_WORK_NOT_FOUND");
  EXPECT_EQ(run(unit, "bob"), run(random, "alice"));
  EXPECT_EQ(Reason(Commit(unit, "bob")), "UNIT_OF_WORK_NOT_FOUND");
  EXPECT_EQ(*Rollback(unit, "bob"), UnitState::kUnspecified);
  EXPECT_EQ(Reason(units_->Get(Ref(unit, "bob"))), "UNIT_OF_WORK_NOT_FOUND");

  handle.instance = RandomBytes(8);
  const std::string earlier = handle.Encode();
  EXPECT_EQ(ReasonOf(run(earlier, "alice")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(run(earlier, "alice"), "SERVER_RESTARTED"));
  EXPECT_EQ(Reason(Commit(earlier)), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(Reason(Get(earlier)), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(*Rollback(earlier), UnitState::kUnspecified);

  handle.server = "10.0.0.9:1";
  const std::string elsewhere = handle.Encode();
  EXPECT_EQ(ReasonOf(run(elsewhere, "alice")), "UNIT_OF_WORK_ELSEWHERE");
  EXPECT_FALSE(Mentions(run(elsewhere, "alice"), "10.0.0.9:1")) << "it is forged";
  EXPECT_EQ(Reason(Commit(elsewhere)), "UNIT_OF_WORK_ELSEWHERE");
  EXPECT_EQ(Reason(Rollback(elsewhere)), "UNIT_OF_WORK_ELSEWHERE");

  EXPECT_EQ(ReasonOf(run("nonsense", "alice")), "INVALID_HEADER");
  EXPECT_EQ(Reason(Rollback("nonsense")), "INVALID_HEADER");
  EXPECT_EQ(Reason(Commit(unit)), "OK");
}

TEST_F(UowTest, ACallThatThrowsFailsItsUnitAndNoOther) {
  const std::string unit = Begin();
  UnitsOfWork::Step step = Statement("UPDATE t SET n = n + 1");
  step.run = [write = step.run](db::Connection& connection, db::Cancellation* cancellation) -> Text {
    EXPECT_TRUE(write(connection, cancellation).ok());
    throw std::runtime_error("oops");
  };
  std::promise<Text> answer;
  units_->Execute(Ref(unit, "alice"), step, {}, [&](Text result) { answer.set_value(std::move(result)); });
  EXPECT_EQ(ReasonOf(answer.get_future().get().status()), "INTERNAL");
  EXPECT_EQ(Reason(Commit(unit)), "UNIT_OF_WORK_FAILED") << "nobody knows how far the call came";
  EXPECT_EQ(Reason(Run(Begin(), "SELECT 1")), "OK");
}

TEST_F(UowTest, AHandleOfAnotherReleaseIsNeverSaidToBeRolledBackForSure) {
  std::string bytes;
  ASSERT_TRUE(Base64UrlDecode(Begin(), &bytes));
  ++bytes[0];  // the version
  const std::string replaced = Base64UrlEncode(bytes);
  const Text late = Run(replaced, "SELECT 1");
  EXPECT_EQ(Reason(late), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(late.status(), "OTHER_RELEASE")) << late.status();
  EXPECT_TRUE(Mentions(late.status(), "made by another release of the server")) << late.status();
  EXPECT_TRUE(Mentions(late.status(), "read the rows before you write again")) << late.status();
  EXPECT_EQ(Reason(Commit(replaced)), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(Reason(Get(replaced)), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(*Rollback(replaced), UnitState::kUnspecified);

  ++bytes[2];  // the first letter of the address
  const std::string elsewhere = Base64UrlEncode(bytes);
  EXPECT_EQ(Reason(Run(elsewhere, "SELECT 1")), "UNIT_OF_WORK_ELSEWHERE") << "releases side by side";
  EXPECT_EQ(Reason(Commit(elsewhere)), "UNIT_OF_WORK_ELSEWHERE");
}

TEST_F(UowTest, AUnitThatCommittedBeforeARestartIsNeverSaidToBeRolledBack) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  ASSERT_EQ(Reason(Commit(unit)), "OK");
  Start();
  const Text late = Run(unit, "UPDATE t SET n = 2 WHERE id = 1");
  EXPECT_EQ(Reason(late), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(late.status(), "unless Commit was sent")) << late.status();
  for (const absl::Status& status : {late.status(), Get(unit).status(), Commit(unit).status()}) {
    EXPECT_FALSE(status.ok());
    EXPECT_FALSE(Mentions(status, "run the whole unit again")) << status;
    EXPECT_TRUE(Mentions(status, "read")) << status;
  }
}

TEST_F(UowTest, AHandleThatIsNotKnownAdvisesToReadFirst) {
  Handle handle = *Handle::Parse(Begin());
  handle.secret = RandomBytes(16);
  const absl::Status status = Commit(handle.Encode()).status();
  EXPECT_TRUE(Mentions(status, "if Commit was sent")) << "it may have committed and be forgotten: " << status;
}

TEST_F(UowTest, CallsOfAUnitRunOneAtATimeInTheirOrder) {
  const std::string unit = Begin();
  std::vector<std::future<Text>> results;
  for (int i = 0; i < 10; ++i) results.push_back(Send(unit, Cat("UPDATE t SET n = n * 2 + ", i % 2, " WHERE id = 1")));
  for (auto& result : results) EXPECT_EQ(Reason(result.get()), "OK");
  EXPECT_EQ(*Read(unit, "SELECT n FROM t WHERE id = 1"), "341");  // 0101010101
}

TEST_F(UowTest, ACallThatWaitsTooLongIsBusyAndWasNotExecuted) {
  const std::string holder = LockRow(2);
  const std::string unit = Begin();
  auto running = Send(unit, "UPDATE t SET n = 1 WHERE id = 2");
  auto waiting = Send(unit, "UPDATE t SET n = 9 WHERE id = 1");
  Advance(milliseconds(299));
  EXPECT_FALSE(IsReady(waiting));
  Advance(milliseconds(1));
  EXPECT_EQ(Reason(waiting.get()), "UNIT_OF_WORK_BUSY");
  EXPECT_EQ(*Rollback(holder), UnitState::kRolledBack);
  EXPECT_EQ(Reason(running.get()), "OK");
  EXPECT_EQ(*Read(unit, "SELECT n FROM t WHERE id = 1"), "0");
}

TEST_F(UowTest, RollbackStopsARunningCallAndGoesBeforeThoseThatWait) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 9 WHERE id = 1")), "OK");
  auto running = Send(unit, "SELECT pg_sleep(20)");
  auto waiting = Send(unit, "UPDATE t SET n = 8 WHERE id = 1");
  auto commit = SendCommit(unit);
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
  EXPECT_EQ(Reason(running.get()), "CANCELLED");
  EXPECT_EQ(Reason(waiting.get()), "UNIT_OF_WORK_ENDED");
  EXPECT_EQ(Reason(commit.get()), "UNIT_OF_WORK_ENDED");
  EXPECT_EQ(Committed(1), "0");
}

TEST_F(UowTest, RollbackNeverStopsACommitButWaitsForItAndTellsItsOutcome) {
  CommitWaitsForRow(10);
  const std::string holder = LockRow(10);
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 9 WHERE id = 1")), "OK");
  auto commit = SendCommit(unit);
  WaitForLockWaiter();
  auto rollback = std::async(std::launch::async, [&] { return Rollback(unit); });
  Advance(milliseconds(5000));  // longer than busy_wait
  EXPECT_FALSE(IsReady(rollback));
  EXPECT_EQ(*Rollback(holder), UnitState::kRolledBack);
  EXPECT_EQ(*rollback.get(), UnitState::kCommitted);
  EXPECT_EQ(Reason(commit.get()), "OK");
  EXPECT_EQ(Committed(1), "9");
}

TEST_F(UowTest, RollbackIsNotRefusedHoweverManyCallsAndCommitsWait) {
  UnitOptions options = FastOptions();
  options.waiting_calls = 2;
  options.busy_wait = milliseconds(20000);
  Start(options);
  const std::string unit = Begin();
  auto running = Send(unit, "SELECT pg_sleep(20)");
  std::vector<std::future<absl::StatusOr<UnitInfo>>> commits;
  for (int i = 0; i < 100; ++i) commits.push_back(SendCommit(unit));
  EXPECT_EQ(Reason(commits.back().get()), "UNIT_OF_WORK_BUSY");
  EXPECT_EQ(Reason(Rollback(unit)), "OK");
  EXPECT_EQ(Reason(running.get()), "CANCELLED");
}

TEST_F(UowTest, TooManyWaitingCallsAreRefusedAtOnce) {
  UnitOptions options = FastOptions();
  options.waiting_calls = 2;
  options.busy_wait = milliseconds(5000);
  Start(options);
  const std::string unit = Begin();
  const std::string holder = LockRow(1);
  auto running = Send(unit, "UPDATE t SET n = 1 WHERE id = 1");
  auto first = Send(unit, "SELECT 1");
  auto second = Send(unit, "SELECT 2");
  EXPECT_EQ(Reason(Run(unit, "SELECT 3")), "UNIT_OF_WORK_BUSY");
  EXPECT_EQ(*Rollback(holder), UnitState::kRolledBack);
  EXPECT_EQ(Reason(running.get()), "OK");
  EXPECT_EQ(*first.get(), "1");
  EXPECT_EQ(*second.get(), "2");
}

TEST_F(UowTest, AUnitThatWaitsForALockDelaysNobody) {
  UnitOptions options = FastOptions();
  options.capacity = 10;
  Start(options);
  const std::string holder = Begin();
  ASSERT_EQ(Reason(Run(holder, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  std::vector<std::string> units;
  std::vector<std::future<Text>> blocked;
  for (int i = 0; i < 9; ++i) {
    units.push_back(Begin());
    blocked.push_back(Send(units.back(), "UPDATE t SET n = n + 1 WHERE id = 1"));
  }
  EXPECT_EQ(Reason(Run(holder, "UPDATE t SET n = 2 WHERE id = 1")), "OK");
  EXPECT_EQ(Reason(Commit(holder)), "OK");
  for (int i = 0; i < 9; ++i) {
    // Whoever gets the lock next: end units as they get it.
    EXPECT_TRUE(Within(milliseconds(20000), [&] {
      for (size_t j = 0; j < blocked.size(); ++j) {
        if (!blocked[j].valid() || blocked[j].wait_for(milliseconds(0)) != std::future_status::ready) continue;
        EXPECT_EQ(Reason(blocked[j].get()), "OK");
        EXPECT_EQ(Reason(Commit(units[j])), "OK");
        return true;
      }
      return false;
    }));
  }
  EXPECT_EQ(Committed(1), "11");
}

TEST_F(UowTest, AResentCallGetsTheFirstResultAndIsNotExecutedAgain) {
  const std::string unit = Begin();
  const std::string add = "UPDATE t SET n = n + 1 WHERE id = 1 RETURNING n";
  EXPECT_EQ(*Run(unit, add, Numbered(5)), "1");
  EXPECT_EQ(*Run(unit, add, Numbered(5)), "1");
  EXPECT_EQ(*Run(unit, add, Numbered(9)), "2");
  EXPECT_EQ(*Run(unit, add, Numbered(5)), "1");
  EXPECT_EQ(Reason(Run(unit, add, Numbered(5, 2))), "INVALID_HEADER");
  EXPECT_EQ(Reason(Run(unit, add, Numbered(7))), "UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(Get(unit)->calls, 2);
  EXPECT_EQ(*Run(unit, add), "3");  // without a number
}

TEST_F(UowTest, AResendWhileTheFirstRunsWaitsForIt) {
  const std::string holder = LockRow(1);
  const std::string unit = Begin();
  const std::string add = "UPDATE t SET n = n + 1 WHERE id = 1 RETURNING n";
  auto first = Send(unit, add, Numbered(1));
  auto again = Send(unit, add, Numbered(1));
  Advance(milliseconds(5000));  // longer than busy_wait
  EXPECT_EQ(*Rollback(holder), UnitState::kRolledBack);
  EXPECT_EQ(*first.get(), "1");
  EXPECT_EQ(*again.get(), "1");
  EXPECT_EQ(Get(unit)->calls, 1);
}

TEST_F(UowTest, AnErrorIsAResultThatAResendGets) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Savepoint(unit, "s")), "OK");
  const Text failed = Run(unit, "INSERT INTO t VALUES (1, 1)", Numbered(1));
  EXPECT_EQ(Reason(failed), "UNIQUE_VIOLATION");
  ASSERT_EQ(Reason(RollbackTo(unit, "s")), "OK");
  EXPECT_EQ(Run(unit, "INSERT INTO t VALUES (1, 1)", Numbered(1)).status(), failed.status());
  EXPECT_EQ(Get(unit)->state, UnitState::kOpen);
}

TEST_F(UowTest, ACallThatWasNotExecutedUsesNoNumber) {
  const std::string holder = LockRow(2);
  const std::string unit = Begin();
  auto running = Send(unit, "UPDATE t SET n = 1 WHERE id = 2");
  const std::string add = "UPDATE t SET n = n + 1 WHERE id = 1 RETURNING n";
  auto busy = Send(unit, add, Numbered(3));
  Advance(milliseconds(300));
  EXPECT_EQ(Reason(busy.get()), "UNIT_OF_WORK_BUSY");
  UnitsOfWork::Ticket ticket;
  auto withdrawn = Send(unit, add, Numbered(4), &ticket);
  ticket.Cancel(Cause::kCaller);
  EXPECT_EQ(Reason(withdrawn.get()), "CANCELLED");
  EXPECT_EQ(*Rollback(holder), UnitState::kRolledBack);
  EXPECT_EQ(Reason(running.get()), "OK");
  EXPECT_EQ(*Run(unit, add, Numbered(3)), "1");
  EXPECT_EQ(*Run(unit, add, Numbered(4)), "2");
}

TEST_F(UowTest, OldAndLargeResultsAreNotKept) {
  UnitOptions options = FastOptions();
  options.kept_results = 3;
  options.kept_result_bytes = 1000;
  Start(options);
  const std::string unit = Begin();
  for (uint64_t i = 1; i <= 4; ++i) ASSERT_EQ(Reason(Run(unit, "SELECT 'x'", Numbered(i))), "OK");
  EXPECT_EQ(Reason(Run(unit, "SELECT 'x'", Numbered(1))), "UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(Reason(Run(unit, "SELECT 'x'", Numbered(2))), "OK");
  ASSERT_EQ(Reason(Run(unit, "SELECT repeat('x', 5000)", Numbered(5))), "OK");
  EXPECT_EQ(Reason(Run(unit, "SELECT 'x'", Numbered(4))), "UNIT_OF_WORK_SEQUENCE");
  EXPECT_EQ(Run(unit, "SELECT repeat('x', 5000)", Numbered(5))->size(), 5000u);
}

TEST_F(UowTest, CancelStopsARunningStatementWhichFailsTheUnit) {
  const std::string unit = Begin();
  for (const auto& [cause, reason] :
       {std::pair(Cause::kCaller, "CANCELLED"), {Cause::kDeadline, "DEADLINE_EXCEEDED"}}) {
    ASSERT_EQ(Reason(Savepoint(unit, "s")), "OK");
    UnitsOfWork::Ticket ticket;
    auto running = Send(unit, "SELECT pg_sleep(10)", {}, &ticket);
    EXPECT_TRUE(Within(milliseconds(20000), [&] { return Get(unit)->running == "test.Statement"; }));
    ticket.Cancel(cause);
    EXPECT_EQ(Reason(running.get()), reason);
    // Before PostgreSQL had it, it did not fail anything.
    ASSERT_EQ(Reason(RollbackTo(unit, "s")), "OK");
    ASSERT_EQ(Reason(Release(unit, "s")), "OK");
  }
  EXPECT_EQ(Reason(Commit(unit)), "OK");
}

TEST_F(UowTest, ADeadlineEndsWaitingAndRunningCalls) {
  const std::string holder = LockRow(1);
  const std::string unit = Begin();
  UnitsOfWork::StepOptions options;
  options.deadline = clock().Now() + milliseconds(200);
  auto running = Send(unit, "UPDATE t SET n = 1 WHERE id = 1", options);
  auto waiting = Send(unit, "SELECT 1", options);
  WaitForLockWaiter();
  Advance(milliseconds(199));
  EXPECT_FALSE(IsReady(waiting));
  Advance(milliseconds(1));
  EXPECT_EQ(Reason(running.get()), "DEADLINE_EXCEEDED");
  EXPECT_EQ(Reason(waiting.get()), "DEADLINE_EXCEEDED");
  EXPECT_EQ(Get(unit)->state, UnitState::kFailed);
  EXPECT_EQ(*Rollback(unit), UnitState::kRolledBack);
}

TEST_F(UowTest, ACancelledCommitCommitsNevertheless) {
  const std::string unit = Begin();
  ASSERT_EQ(Reason(Run(unit, "UPDATE t SET n = 1 WHERE id = 1")), "OK");
  std::promise<absl::StatusOr<UnitInfo>> answer;
  auto ticket = units_->Commit(Ref(unit), Clock::time_point::max(),
                               [&](absl::StatusOr<UnitInfo> result) { answer.set_value(std::move(result)); });
  ticket.Cancel(Cause::kCaller);
  EXPECT_EQ(Reason(answer.get_future().get()), "OK");
  EXPECT_EQ(Committed(1), "1");
}

TEST_F(UowTest, RollbackIsDoneThoughItsCallerLeft) {
  const std::string unit = Begin();
  auto running = Send(unit, "SELECT pg_sleep(20)");
  std::promise<absl::StatusOr<UnitState>> answer;
  auto ticket = units_->Rollback(Ref(unit), clock().Now(),
                                 [&](absl::StatusOr<UnitState> result) { answer.set_value(std::move(result)); });
  ticket.Cancel(Cause::kCaller);
  EXPECT_EQ(*answer.get_future().get(), UnitState::kRolledBack);
  EXPECT_EQ(Reason(running.get()), "CANCELLED");
  EXPECT_TRUE(units_->List().empty());
}

TEST_F(UowTest, ListShowsOpenUnitsOldestFirst) {
  const std::string first = Begin();
  BeginOptions options;
  options.label = "second";
  Advance(milliseconds(1));
  const std::string second = Begin(options, "bob");
  database_->Run("SELECT pg_advisory_lock(1)");
  auto running = Send(first, "SELECT pg_advisory_xact_lock(1)");
  EXPECT_TRUE(Within(milliseconds(20000), [&] { return units_->List()[0].running == "test.Statement"; }));
  const auto list = units_->List();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].caller, "alice");
  EXPECT_EQ(list[1].caller, "bob");
  EXPECT_EQ(list[1].label, "second");
  EXPECT_EQ(list[1].server, "127.0.0.1:50051");
  EXPECT_EQ(list[0].id.find(first), std::string::npos);
  database_->Run("SELECT pg_advisory_unlock(1)");
  EXPECT_EQ(Reason(running.get()), "OK");
  EXPECT_EQ(Reason(Commit(first)), "OK");
  EXPECT_EQ(units_->List().size(), 1u);
}

TEST_F(UowTest, TooManySavepointsAreRefused) {
  UnitOptions options = FastOptions();
  options.savepoints = 2;
  Start(options);
  const std::string unit = Begin();
  EXPECT_EQ(Reason(Savepoint(unit, std::string(101, 'x'))), "INVALID_FIELD");
  ASSERT_EQ(Reason(Savepoint(unit, "a")), "OK");
  ASSERT_EQ(Reason(Savepoint(unit, "b")), "OK");
  EXPECT_EQ(Reason(Savepoint(unit, "c")), "UNIT_OF_WORK_SAVEPOINTS");
  ASSERT_EQ(Reason(Release(unit, "b")), "OK");
  EXPECT_EQ(Reason(Savepoint(unit, "c")), "OK");
}

}  // namespace
}  // namespace rowkeeper::uow
