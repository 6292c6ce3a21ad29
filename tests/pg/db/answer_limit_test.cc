#include <chrono>
#include <optional>
#include <thread>

#include "server/base/error_details.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

/// A session whose backend can be made to hang, and a table that others can look at.
class AnswerLimitTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    scratch().Run("DROP TABLE IF EXISTS answers; CREATE TABLE answers (n int)");
    ConnectionOptions options = Options();
    options.answer_limit_ms = 300;
    connection_ = Open(options);
    ASSERT_NE(connection_, nullptr);
    if (!HungBackend(connection_->backend_pid()).ok()) {
      GTEST_SKIP() << "the database server is on another machine or belongs to another user";
    }
  }

  void Hang() { hung_.emplace(connection_->backend_pid()); }
  /// However busy the machine is, the answer is in time.
  void Prepare(Query query) {
    query.answer_limit_ms = 30000;
    const auto rows = connection_->Execute(query);
    ASSERT_TRUE(rows.ok()) << rows.status();
  }

  static Query Statement(std::string_view sql, Query::Effect effect = Query::Effect::kWrite) {
    Query query;
    query.result = ResultShape::Any();
    query.text = sql;
    query.effect = effect;
    return query;
  }

  /// What a statement on the hung backend ends with; it must end by the limit, and with it the connection.
  std::string ReasonWhenHung(const Query& query) {
    if (!hung_) Hang();
    const auto begin = steady_clock::now();
    const auto rows = connection_->Execute(query);
    took_ = steady_clock::now() - begin;
    EXPECT_LT(took_, seconds(8));
    EXPECT_TRUE(connection_->broken());
    return Reason(rows);
  }

  /// Lets the backend go on, and waits until it has ended.
  void Resume() {
    hung_.reset();
    const std::string is_there = Cat("SELECT count(*) FROM pg_stat_activity WHERE pid = ", connection_->backend_pid());
    ASSERT_TRUE(testing::Eventually([&is_there] { return scratch().Value(is_there) == "0"; }))
        << "the backend does not end";
  }

  static std::string Count() { return scratch().Value("SELECT count(*) FROM answers"); }

  std::unique_ptr<Connection> connection_;
  std::optional<HungBackend> hung_;
  steady_clock::duration took_{};
};

TEST_F(AnswerLimitTest, ReadIsUnavailable) {
  EXPECT_EQ(ReasonWhenHung(Statement("SELECT 1", Query::Effect::kRead)), "DATABASE_UNAVAILABLE");
  EXPECT_GE(took_, milliseconds(300));
}

TEST_F(AnswerLimitTest, AutocommittedWriteHasAnUnknownOutcomeAndMayHappenLater) {
  EXPECT_EQ(ReasonWhenHung(Statement("INSERT INTO answers VALUES (1)")), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(Count(), "0");
  Resume();
  EXPECT_EQ(Count(), "1");
}

TEST_F(AnswerLimitTest, WriteThatWasStillBeingPreparedIsUnavailableAndNeverHappens) {
  Query query = Statement("INSERT INTO answers VALUES (1)");
  query.name = testing::NameOf(query.text);
  EXPECT_EQ(ReasonWhenHung(query), "DATABASE_UNAVAILABLE");
  Resume();
  EXPECT_EQ(Count(), "0");
}

TEST_F(AnswerLimitTest, PreparedWriteThatWasSentHasAnUnknownOutcome) {
  Query query = Statement("INSERT INTO answers VALUES (1)");
  query.name = testing::NameOf(query.text);
  Prepare(query);
  EXPECT_EQ(ReasonWhenHung(query), "COMMIT_OUTCOME_UNKNOWN");
  Resume();
  EXPECT_EQ(Count(), "2");
}

TEST_F(AnswerLimitTest, WriteInATransactionIsUnavailableAndNeverHappens) {
  Prepare(Statement("BEGIN"));
  Prepare(Statement("INSERT INTO answers VALUES (1)"));
  EXPECT_EQ(ReasonWhenHung(Statement("INSERT INTO answers VALUES (2)")), "DATABASE_UNAVAILABLE");
  Resume();
  EXPECT_EQ(Count(), "0");
}

TEST_F(AnswerLimitTest, CommitHasAnUnknownOutcome) {
  Prepare(Statement("BEGIN"));
  Prepare(Statement("INSERT INTO answers VALUES (1)"));
  EXPECT_EQ(ReasonWhenHung(Statement("COMMIT")), "COMMIT_OUTCOME_UNKNOWN");
  Resume();
  EXPECT_EQ(Count(), "1");
}

TEST_F(AnswerLimitTest, LimitOfAQueryComesBeforeTheConnections) {
  Query query = Statement("SELECT 1", Query::Effect::kRead);
  query.answer_limit_ms = 800;
  EXPECT_EQ(ReasonWhenHung(query), "DATABASE_UNAVAILABLE");
  EXPECT_GE(took_, milliseconds(800));
}

/// Whose answers come within the limit, on a busy machine too.
class AnswersInTimeTest : public AnswerLimitTest {
 protected:
  void SetUp() override {
    AnswerLimitTest::SetUp();
    if (IsSkipped()) return;
    ConnectionOptions options = Options();
    options.answer_limit_ms = 4000;
    connection_ = Open(options);
    ASSERT_NE(connection_, nullptr);
  }
};

TEST_F(AnswersInTimeTest, EachRoundTripHasTheWholeLimit) {
  Query query = Statement("SELECT pg_sleep(0.8)", Query::Effect::kRead);
  for (int i = 0; i < 3; ++i) {
    query.name = testing::NameOf(query.text);
    EXPECT_EQ(Reason(connection_->Execute(query)), "OK");
    query.name = nullptr;
    EXPECT_EQ(Reason(connection_->Execute(query)), "OK");
  }
  EXPECT_FALSE(connection_->broken());
}

TEST_F(AnswersInTimeTest, IdleConnectionIsLeftAlone) {
  EXPECT_EQ(Reason(connection_->Execute(Statement("SELECT 1"))), "OK");
  std::this_thread::sleep_for(milliseconds(4500));  // longer than the limit of an answer
  EXPECT_TRUE(connection_->SocketLooksAlive());
  EXPECT_EQ(Reason(connection_->Execute(Statement("SELECT 1"))), "OK");
}

TEST_F(AnswerLimitTest, StatementsThatMayTakeAnyTimeHaveNoLimit) {
  ConnectionOptions options = Options();
  options.answer_limit_ms = 0;
  auto patient = Open(options);
  ASSERT_NE(patient, nullptr);
  EXPECT_TRUE(Run(*patient, "SELECT pg_sleep(0.5)").ok());
  EXPECT_TRUE(connection_->ExecuteScript("SELECT pg_sleep(0.25); SELECT pg_sleep(0.25)", nullptr).ok());
}

TEST_F(AnswerLimitTest, RollbackOfResetEnds) {
  Prepare(Statement("BEGIN"));
  Prepare(Statement("INSERT INTO answers VALUES (1)"));
  Hang();
  const auto begin = steady_clock::now();
  EXPECT_EQ(ErrorReason(connection_->Reset()), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection_->broken());
  EXPECT_LT(steady_clock::now() - begin, seconds(8));
  Resume();
  EXPECT_EQ(Count(), "0");
}

/// Statements that are cancelled while nothing hears: no limit but the cancellation's grace.
class CancelGraceTest : public AnswerLimitTest {
 protected:
  void SetUp() override {
    AnswerLimitTest::SetUp();
    if (IsSkipped()) return;
    connection_ = Open(Options());
    ASSERT_NE(connection_, nullptr);
  }

  std::string ReasonWhenCancelled(Query query, Cancellation::Cause cause) {
    Cancellation cancellation;
    std::thread caller([&] {
      std::this_thread::sleep_for(milliseconds(100));  // until it was sent; a backend that hangs does not tell
      cancellation.Cancel(cause);
    });
    query.cancellation = &cancellation;
    std::string reason = ReasonWhenHung(query);
    caller.join();
    EXPECT_GE(took_, milliseconds(1000)) << "a healthy server has time to cancel";
    return reason;
  }
};

TEST_F(CancelGraceTest, ReadSaysWhyItWasGivenUp) {
  const Query read = Statement("SELECT pg_sleep(10)", Query::Effect::kRead);
  EXPECT_EQ(ReasonWhenCancelled(read, Cancellation::Cause::kDeadline), "DEADLINE_EXCEEDED");
}

TEST_F(CancelGraceTest, ReadThatItsCallerLeftIsCancelled) {
  const Query read = Statement("SELECT pg_sleep(10)", Query::Effect::kRead);
  EXPECT_EQ(ReasonWhenCancelled(read, Cancellation::Cause::kCaller), "CANCELLED");
}

TEST_F(CancelGraceTest, AutocommittedWriteHasAnUnknownOutcome) {
  const Query write = Statement("INSERT INTO answers VALUES (1)");
  EXPECT_EQ(ReasonWhenCancelled(write, Cancellation::Cause::kDeadline), "COMMIT_OUTCOME_UNKNOWN");
  Resume();
  EXPECT_EQ(Count(), "1") << "it happens later";
}

TEST_F(CancelGraceTest, StatementOfATransactionIsUnavailable) {
  Prepare(Statement("BEGIN"));
  const Query write = Statement("INSERT INTO answers VALUES (1)");
  EXPECT_EQ(ReasonWhenCancelled(write, Cancellation::Cause::kDeadline), "DATABASE_UNAVAILABLE");
  Resume();
  EXPECT_EQ(Count(), "0");
}

TEST_F(CancelGraceTest, StatementThatWasCancelledBeforeItCouldHangHasTheGraceForEachRoundTrip) {
  Query query = Statement("SELECT pg_sleep(10)", Query::Effect::kRead);
  query.name = testing::NameOf(query.text);  // hangs while it is prepared
  EXPECT_EQ(ReasonWhenCancelled(query, Cancellation::Cause::kDeadline), "DEADLINE_EXCEEDED");
}

TEST_F(CancelGraceTest, ConnectionThatCancelsInTimeIsKept) {
  for (int i = 0; i < 3; ++i) {
    Cancellation cancellation;
    std::thread caller([&] {
      AwaitSleep(connection_->backend_pid());
      cancellation.Cancel(Cancellation::Cause::kDeadline);
    });
    Query query = Statement("SELECT pg_sleep(10)", Query::Effect::kRead);
    query.cancellation = &cancellation;
    EXPECT_EQ(Reason(connection_->Execute(query)), "DEADLINE_EXCEEDED");
    caller.join();
  }
  std::this_thread::sleep_for(milliseconds(2000));  // longer than the grace of a cancellation
  EXPECT_FALSE(connection_->broken());
  Prepare(Statement("SELECT pg_sleep(2)"));
}

}  // namespace
}  // namespace rowkeeper::db
