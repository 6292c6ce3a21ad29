#include "server/db/cancellation.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <optional>
#include <random>
#include <thread>

#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

class CancellationTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
  }

  absl::StatusOr<Rows> RunCancellable(std::string_view sql, Cancellation* cancellation) {
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.cancellation = cancellation;
    return connection_->Execute(query);
  }

  /// Cancels the statement of connection_ once it sleeps.
  std::thread CancelAsleep(Cancellation* cancellation, Cancellation::Cause cause) {
    return std::thread([pid = connection_->backend_pid(), cancellation, cause] {
      AwaitSleep(pid);
      cancellation->Cancel(cause);
    });
  }

  std::string ReasonWhenCancelled(Cancellation::Cause cause) {
    Cancellation cancellation;
    std::thread canceller = CancelAsleep(&cancellation, cause);
    const auto result = RunCancellable("SELECT pg_sleep(20)", &cancellation);
    canceller.join();
    return Reason(result);
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(CancellationTest, CauseDecidesTheError) {
  const auto begin = steady_clock::now();
  EXPECT_EQ(ReasonWhenCancelled(Cancellation::Cause::kCaller), "CANCELLED");
  EXPECT_EQ(ReasonWhenCancelled(Cancellation::Cause::kDeadline), "DEADLINE_EXCEEDED");
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_FALSE(connection_->broken());
}

TEST_F(CancellationTest, FirstCauseStays) {
  Cancellation cancellation;
  cancellation.Cancel(Cancellation::Cause::kDeadline);
  cancellation.Cancel(Cancellation::Cause::kCaller);
  EXPECT_TRUE(cancellation.cancelled());
  EXPECT_EQ(Reason(RunCancellable("SELECT 1", &cancellation)), "DEADLINE_EXCEEDED");
}

TEST_F(CancellationTest, StatementOfACancelledCallIsNotExecuted) {
  ASSERT_TRUE(Run(*connection_, "CREATE TABLE untouched (n int)").ok());
  Cancellation cancellation;
  cancellation.Cancel(Cancellation::Cause::kCaller);
  EXPECT_EQ(Reason(RunCancellable("INSERT INTO untouched VALUES (1)", &cancellation)), "CANCELLED");
  EXPECT_EQ(Value(*connection_, "SELECT count(*) FROM untouched"), "0");
}

TEST_F(CancellationTest, CancelDoesNotBlockItsCaller) {
  Cancellation cancellation;
  std::thread running([&] { (void)RunCancellable("SELECT pg_sleep(20)", &cancellation); });
  AwaitSleep(connection_->backend_pid());
  std::optional<HungBackend> hung(connection_->backend_pid());
  if (!hung->ok()) {
    cancellation.Cancel(Cancellation::Cause::kCaller);
    running.join();
    GTEST_SKIP() << "the database server is on another machine or belongs to another user";
  }
  const auto begin = steady_clock::now();
  cancellation.Cancel(Cancellation::Cause::kCaller);
  EXPECT_LT(steady_clock::now() - begin, milliseconds(8000)) << "the statement cannot end meanwhile";
  hung.reset();
  running.join();
}

TEST_F(CancellationTest, StatementThatIgnoresTheFirstRequestIsCancelledLater) {
  // The block swallows one cancellation, as a request that comes before its statement is lost too.
  Cancellation cancellation;
  std::thread canceller = CancelAsleep(&cancellation, Cancellation::Cause::kCaller);
  const auto begin = steady_clock::now();
  const auto result = RunCancellable(
      "DO $$ BEGIN BEGIN PERFORM pg_sleep(20); EXCEPTION WHEN query_canceled THEN NULL; END; "
      "PERFORM pg_sleep(20); END $$",
      &cancellation);
  canceller.join();
  EXPECT_EQ(Reason(result), "CANCELLED");
  EXPECT_LT(steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(CancellationTest, LateCancelNeverHitsTheNextStatement) {
  constexpr int kRounds = 1000;
  constexpr int kLongest = 100000000;
  std::minstd_rand random(1);
  std::atomic<Cancellation*> current{nullptr};
  std::atomic<int> delay{0};
  std::atomic<bool> done{false};
  std::atomic<int> acknowledged{0};
  std::thread racing([&] {
    while (!done) {
      Cancellation* const cancellation = current.exchange(nullptr);
      if (cancellation == nullptr) continue;
      for (volatile int i = delay; i > 0; i = i - 1) {
      }
      cancellation->Cancel(Cancellation::Cause::kCaller);
      ++acknowledged;
    }
  });
  int cancelled = 0;
  int hit = 0;
  // How long the statement is: so long that it is over about as often before the request arrives as after.
  int length = 1000;
  int given_up = 0;
  for (int round = 0; round < kRounds; ++round) {
    Cancellation cancellation;
    delay = std::uniform_int_distribution<int>(0, 60000)(random);
    current = &cancellation;
    const std::string sql = Cat("SELECT sum(n) FROM generate_series(1, ", length, ") n");
    if (RunCancellable(sql, &cancellation).ok()) {
      length = std::min(length * 2, kLongest);
    } else {
      length = std::max(length / 2, 1);
      ++cancelled;
    }
    const bool is_given_up = connection_->broken();
    // Long enough to be hit.
    if (!is_given_up && Value(*connection_, "SELECT count(*) FROM generate_series(1, 10000)") != "10000") ++hit;
    while (acknowledged <= round) std::this_thread::yield();
    if (is_given_up) {  // the machine is so busy that a cancel request took longer than it may
      ++given_up;
      connection_ = Open();
      if (connection_ == nullptr) break;
    }
  }
  done = true;
  racing.join();
  RecordProperty("cancelled", cancelled);
  EXPECT_EQ(hit, 0);
  EXPECT_LT(given_up, kRounds / 100);
  EXPECT_GT(cancelled, kRounds / 100) << "the race did not happen";
  EXPECT_LT(cancelled, kRounds) << "the race did not happen";
}

TEST_F(CancellationTest, OneCancellationServesSeveralStatementsInTurn) {
  Cancellation cancellation;
  EXPECT_EQ(Reason(RunCancellable("SELECT 1", &cancellation)), "OK");
  EXPECT_EQ(Reason(RunCancellable("SELECT 2", &cancellation)), "OK");
  std::thread canceller = CancelAsleep(&cancellation, Cancellation::Cause::kCaller);
  EXPECT_EQ(Reason(RunCancellable("SELECT pg_sleep(20)", &cancellation)), "CANCELLED");
  canceller.join();
  EXPECT_EQ(Reason(RunCancellable("SELECT 3", &cancellation)), "CANCELLED");
}

}  // namespace
}  // namespace rowkeeper::db
