#include <memory>
#include <string>
#include <string_view>

#include "server/base/error_details.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// SQLSTATEs that mean something for a session, plan or transaction when PostgreSQL itself reports them.
constexpr const char* kStates[] = {"08000", "08003", "08006", "08P01", "57P01", "57P02", "57P03", "57P04", "57P05",
                                   "25P02", "25P03", "25P04", "25006", "26000", "0A000", "42P05", "40001", "40003"};

/// Triggers whose bodies raise the SQLSTATE that a row names.
class RaisedSqlStateTest : public DbTest {
 protected:
  static void SetUpTestSuite() {
    DbTest::SetUpTestSuite();
    scratch().Run(R"(
      CREATE SEQUENCE tries;
      CREATE FUNCTION raise() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM nextval('tries');
        IF NEW.state <> '' THEN RAISE EXCEPTION 'secret' USING ERRCODE = NEW.state; END IF;
        RETURN NEW;
      END $$;
      CREATE TABLE at_once (state text);
      CREATE TRIGGER raise BEFORE INSERT ON at_once FOR EACH ROW EXECUTE FUNCTION raise();
      CREATE TABLE at_commit (state text);
      CREATE CONSTRAINT TRIGGER raise AFTER INSERT ON at_commit DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW EXECUTE FUNCTION raise();)");
  }

  void SetUp() override {
    DbTest::SetUp();
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
    scratch().Run("SELECT setval('tries', 1000)");
  }

  absl::Status Insert(std::string_view table, const char* state) { return Insert(table, state, nullptr); }
  /// By a plan that is kept.
  absl::Status InsertPrepared(std::string_view table, const char* state) {
    return Insert(table, state, testing::NameOf(InsertText(table)));
  }
  static std::string InsertText(std::string_view table) { return Cat("INSERT INTO ", table, " VALUES ($1)"); }
  absl::Status Insert(std::string_view table, const char* state, const StatementName* name) {
    const std::vector<Param> params = {state};
    const std::string text = InsertText(table);
    Query query;
    query.result = ResultShape::Any();
    query.name = name;
    query.text = text;
    query.params = &params;
    return connection_->Execute(query).status();
  }

  /// How often the trigger ran since the last call, rolled back or not.
  int Tries() {
    const int now = std::stoi(scratch().Value("SELECT last_value FROM tries")) - 1000;
    return now - std::exchange(tries_, now);
  }

  void ExpectRefusal(const absl::Status& status) {
    EXPECT_THAT(ErrorReason(status), AnyOf("TRIGGER_REFUSED", "SERIALIZATION_FAILURE"));
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
    EXPECT_FALSE(connection_->broken());
  }
  void ExpectTheSameSession(int backend_pid) {
    EXPECT_EQ(Value(*connection_, "SELECT pg_backend_pid()"), std::to_string(backend_pid));
  }

  std::unique_ptr<Connection> connection_;
  int tries_ = 0;
};

TEST_F(RaisedSqlStateTest, StatementIsRefusedOnceAndTheConnectionLivesOn) {
  const int pid = connection_->backend_pid();
  ASSERT_TRUE(InsertPrepared("at_once", "").ok());
  ASSERT_EQ(Tries(), 1);
  for (const char* state : kStates) {
    SCOPED_TRACE(state);
    ExpectRefusal(Insert("at_once", state));
    ExpectRefusal(InsertPrepared("at_once", state));  // by a plan that has been used before
    EXPECT_EQ(Tries(), 2);
  }
  ExpectTheSameSession(pid);
  EXPECT_EQ(Value(*connection_, "SELECT count(*) FROM pg_prepared_statements"), "1");
}

TEST_F(RaisedSqlStateTest, OnlySerializationFailuresAskForARerun) {
  for (const char* state : kStates) {
    const bool rerun = std::string_view(state) == "40001";
    EXPECT_EQ(ErrorReason(Insert("at_once", state)), rerun ? "SERIALIZATION_FAILURE" : "TRIGGER_REFUSED") << state;
  }
}

TEST_F(RaisedSqlStateTest, TransactionFailsAndCanGoBackToItsSavepoint) {
  const int pid = connection_->backend_pid();
  ASSERT_TRUE(InsertPrepared("at_once", "").ok());
  for (const char* state : kStates) {
    SCOPED_TRACE(state);
    Tries();
    ASSERT_TRUE(Run(*connection_, "BEGIN").ok());
    ASSERT_TRUE(Run(*connection_, "SAVEPOINT here").ok());
    ExpectRefusal(InsertPrepared("at_once", state));
    EXPECT_EQ(Tries(), 1);
    EXPECT_TRUE(connection_->in_failed_transaction());
    ASSERT_TRUE(Run(*connection_, "ROLLBACK TO here").ok());
    EXPECT_TRUE(Run(*connection_, "COMMIT").ok());
  }
  ExpectTheSameSession(pid);
}

TEST_F(RaisedSqlStateTest, CommitThatADeferredTriggerRefusesIsNoRiddle) {
  const int pid = connection_->backend_pid();
  for (const char* state : kStates) {
    SCOPED_TRACE(state);
    ExpectRefusal(Insert("at_commit", state));
    ASSERT_TRUE(Run(*connection_, "BEGIN").ok());
    ASSERT_TRUE(Insert("at_commit", state).ok());
    ExpectRefusal(Run(*connection_, "COMMIT").status());
    EXPECT_TRUE(connection_->Reset().ok());
  }
  ExpectTheSameSession(pid);
  EXPECT_EQ(Value(*connection_, "SELECT count(*) FROM at_commit"), "0");
}

TEST_F(RaisedSqlStateTest, ScriptIsRefusedWithPostgresWords) {
  for (const char* state : kStates) {
    SCOPED_TRACE(state);
    const absl::Status status = connection_->ExecuteScript(Cat("INSERT INTO at_once VALUES ('", state, "')"), nullptr);
    EXPECT_THAT(status.code(), AnyOf(absl::StatusCode::kFailedPrecondition, absl::StatusCode::kAborted));
    EXPECT_THAT(std::string(status.message()), HasSubstr(Cat(state, ": secret")));
    EXPECT_FALSE(connection_->broken());
  }
}

/// Not a trigger, but no stale plan either.
TEST_F(RaisedSqlStateTest, FeatureThatPostgresItselfRefusesIsNotTriedAgain) {
  const auto truncate = [this](const char* unit) {
    const std::vector<Param> params = {unit};
    Query query;
    query.result = ResultShape::Any();
    query.text = "SELECT nextval('tries'), date_trunc($1, now())";
    query.name = testing::NameOf(query.text);
    query.params = &params;
    return connection_->Execute(query);
  };
  ASSERT_TRUE(truncate("day").ok());
  ASSERT_EQ(Tries(), 1);
  EXPECT_EQ(Reason(truncate("timezone")), "INTERNAL");  // 0A000
  EXPECT_EQ(Tries(), 1);
}

}  // namespace
}  // namespace rowkeeper::db
