#include <atomic>
#include <future>
#include <thread>

#include "server/db/pool.h"
#include "server/exec/executor.h"
#include "server/uow/transaction.h"
#include "tests/pg/gate/gate_fixture.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// What is not a unit of work: autocommitted statements, and jobs that bring their own transaction as Run does.
class SingleCallsTest : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    db::PoolOptions pool;
    pool.pool_size = 4;
    pool_ = std::make_unique<db::Pool>(pool, Options());
    exec::ExecutorOptions options;
    options.workers = 2;
    executor_ = std::make_unique<exec::Executor>(options, nullptr, pool_.get(), &timers_);
  }
  void TearDown() override {
    gate_->Resume();
    executor_.reset();
    pool_.reset();
  }

  std::string Run(exec::Executor::Job job) {
    std::promise<std::string> ended;
    executor_->Submit(
        [this, &job](db::Connection& connection, db::Cancellation* cancellation) {
          ++runs_;
          return job(connection, cancellation);
        },
        {}, Clock::time_point::max(), [&ended](const absl::Status& status) { ended.set_value(Reason(status)); });
    return ended.get_future().get();
  }

  /// One statement, autocommitted.
  std::string RunAlone(db::Query query) {
    return Run([query](db::Connection& connection, db::Cancellation* cancellation) mutable {
      query.cancellation = cancellation;
      return connection.Execute(query).status();
    });
  }
  std::string RunAlone(const std::string& sql, Effect effect, const StatementName* name = nullptr) {
    db::Query query = Statement(sql, effect);
    query.name = name;
    return RunAlone(query);
  }

  /// Two statements in a transaction, as Run executes its calls.
  std::string RunInTransaction(milliseconds in_doubt_limit = seconds(5)) {
    return RunStatements(in_doubt_limit, {Statement(kFirstOfTwo), Statement(kSecondOfTwo)});
  }
  /// The same with statements that are prepared.
  std::string RunPreparedInTransaction() {
    std::vector<db::Query> statements = {Statement(kFirstOfTwo), Statement(kSecondOfTwo)};
    for (db::Query& statement : statements) statement.name = testing::NameOf(statement.text);
    return RunStatements(seconds(5), std::move(statements));
  }
  std::string RunStatements(milliseconds in_doubt_limit, std::vector<db::Query> statements) {
    const uow::CommitResolver resolver(Options(), in_doubt_limit, &rowkeeper::Clock::System());
    return Run([&resolver, &statements](db::Connection& connection, db::Cancellation* cancellation) {
      uow::Transaction transaction(&connection);
      absl::Status status = transaction.Begin({}, cancellation);
      for (const db::Query& statement : statements) {
        if (status.ok()) status = connection.Execute(statement).status();
      }
      return status.ok() ? transaction.Commit(uow::Transaction::Wrote::kPerhaps, resolver) : status;
    });
  }

  static constexpr char kFirstOfTwo[] = "INSERT INTO entries VALUES (1)";
  static constexpr char kSecondOfTwo[] = "INSERT INTO entries VALUES (2)";
  std::atomic<int> runs_{0};
  Timers timers_{&rowkeeper::Clock::System()};
  std::unique_ptr<db::Pool> pool_;
  std::unique_ptr<exec::Executor> executor_;
};

constexpr char kInsert[] = "INSERT INTO entries VALUES (1)";
constexpr char kManyRows[] = "SELECT repeat('x', 200) FROM generate_series(1, 10000)";

TEST_F(SingleCallsTest, ReadCutInMidResultIsRunAgain) {
  gate_->Add({'Q', "generate_series", Action::kCutAfterRows, 500});
  EXPECT_EQ(RunAlone(kManyRows, Effect::kRead), "OK");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(runs_, 2);
}

TEST_F(SingleCallsTest, WriteLostOnTheWayHasAnUnknownOutcomeAndIsNotRunAgain) {
  gate_->Add({'Q', "INSERT", Action::kCutBefore});
  EXPECT_EQ(RunAlone(kInsert, Effect::kWrite), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(runs_, 1);
  AwaitNoTransaction();
  EXPECT_EQ(Entries(), "");
}

TEST_F(SingleCallsTest, WriteWhoseReplyIsLostHasAnUnknownOutcomeAndIsNotRunAgain) {
  gate_->Add({'Q', "INSERT", Action::kLoseReply});
  EXPECT_EQ(RunAlone(kInsert, Effect::kWrite), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Entries(), "1");
}

TEST_F(SingleCallsTest, WriteThatReturnsManyRowsAndIsCutInTheMiddleHappensOnce) {
  gate_->Add({'Q', "generate_series", Action::kCutAfterRows, 3});
  EXPECT_EQ(RunAlone("INSERT INTO entries SELECT 5 FROM generate_series(1, 10) RETURNING n", Effect::kWrite),
            "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(runs_, 1);
  AwaitNoTransaction();
  EXPECT_EQ(Entries(), "5,5,5,5,5,5,5,5,5,5");
}

TEST_F(SingleCallsTest, WriteWhosePreparationIsCutIsRunAgainAndHappensOnce) {
  for (const Action action : {Action::kCutBefore, Action::kLoseReply}) {
    runs_ = 0;
    const std::string insert = Cat(kInsert, action == Action::kCutBefore ? " " : "  ");  // prepared for the first time
    gate_->Add({'P', "INSERT", action});
    EXPECT_EQ(RunAlone(insert, Effect::kWrite, testing::NameOf(insert)), "OK");
    EXPECT_EQ(runs_, 2);
  }
  EXPECT_EQ(Entries(), "1,1");
}

TEST_F(SingleCallsTest, TransactionWhoseSessionEndsRightBehindTheAnswerToCommitHappensOnce) {
  for (int i = 0; i < 20; ++i) {
    runs_ = 0;
    gate_->Add({'Q', std::string("COMMIT\0", 7), Action::kEndBehindReply});
    EXPECT_EQ(RunInTransaction(), "OK");
    EXPECT_EQ(runs_, 1);
  }
  EXPECT_EQ(gate_->seen().fired, 20);
  EXPECT_EQ(scratch_.Value("SELECT count(*) FROM entries"), "40");
}

TEST_F(SingleCallsTest, WriteWhoseSessionEndsRightBehindItsAnswerHappensOnce) {
  for (int i = 0; i < 20; ++i) {
    runs_ = 0;
    gate_->Add({'Q', "INSERT", Action::kEndBehindReply});
    // libpqxx may hear of the end before it gives the answer.
    EXPECT_THAT(RunAlone(kInsert, Effect::kWrite), ::testing::AnyOf("OK", "COMMIT_OUTCOME_UNKNOWN"));
    EXPECT_EQ(runs_, 1);
  }
  EXPECT_EQ(scratch_.Value("SELECT count(*) FROM entries"), "20");
}

TEST_F(SingleCallsTest, StallDuringAStatementEndsByTheAnswerLimit) {
  gate_->Add({'Q', "SELECT 1", Action::kStall});
  EXPECT_EQ(RunAlone(HastyStatement("SELECT 1", Effect::kRead)), "DATABASE_UNAVAILABLE")
      << "for it may be running still";
  EXPECT_EQ(runs_, 1);
  gate_->Add({'Q', "INSERT", Action::kSwallowReply});
  const auto begin = Clock::now();
  EXPECT_EQ(RunAlone(HastyStatement(kInsert)), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_LT(Clock::now() - begin, seconds(10));
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(Entries(), "1");
}

TEST_F(SingleCallsTest, TransactionCutBeforeCommitIsRunAgainAsAWhole) {
  for (const char* words : {"BEGIN", "VALUES (1)", "VALUES (2)", "pg_current_xact_id_if_assigned"}) {
    for (const Action action : {Action::kCutBefore, Action::kLoseReply}) {
      scratch_.Run("TRUNCATE entries");
      runs_ = 0;
      gate_->Add({'Q', words, action});
      EXPECT_EQ(RunInTransaction(), "OK") << words;
      EXPECT_EQ(runs_, 2) << words;
      EXPECT_EQ(Entries(), "1,2") << words;
    }
  }
}

/// What such a transaction sends when its statements are prepared: BEGIN, the first write and the question for its id
/// together, the second write, COMMIT.
TEST_F(SingleCallsTest, TransactionWhoseStatementsTravelTogetherHappensOnceWhereverItIsCut) {
  const std::string commit("COMMIT\0", 7);
  const std::string first = testing::NameOf(kFirstOfTwo)->str();
  const std::string second = testing::NameOf(kSecondOfTwo)->str();
  for (const auto& [type, words] :
       {std::pair('P', std::string("BEGIN")), std::pair('B', first),
        std::pair('B', std::string("rowkeeper_transaction_id")), std::pair('B', second), std::pair('Q', commit)}) {
    for (const Action action : {Action::kCutBefore, Action::kLoseReply}) {
      for (int i = 0; i < 2; ++i) EXPECT_EQ(RunPreparedInTransaction(), "OK");  // all is prepared on the connection
      scratch_.Run("TRUNCATE entries");
      runs_ = 0;
      const int fired = gate_->seen().fired;
      gate_->Add({type, words, action});
      EXPECT_EQ(RunPreparedInTransaction(), "OK") << type << " " << words;
      EXPECT_EQ(gate_->seen().fired, fired + 1) << type << " " << words;
      EXPECT_EQ(runs_, words == commit && action == Action::kLoseReply ? 1 : 2) << type << " " << words;
      EXPECT_EQ(Entries(), "1,2") << type << " " << words;
    }
  }
}

TEST_F(SingleCallsTest, TransactionWhoseCommitIsLostOnTheWayIsRunAgainAndHappensOnce) {
  gate_->Add({'Q', std::string("COMMIT\0", 7), Action::kCutBefore});
  EXPECT_EQ(RunInTransaction(), "OK");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(runs_, 2);
  EXPECT_EQ(Entries(), "1,2");
}

TEST_F(SingleCallsTest, TransactionWhoseCommitGotNoReplyIsNotRunAgain) {
  gate_->Add({'Q', std::string("COMMIT\0", 7), Action::kLoseReply});
  EXPECT_EQ(RunInTransaction(), "OK");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(runs_, 1);
  EXPECT_EQ(Entries(), "1,2");
}

TEST_F(SingleCallsTest, TransactionWhoseCommitCannotBeResolvedIsUnknownAndNotRunAgain) {
  for (const auto& [action, entries] : {std::pair(Action::kCutBefore, ""), std::pair(Action::kLoseReply, "1,2")}) {
    runs_ = 0;
    EXPECT_EQ(RunAlone("SELECT 1", Effect::kRead), "OK") << "so that the pool has a connection";
    gate_->Add({'Q', std::string("COMMIT\0", 7), action});
    gate_->RefuseNew();
    EXPECT_EQ(RunInTransaction(milliseconds(500)), "COMMIT_OUTCOME_UNKNOWN");
    EXPECT_EQ(runs_, 2);
    gate_->Resume();
    AwaitNoTransaction();
    EXPECT_EQ(Entries(), entries);
  }
}

TEST_F(SingleCallsTest, CancelRequestThatHangsHoldsNeitherItsCallNorTheCancelsOfOthers) {
  const auto connection = Open();
  ASSERT_NE(connection, nullptr);
  db::Cancellation cancellation;
  gate_->StallAll();
  std::thread caller([&cancellation] {
    absl::SleepFor(absl::Milliseconds(100));  // until it was sent; the gate holds it, so nothing tells
    cancellation.Cancel(db::Cancellation::Cause::kDeadline);
  });
  db::Query query = Statement("SELECT pg_sleep(30)", Effect::kRead);
  query.cancellation = &cancellation;
  const auto begin = Clock::now();
  EXPECT_EQ(Reason(connection->Execute(query).status()), "DEADLINE_EXCEEDED");
  EXPECT_LT(Clock::now() - begin, seconds(8));
  EXPECT_TRUE(connection->broken());
  caller.join();

  db::ConnectionOptions direct;
  direct.url = scratch_.url();
  const auto other = db::Connection::Open(direct);
  ASSERT_TRUE(other.ok()) << other.status();
  db::Cancellation others;
  query.cancellation = &others;
  std::thread other_caller([this, &others] {
    AwaitSleep();
    others.Cancel(db::Cancellation::Cause::kCaller);
  });
  EXPECT_EQ(Reason((*other)->Execute(query).status()), "CANCELLED");
  EXPECT_LT(Clock::now() - begin, seconds(8));
  other_caller.join();
}

}  // namespace
}  // namespace rowkeeper::testing
