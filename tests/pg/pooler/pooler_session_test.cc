#include <chrono>

#include "tests/pg/pooler/pooler_fixture.h"

/// What a new connection finds out, what it sets, and what it refuses.
namespace rowkeeper::db {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::PgBouncer;

testing::PgBouncer::Options Mode(PgBouncer::Mode mode, int pool_size = 1) {
  testing::PgBouncer::Options options;
  options.mode = mode;
  options.pool_size = pool_size;
  return options;
}

class PoolerSessionTest : public PoolerTest {
 protected:
  std::string Refusal(const ConnectionOptions& options) {
    const auto connection = Connection::Open(options);
    if (connection.ok()) return "OK";
    EXPECT_EQ(ErrorReason(connection.status()), "POOLER_UNFIT");
    return std::string(connection.status().message());
  }
};

TEST_F(PoolerSessionTest, ADirectSessionIsItsOwnAndSetUp) {
  for (const Pooler pooler : {Pooler::kAuto, Pooler::kNone, Pooler::kSession}) {
    ConnectionOptions options = Direct();
    options.pooler = pooler;
    options.statement_timeout_ms = 7654;
    const auto connection = Open(options);
    EXPECT_EQ(Value(*connection, "SELECT pg_backend_pid()"), Cat(connection->backend_pid()));
    EXPECT_EQ(Value(*connection, "SHOW statement_timeout"), "7654ms");
    EXPECT_EQ(Value(*connection, "SHOW TimeZone"), "UTC");
    EXPECT_TRUE(connection->ExecuteScript("SET lock_timeout = 1; SELECT 1", nullptr).ok());
  }
}

TEST_F(PoolerSessionTest, APoolerIsFoundAndCountsAsTransactionMode) {
  for (const auto mode : {PgBouncer::Mode::kTransaction, PgBouncer::Mode::kSession}) {
    StartPooler(Mode(mode));
    const auto connection = Open(Pooled());
    EXPECT_EQ(connection->backend_pid(), 0);
    const absl::Status script = connection->ExecuteScript("SELECT 1", nullptr);
    EXPECT_EQ(ErrorReason(script), "POOLER_UNFIT");
  }
}

TEST_F(PoolerSessionTest, NothingOfASessionIsLeftToTheNextClient) {
  StartPooler(Mode(PgBouncer::Mode::kTransaction));
  scratch().Run(Cat("ALTER ROLE ", role(), " SET statement_timeout = 43000"));
  const std::string before = "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings";
  ConnectionOptions options = Pooled();
  options.statement_timeout_ms = 1111;
  options.lock_timeout_ms = 2222;
  options.idle_in_transaction_ms = 3333;
  const auto other = Open(Pooled());
  const std::string settings = Value(*other, before);
  ASSERT_THAT(settings, HasSubstr("statement_timeout=43000"));

  const auto connection = Open(options);
  EXPECT_EQ(Value(*connection, "SHOW statement_timeout"), "43s") << "outside transactions the role's holds";
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  EXPECT_EQ(Value(*connection, "SHOW statement_timeout"), "1111ms");
  EXPECT_EQ(Value(*connection, "SHOW lock_timeout"), "2222ms");
  EXPECT_EQ(Value(*connection, "SHOW idle_in_transaction_session_timeout"), "3333ms");
  ASSERT_TRUE(Run(*connection, "COMMIT").ok());
  ASSERT_TRUE(Run(*connection, "BEGIN; SET LOCAL idle_in_transaction_session_timeout = 9999").ok());
  EXPECT_EQ(Value(*connection, "SHOW idle_in_transaction_session_timeout"), "9999ms") << "its own wins";
  EXPECT_TRUE(connection->Reset().ok());
  EXPECT_EQ(Value(*other, before), settings);
  EXPECT_EQ(Value(*other, "SELECT count(*) FROM pg_prepared_statements"), "0");
}

TEST_F(PoolerSessionTest, SettingsOfTheRoleThatChangeAnswersAreRefusedWithTheRemedy) {
  const std::pair<const char*, const char*> wrong[] = {
      {"TimeZone", "Europe/Berlin"}, {"DateStyle", "German, DMY"}, {"IntervalStyle", "iso_8601"},
      {"extra_float_digits", "0"},   {"bytea_output", "escape"},   {"standard_conforming_strings", "off"},
  };
  for (const auto& [name, value] : wrong) {
    scratch().Run(Cat("ALTER ROLE ", role(), " SET ", name, " = '", value, "'"));
    StartPooler(Mode(PgBouncer::Mode::kTransaction));
    const std::string refusal = Refusal(Pooled());
    const size_t begin = refusal.find("ALTER ROLE");
    ASSERT_THAT(refusal,
                AllOf(HasSubstr(Cat(name, " is '")), HasSubstr(Cat("ALTER ROLE \"", role(), "\" SET ", name))));
    EXPECT_EQ(Refusal(Direct()), "OK") << "a session of its own is set up";
    scratch().Run(refusal.substr(begin, refusal.rfind(';') - begin));  // what it says to run
    StartPooler(Mode(PgBouncer::Mode::kTransaction));
    EXPECT_EQ(Refusal(Pooled()), "OK");
  }
}

TEST_F(PoolerSessionTest, OtherNamesOfTheSameSettingsAreRight) {
  for (const char* setting : {"TimeZone = 'Etc/UTC'", "TimeZone = 'GMT'", "extra_float_digits = 3"}) {
    scratch().Run(Cat("ALTER ROLE ", role(), " SET ", setting));
    StartPooler(Mode(PgBouncer::Mode::kTransaction));
    EXPECT_EQ(Refusal(Pooled()), "OK") << setting;
  }
}

TEST_F(PoolerSessionTest, SessionModeIsBelievedWhenItIsSaid) {
  StartPooler(Mode(PgBouncer::Mode::kSession, 2));
  ConnectionOptions options = Pooled(Pooler::kSession);
  options.statement_timeout_ms = 7654;
  options.use = SessionUse::kSession;
  const auto connection = Open(options);
  EXPECT_EQ(Value(*connection, "SELECT pg_backend_pid()"), Cat(connection->backend_pid()));
  EXPECT_EQ(Value(*connection, "SHOW statement_timeout"), "7654ms");
  EXPECT_TRUE(connection->ExecuteScript("SELECT 1", nullptr).ok());
  EXPECT_TRUE(connection->Ping().ok());
}

TEST_F(PoolerSessionTest, ASessionThatChangesIsNotUsedOn) {
  StartPooler(Mode(PgBouncer::Mode::kTransaction, 2));
  const auto connection = Open(Pooled(Pooler::kSession));
  const std::string process = Cat(connection->backend_pid());
  EXPECT_TRUE(connection->Ping().ok()) << "nobody else is there yet";
  const auto other = Open(Pooled(Pooler::kSession));
  ASSERT_TRUE(Run(*other, "BEGIN").ok());
  ASSERT_EQ(Value(*other, "SELECT pg_backend_pid()"), process) << "the pooler gives the one used last";
  EXPECT_EQ(ErrorReason(connection->Ping()), "DATABASE_UNAVAILABLE");
  EXPECT_TRUE(connection->broken());
}

TEST_F(PoolerSessionTest, SessionModeThatIsNoneIsSeenBeforeAnythingIsSet) {
  for (const int sessions : {1, 3}) {
    StartPooler(Mode(PgBouncer::Mode::kTransaction, sessions));
    ConnectionOptions options = Pooled(Pooler::kSession);
    options.prove_session = true;
    options.statement_timeout_ms = 7654;
    EXPECT_THAT(Refusal(options), HasSubstr("--pooler transaction"));
    EXPECT_THAT(Value(*Open(Pooled()), "SHOW statement_timeout"), Not("7654ms"));
    StartPooler(Mode(PgBouncer::Mode::kSession, sessions));
    options.url = Pooled().url;
    EXPECT_EQ(Refusal(options), "OK");
  }
}

TEST_F(PoolerSessionTest, APoolerThatTakesNoMoreClientsIsFull) {
  testing::PgBouncer::Options options = Mode(PgBouncer::Mode::kTransaction);
  options.max_clients = 2;
  StartPooler(options);
  const auto one = Open(Pooled());
  const auto two = Open(Pooled());
  EXPECT_EQ(ErrorReason(Connection::Open(Pooled()).status()), "DATABASE_RESOURCES");
}

TEST_F(PoolerSessionTest, WhatIsSaidAndIsNotSoIsRefused) {
  StartPooler(Mode(PgBouncer::Mode::kTransaction));
  EXPECT_THAT(Refusal(Pooled(Pooler::kNone)), HasSubstr("--pooler none"));
  ConnectionOptions options = Pooled();
  options.use = SessionUse::kSession;
  EXPECT_THAT(Refusal(options), HasSubstr("--migrations-database-url"));
  options.pooler = Pooler::kTransaction;
  EXPECT_THAT(Refusal(options), HasSubstr("--migrations-database-url"));
  options.pooler = Pooler::kAuto;
  options.url = Direct().url;
  EXPECT_EQ(Refusal(options), "OK");
}

TEST_F(PoolerSessionTest, TransactionModeWithoutAPoolerSetsNothing) {
  ConnectionOptions options = Direct();
  options.pooler = Pooler::kTransaction;
  options.statement_timeout_ms = 7654;
  const auto connection = Open(options);
  EXPECT_THAT(Value(*connection, "SHOW statement_timeout"), Not("7654ms"));
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  EXPECT_EQ(Value(*connection, "SHOW statement_timeout"), "7654ms");
}

TEST_F(PoolerSessionTest, TheServerKeepsItsStatementTimeoutItselfWhereTheRoleHasALongerOne) {
  StartPooler(Mode(PgBouncer::Mode::kTransaction));
  ConnectionOptions options = Pooled();
  options.statement_timeout_ms = 300;
  const auto connection = Open(options);
  for (int i = 0; i < 3; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(Value(*connection, "SELECT pg_sleep(10)"), "error: STATEMENT_TIMEOUT");
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
    EXPECT_EQ(Value(*connection, "SELECT 'next'"), "next");
  }
  EXPECT_FALSE(connection->broken());
}

TEST_F(PoolerSessionTest, AStatementThatGotNoSessionHasNotRun) {
  testing::PgBouncer::Options options = Mode(PgBouncer::Mode::kTransaction);
  options.query_wait_timeout_s = 1;
  StartPooler(options);
  const auto waiting = Open(Pooled());
  const auto holder = Open(Pooled());
  ASSERT_TRUE(Run(*holder, "BEGIN").ok());
  EXPECT_EQ(Value(*waiting, "CREATE TABLE written (id int)"), "error: DATABASE_RESOURCES");
  EXPECT_TRUE(waiting->broken());
  EXPECT_EQ(scratch().Value("SELECT to_regclass('written') IS NULL"), "t");
}

}  // namespace
}  // namespace rowkeeper::db
