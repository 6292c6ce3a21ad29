#include "server/app/statement_watch.h"

#include <thread>

#include "server/observe/lock_waits.h"
#include "server/observe/log.h"
#include "tests/pg/db/db_fixture.h"
#include "tests/support/fake_clock.h"

namespace rowkeeper::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

class StatementWatchTest : public db::DbTest {
 protected:
  void SetUp() override {
    db::DbTest::SetUp();
    scratch().Run(
        "DROP TABLE IF EXISTS locked, free; CREATE TABLE locked (id bigint PRIMARY KEY); CREATE TABLE free (id bigint "
        "PRIMARY KEY)");
    watch_.connection = Options();
    watch_.connection.counters = counters_;
    watch_.plan_delay = milliseconds(0);
    watch_.clock = &clock_;
  }

  std::shared_ptr<const sql::Statement> Used(const std::string& text) {
    auto statement = std::make_shared<sql::Statement>();
    statement->id = kept_.size() + 1;
    statement->text = text;
    statement->use = std::make_shared<observe::StatementUse>();
    statement->use->Add(std::chrono::milliseconds(1), 1);
    kept_.push_back(statement);
    return statement;
  }
  static bool HasPlan(const sql::Statement& statement) { return statement.use->plan() != nullptr; }
  bool AwaitPlan(const sql::Statement& statement) {
    return clock_.AdvanceUntil([&] { return HasPlan(statement); }, minutes(1), milliseconds(100));
  }
  /// Of statements that are asked for at once: no time passes meanwhile.
  static bool AwaitFirstPlan(const sql::Statement& statement) {
    return testing::Eventually([&] { return HasPlan(statement); });
  }
  static bool HasSession() {
    return scratch().Value(
               "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'rowkeeper watch' AND datname = "
               "current_database()") == "1";
  }

  testing::FakeClock clock_;
  StatementWatch::Options watch_;
  PlanTurns::Statements kept_;
  const std::shared_ptr<db::SessionCounters> counters_ = std::make_shared<db::SessionCounters>();
};

TEST_F(StatementWatchTest, ALockedTableCostsOnlyItsOwnStatementsTheirPlans) {
  std::vector<std::shared_ptr<const sql::Statement>> of_locked;
  for (int i = 0; i < 3; ++i) of_locked.push_back(Used(Cat("SELECT id, ", i, " FROM locked")));
  const auto of_free = Used("SELECT id FROM free");
  const auto missing = Used("SELECT id FROM no_such_table");
  auto locker = Open();
  ASSERT_TRUE(locker->ExecuteScript("BEGIN; LOCK TABLE locked", nullptr).ok());
  const StatementWatch watch(watch_, [this] { return kept_; });
  EXPECT_TRUE(AwaitPlan(*of_free));
  EXPECT_FALSE(HasPlan(*of_locked.front()));
  ASSERT_TRUE(locker->ExecuteScript("ROLLBACK", nullptr).ok());
  for (const auto& statement : of_locked) {
    EXPECT_TRUE(AwaitPlan(*statement));
    EXPECT_NE(statement->use->plan()->find("public.locked"), std::string::npos) << *statement->use->plan();
  }
  EXPECT_FALSE(HasPlan(*missing));
  EXPECT_EQ(counters_->direct.value(), 1u) << "one session is enough, whatever fails in it";
  EXPECT_EQ(counters_->lost.value(), 0u);
}

TEST_F(StatementWatchTest, NothingIsAskedBeforeThePlanDelayHasPassed) {
  const auto used = Used("SELECT id FROM free");
  watch_.plan_delay = minutes(5);
  const StatementWatch watch(watch_, [this] { return kept_; });
  clock_.AdvanceInSteps(minutes(5) - milliseconds(1), seconds(1));
  EXPECT_FALSE(HasPlan(*used));
  EXPECT_EQ(counters_->direct.value(), 0u) << "it needs no session before";
  clock_.Advance(milliseconds(1));
  EXPECT_TRUE(AwaitFirstPlan(*used));
}

TEST_F(StatementWatchTest, ItsSessionEndsWhenThereIsNothingToAsk) {
  const auto used = Used("SELECT id FROM free");
  const StatementWatch watch(watch_, [this] { return kept_; });
  ASSERT_TRUE(AwaitFirstPlan(*used));
  clock_.AdvanceInSteps(seconds(20), seconds(1));
  EXPECT_TRUE(HasSession()) << "there may be something to ask soon";
  clock_.Advance(seconds(11));
  EXPECT_TRUE(testing::Eventually([] { return !HasSession(); }));
}

TEST_F(StatementWatchTest, SeesWhomALongStatementWaitsFor) {
  observe::SetSlowCallLimit(milliseconds(100));
  auto locker = Open();
  ASSERT_TRUE(locker->ExecuteScript("BEGIN; LOCK TABLE locked", nullptr).ok());
  auto waiting = Open();
  const int backend = waiting->backend_pid();
  const auto begin = Clock::System().WallNow();
  std::thread waits([&] { EXPECT_EQ(Value(*waiting, "SELECT count(*) FROM locked"), "0"); });
  const StatementWatch watch(watch_, [this] { return kept_; });
  const auto seen = [&] { return observe::LockWaits::Process().Find(backend, begin, Clock::System().WallNow()); };
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return seen().has_value(); }, minutes(1), milliseconds(100)));
  EXPECT_TRUE(locker->ExecuteScript("ROLLBACK", nullptr).ok());
  waits.join();
  ASSERT_TRUE(seen().has_value());
  EXPECT_EQ(seen()->blocked_by, std::to_string(locker->backend_pid()));
  EXPECT_EQ(seen()->lock, "relation");
  observe::SetSlowCallLimit(observe::LogOptions().slow_call);
}

}  // namespace
}  // namespace rowkeeper::app
