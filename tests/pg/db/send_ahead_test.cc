// Statements that are sent by one thread, whose answers are read later.
#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <thread>

#include "server/db/cancellation.h"
#include "tests/pg/db/pool_fixture.h"

namespace rowkeeper::db {
namespace {

using Cause = Cancellation::Cause;

constexpr char kSleep[] = "SELECT pg_sleep($1::float8)::text";
constexpr char kText[] = "SELECT repeat('x', $1::int)";

class SendAheadTest : public PoolTest {
 protected:
  /// One statement, prepared under its name.
  struct Read {
    Read(std::string_view sql, std::vector<Param> with, Query::Effect effect = Query::Effect::kRead)
        : params(std::move(with)) {
      query.text = sql;
      query.name = testing::NameOf(sql);
      query.params = &params;
      query.effect = effect;
      query.result = ResultShape::Columns(1);
    }
    std::vector<Param> params;
    Query query;
  };

  void SetUp() override {
    PoolTest::SetUp();
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
    for (const char* sql : {kSleep, kText}) {
      Read read(sql, {"0"});
      const auto rows = connection_->Execute(read.query);
      ASSERT_TRUE(rows.ok()) << rows.status();
    }
  }

  /// As whoever waits for input does it.
  Arrival Await() {
    Arrival arrival = Arrival::kUnderWay;
    while (arrival == Arrival::kUnderWay) {
      pollfd fd{connection_->socket(), POLLIN, 0};
      if (poll(&fd, 1, 20000) != 1) return Arrival::kUnderWay;
      arrival = connection_->ReadAhead();
    }
    return arrival;
  }

  static Read Insert(int rows) {
    return Read("INSERT INTO written SELECT 7 FROM generate_series(1, $1::int) RETURNING id", {std::to_string(rows)},
                Query::Effect::kWrite);
  }

  /// So that it is prepared.
  void WarmUp(const Read& statement) {
    const auto rows = connection_->Execute(statement.query);
    ASSERT_TRUE(rows.ok()) << rows.status();
  }

  void MakeTable() {
    ASSERT_TRUE(Run(*connection_, "DROP TABLE IF EXISTS written; CREATE TABLE written (id int)").ok());
    WarmUp(Insert(0));
  }

  std::string Execute(const Read& read) {
    const auto rows = connection_->Execute(read.query);
    return rows.ok() ? Cat(rows->cell(0, 0).size(), " bytes") : ErrorReason(rows.status());
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(SendAheadTest, TheAnswerIsReadByExecute) {
  for (int i = 1; i < 100; ++i) {
    Read read(kText, {std::to_string(i)});
    ASSERT_TRUE(connection_->SendAhead(read.query));
    EXPECT_EQ(Await(), Arrival::kWhole);
    EXPECT_EQ(Execute(read), Cat(i, " bytes"));
  }
  EXPECT_EQ(Value(*connection_,
                  "SELECT generic_plans + custom_plans FROM pg_prepared_statements "
                  "WHERE statement LIKE '%repeat%'"),
            "100");
}

TEST_F(SendAheadTest, ExecuteWaitsForAnAnswerThatIsNotThere) {
  Read read(kSleep, {"2"});  // longer than a busy machine pauses
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_EQ(connection_->ReadAhead(), Arrival::kUnderWay);
  EXPECT_EQ(Execute(read), "0 bytes");
}

TEST_F(SendAheadTest, NothingIsSentThatWouldTakeMore) {
  Read unknown("SELECT $1::text", {"x"});
  EXPECT_FALSE(connection_->SendAhead(unknown.query)) << "it is not prepared";
  Read read(kText, {"1"});
  Read large(kText, {std::string(9000, '0')});
  EXPECT_FALSE(connection_->SendAhead(large.query)) << "it may not fit into the socket's buffer";
  Cancellation cancelled;
  cancelled.Cancel(Cause::kCaller);
  Read late(kText, {"1"});
  late.query.cancellation = &cancelled;
  EXPECT_FALSE(connection_->SendAhead(late.query)) << "it is cancelled";
  EXPECT_EQ(Execute(late), "CANCELLED");
  ASSERT_TRUE(Run(*connection_, "BEGIN").ok());
  EXPECT_FALSE(connection_->SendAhead(read.query)) << "in a transaction";
  ASSERT_TRUE(Run(*connection_, "ROLLBACK").ok());
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_FALSE(connection_->SendAhead(read.query)) << "there is one under way";
  EXPECT_EQ(Execute(read), "1 bytes");
  Kill(connection_->backend_pid());
  EXPECT_NE(Reason(Run(*connection_, "SELECT 1", {}, Query::Effect::kRead)), "OK");
  EXPECT_FALSE(connection_->SendAhead(read.query)) << "the connection is lost";
}

TEST_F(SendAheadTest, AnErrorIsToldByExecuteAndTheNextStatementIsUnhurt) {
  Read read(kText, {"no number"});
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_EQ(Await(), Arrival::kOther);
  EXPECT_EQ(connection_->Execute(read.query).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(connection_->broken());
  EXPECT_EQ(Value(*connection_, "SELECT 7"), "7");
}

TEST_F(SendAheadTest, AWriteIsSentAndItsRowReadByExecute) {
  MakeTable();
  Read write = Insert(1);
  ASSERT_TRUE(connection_->SendAhead(write.query));
  EXPECT_EQ(Await(), Arrival::kWhole);
  EXPECT_EQ(Execute(write), "1 bytes");
  EXPECT_EQ(Value(*connection_, "SELECT count(*) FROM written"), "1");
}

TEST_F(SendAheadTest, AWriteThatWroteNothingIsNotWhole) {
  MakeTable();
  Read write = Insert(0);
  ASSERT_TRUE(connection_->SendAhead(write.query));
  EXPECT_EQ(Await(), Arrival::kOther) << "whoever asked for it may want to know why";
  const auto rows = connection_->Execute(write.query);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->size(), 0);
}

TEST_F(SendAheadTest, AWriteThatWasSentIsNeverSaidNotToHaveHappened) {
  MakeTable();
  Read write = Insert(1);
  ASSERT_TRUE(connection_->SendAhead(write.query));
  EXPECT_EQ(Await(), Arrival::kWhole);
  shutdown(connection_->socket(), SHUT_RDWR);
  EXPECT_EQ(Execute(write), "1 bytes") << "it was answered before";
  EXPECT_NE(Reason(Run(*connection_, "SELECT 1", {}, Query::Effect::kRead)), "OK");

  connection_ = Open();
  WarmUp(Insert(0));
  const std::unique_ptr<Connection> blocker = Open();
  ASSERT_TRUE(blocker->ExecuteScript("BEGIN; LOCK TABLE written IN EXCLUSIVE MODE", nullptr).ok());
  Read lost = Insert(1);
  ASSERT_TRUE(connection_->SendAhead(lost.query));
  EXPECT_EQ(connection_->ReadAhead(), Arrival::kUnderWay);
  shutdown(connection_->socket(), SHUT_RDWR);
  EXPECT_EQ(Await(), Arrival::kOther);
  EXPECT_EQ(Execute(lost), "COMMIT_OUTCOME_UNKNOWN");
}

TEST_F(SendAheadTest, AWriteIsNotSentOnAConnectionThatIsClosed) {
  MakeTable();
  Kill(connection_->backend_pid());
  ASSERT_TRUE(testing::Eventually([this] { return !connection_->SocketLooksAlive(); }));
  Read write = Insert(1);
  EXPECT_FALSE(connection_->SendAhead(write.query));
  EXPECT_EQ(Execute(write), "DATABASE_UNAVAILABLE") << "it provably has not happened";
}

TEST_F(SendAheadTest, RowsThatAreLargeAreReadByExecute) {
  Read read(kText, {"3000000"});
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_EQ(Await(), Arrival::kOther);
  EXPECT_EQ(Execute(read), "3000000 bytes");
}

TEST_F(SendAheadTest, ACancelReachesWhatWasSent) {
  for (const auto& [cause, reason] :
       {std::pair(Cause::kCaller, "CANCELLED"), {Cause::kDeadline, "DEADLINE_EXCEEDED"}}) {
    Cancellation cancellation;
    Read read(kSleep, {"30"});
    read.query.cancellation = &cancellation;
    ASSERT_TRUE(connection_->SendAhead(read.query));
    AwaitSleep(connection_->backend_pid());
    cancellation.Cancel(cause);
    EXPECT_EQ(Await(), Arrival::kOther);
    EXPECT_EQ(Execute(read), reason);
    for (int i = 1; i < 20; ++i) EXPECT_EQ(Value(*connection_, Cat("SELECT ", i)), Cat(i));
  }
}

TEST_F(SendAheadTest, AStatementThatWasForgottenByTheServerIsPreparedAndSentAgain) {
  ASSERT_TRUE(Run(*connection_, "DEALLOCATE ALL").ok());
  Read read(kText, {"5"});
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_EQ(Await(), Arrival::kOther);
  EXPECT_EQ(Execute(read), "5 bytes");
}

TEST_F(SendAheadTest, AResultThatWasNotPromisedIsNotWhole) {
  Read read(kText, {"5"});
  read.query.result = ResultShape::Columns(2);
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_EQ(Await(), Arrival::kOther);
  EXPECT_EQ(Execute(read), "INTERNAL");
}

TEST_F(SendAheadTest, ALostConnectionIsSeenByWhoeverWaits) {
  Read read(kSleep, {"30"});
  ASSERT_TRUE(connection_->SendAhead(read.query));
  AwaitSleep(connection_->backend_pid());
  Kill(connection_->backend_pid());
  EXPECT_EQ(Await(), Arrival::kOther);
  EXPECT_EQ(Execute(read), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(SendAheadTest, AServerThatHangsIsGivenUp) {
  ConnectionOptions options = Options();
  options.answer_limit_ms = 200;
  connection_ = Open(options);
  Read read(kSleep, {"0"});
  ASSERT_EQ(Execute(read), "0 bytes");
  const HungBackend hung(connection_->backend_pid());
  if (!hung.ok()) GTEST_SKIP() << "the server belongs to another user";
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_EQ(Await(), Arrival::kOther);
  EXPECT_EQ(Execute(read), "DATABASE_UNAVAILABLE");
}

TEST_F(SendAheadTest, AConnectionWhoseAnswerNobodyReadsIsNotUsedAgain) {
  Read read(kText, {"5"});
  ASSERT_TRUE(connection_->SendAhead(read.query));
  EXPECT_FALSE(connection_->Reset().ok());
  EXPECT_TRUE(connection_->broken());
}

TEST_F(SendAheadTest, AnotherStatementDoesNotGetTheAnswer) {
  Read read(kText, {"5"});
  ASSERT_TRUE(connection_->SendAhead(read.query));
  Read other(kSleep, {"0"});
  EXPECT_EQ(Execute(other), "INTERNAL");
  EXPECT_TRUE(connection_->broken());
}

TEST_F(SendAheadTest, APoolGivesWhatIsIdleAndFitAndNothingElse) {
  Pool pool(Still(1, 0), Options());
  EXPECT_FALSE(pool.TryAcquire().held()) << "there is none yet";
  const int pid = Take(pool)->backend_pid();
  {
    const Lease lease = pool.TryAcquire();
    ASSERT_TRUE(lease.held());
    EXPECT_EQ(lease->backend_pid(), pid);
    EXPECT_EQ(pool.stats().leased, 1);
    EXPECT_FALSE(pool.TryAcquire().held()) << "it is leased";
  }
  EXPECT_EQ(pool.stats().leased, 0);
  EXPECT_EQ(pool.stats().idle, 1);
  clock_.Advance(std::chrono::milliseconds(1001));
  EXPECT_FALSE(pool.TryAcquire().held()) << "it would have to be asked whether it is well";
  EXPECT_EQ(Take(pool)->backend_pid(), pid);
  Kill(pid);
  EXPECT_TRUE(testing::Eventually([&] { return !pool.TryAcquire().held(); }));
  EXPECT_EQ(pool.stats().leased, 0);
  EXPECT_EQ(pool.stats().idle, 1) << "whoever closes it may have to wait";
  EXPECT_NE(Take(pool)->backend_pid(), pid);
  EXPECT_EQ(pool.stats().broken_total, 1u);
  EXPECT_EQ(pool.stats().open, 1);
}

TEST_F(SendAheadTest, WhoWaitsForAConnectionComesFirst) {
  Pool pool(Small(1, 0), Options());
  Lease held = Take(pool);
  std::atomic<bool> end{false};
  std::atomic<int> got{0};
  std::thread greedy([&] {
    while (!end) got += pool.TryAcquire().held() ? 1 : 0;
  });
  auto waiting = std::async(std::launch::async, [&] {
    const Lease lease = Take(pool);
    EXPECT_EQ(got, 0);
  });
  AwaitWaiting(pool, 1);
  held = Lease();
  waiting.get();
  end = true;
  greedy.join();
}

}  // namespace
}  // namespace rowkeeper::db
