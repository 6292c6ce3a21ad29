#include "server/db/connection.h"

#include "server/observe/call_context.h"
#include "server/observe/operation_durations.h"
#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using ConnectionTest = DbTest;
using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(ConnectionTest, SessionIsInAKnownState) {
  scratch().Run(Cat("ALTER DATABASE ", scratch().name(), " SET TimeZone = 'Asia/Tokyo'; ALTER DATABASE ",
                    scratch().name(), " SET DateStyle = 'German'; ALTER DATABASE ", scratch().name(),
                    " SET bytea_output = 'escape'"));
  ConnectionOptions options = Options();
  options.statement_timeout_ms = 1234;
  options.lock_timeout_ms = 567;
  options.application_name = "known";
  auto connection = Open(options);
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(Value(*connection, "SHOW client_encoding"), "UTF8");
  EXPECT_EQ(Value(*connection, "SHOW TimeZone"), "UTC");
  EXPECT_EQ(Value(*connection, "SHOW DateStyle"), "ISO, MDY");
  EXPECT_EQ(Value(*connection, "SHOW IntervalStyle"), "postgres");
  EXPECT_EQ(Value(*connection, "SHOW bytea_output"), "hex");
  EXPECT_EQ(Value(*connection, "SHOW extra_float_digits"), "1");
  EXPECT_EQ(Value(*connection, "SHOW standard_conforming_strings"), "on");
  EXPECT_EQ(Value(*connection, "SHOW statement_timeout"), "1234ms");
  EXPECT_EQ(Value(*connection, "SHOW lock_timeout"), "567ms");
  EXPECT_EQ(Value(*connection, "SHOW application_name"), "known");
  EXPECT_EQ(Value(*connection, "SELECT pg_backend_pid()"), std::to_string(connection->backend_pid()));
}

TEST_F(ConnectionTest, ParametersKeepNullEmptyAndUtf8Apart) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  const std::vector<Param> params = {std::nullopt, "", "åß∂ 日本 🐘 'q' \\ \n"};
  for (const bool prepared : {false, true, true}) {
    Query query;
    query.result = ResultShape::Any();
    query.text = "SELECT $1::text, $2::text, $3::text";
    if (prepared) query.name = testing::NameOf(query.text);
    query.params = &params;
    const auto rows = connection->Execute(query);
    ASSERT_TRUE(rows.ok()) << rows.status();
    EXPECT_TRUE(rows->is_null(0, 0));
    EXPECT_EQ(rows->cell(0, 0), "");
    EXPECT_FALSE(rows->is_null(0, 1));
    EXPECT_EQ(rows->cell(0, 1), "");
    EXPECT_EQ(rows->cell(0, 2), *params[2]);
  }
}

TEST_F(ConnectionTest, RowsOutliveTheirConnection) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  auto rows = Run(*connection, "SELECT n AS number, repeat('x', n) AS text FROM generate_series(1, 3) n");
  connection.reset();
  ASSERT_TRUE(rows.ok());
  const Rows copy = *rows;
  rows = absl::UnknownError("gone");
  ASSERT_EQ(copy.size(), 3);
  ASSERT_EQ(copy.columns(), 2);
  EXPECT_EQ(copy.cell(2, 0), "3");
  EXPECT_EQ(copy.cell(2, 1), "xxx");
  EXPECT_EQ(copy.column_name(0), "number");
  EXPECT_EQ(copy.column_name(1), "text");
}

TEST_F(ConnectionTest, AffectedCountsChangedRows) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(Run(*connection, "CREATE TEMP TABLE numbers AS SELECT n FROM generate_series(1, 10) n").ok());
  const auto updated = Run(*connection, "UPDATE numbers SET n = n + 1 WHERE n > $1", {"7"});
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->affected(), 3);
  EXPECT_EQ(updated->size(), 0);
}

TEST_F(ConnectionTest, NulInAParameterIsRefusedAndNotCutShort) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  EXPECT_EQ(Value(*connection, "SELECT $1::text", {std::string("a\0b", 3)}), "error: INTERNAL");
  EXPECT_EQ(Value(*connection, "SELECT 1"), "1");
}

TEST_F(ConnectionTest, StatementsCommitOnTheirOwn) {
  auto connection = Open();
  auto other = Open();
  ASSERT_TRUE(connection != nullptr && other != nullptr);
  ASSERT_TRUE(Run(*connection, "CREATE TABLE autocommitted (n int)").ok());
  ASSERT_TRUE(Run(*connection, "INSERT INTO autocommitted VALUES ($1)", {"1"}).ok());
  EXPECT_EQ(Value(*other, "SELECT count(*) FROM autocommitted"), "1");
}

TEST_F(ConnectionTest, ExplicitTransactionIsInvisibleUntilCommit) {
  auto connection = Open();
  auto other = Open();
  ASSERT_TRUE(connection != nullptr && other != nullptr);
  ASSERT_TRUE(Run(*connection, "CREATE TABLE explicit (n int)").ok());
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  ASSERT_TRUE(Run(*connection, "INSERT INTO explicit VALUES (1)").ok());
  EXPECT_EQ(Value(*other, "SELECT count(*) FROM explicit"), "0");
  ASSERT_TRUE(Run(*connection, "COMMIT").ok());
  EXPECT_EQ(Value(*other, "SELECT count(*) FROM explicit"), "1");
}

TEST_F(ConnectionTest, CommitOfAFailedTransactionIsAnErrorUntilRolledBack) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(Run(*connection, "CREATE TABLE failed (n int)").ok());
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  ASSERT_TRUE(Run(*connection, "INSERT INTO failed VALUES (1)").ok());
  ASSERT_FALSE(Run(*connection, "SELECT 1/0").ok());
  EXPECT_FALSE(Run(*connection, "SELECT 1").ok());
  EXPECT_FALSE(Run(*connection, "COMMIT").ok());
  EXPECT_FALSE(Run(*connection, "  end;").ok());
  EXPECT_TRUE(Run(*connection, "ROLLBACK").ok());
  EXPECT_EQ(Value(*connection, "SELECT count(*) FROM failed"), "0");
}

TEST_F(ConnectionTest, RollbackToRevivesAFailedTransaction) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(Run(*connection, "CREATE TABLE revived (n int)").ok());
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  ASSERT_TRUE(Run(*connection, "INSERT INTO revived VALUES (1)").ok());
  ASSERT_TRUE(Run(*connection, "SAVEPOINT here").ok());
  ASSERT_FALSE(Run(*connection, "SELECT 1/0").ok());
  ASSERT_TRUE(Run(*connection, "ROLLBACK TO here").ok());
  EXPECT_TRUE(Run(*connection, "COMMIT").ok());
  EXPECT_EQ(Value(*connection, "SELECT count(*) FROM revived"), "1");
}

TEST_F(ConnectionTest, ResetRollsBackWhatIsOpen) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(Run(*connection, "CREATE TABLE reset_me (n int)").ok());
  for (const char* then : {"SELECT 1", "SELECT 1/0"}) {
    ASSERT_TRUE(Run(*connection, "BEGIN").ok());
    ASSERT_TRUE(Run(*connection, "INSERT INTO reset_me VALUES (1)").ok());
    (void)Run(*connection, then);
    EXPECT_TRUE(connection->Reset().ok());
    EXPECT_EQ(Value(*connection, "SELECT count(*) FROM reset_me"), "0");
  }
  ASSERT_TRUE(connection->ExecuteScript("BEGIN; INSERT INTO reset_me VALUES (1)", nullptr).ok());
  EXPECT_TRUE(connection->Reset().ok());
  EXPECT_EQ(Value(*connection, "SELECT count(*) FROM reset_me"), "0");
}

/// The call that left the transaction open pays for its end.
TEST_F(ConnectionTest, WhatResetRollsBackIsCountedToItsCall) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  const auto rollbacks = [] {
    size_t count = 0;
    observe::DatabaseOperations::Process()
        .Of("ROLLBACK", "")
        ->Visit([&](std::string_view, const observe::DurationHistogram& durations) { count += durations.count(); });
    return count;
  };
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  const size_t before = rollbacks();
  observe::CallContext call;
  const observe::CallScope scope(&call);
  EXPECT_TRUE(connection->Reset().ok());
  EXPECT_EQ(rollbacks(), before + 1);
  EXPECT_GT(call.times.database.count(), 0);
  EXPECT_EQ(call.times.statements, 0) << "as BEGIN and COMMIT";
  EXPECT_TRUE(connection->Reset().ok());
  EXPECT_EQ(rollbacks(), before + 1) << "nothing was open";
}

TEST_F(ConnectionTest, ScriptErrorSaysWhatPostgresSaidAndWhere) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  int position = -1;
  const std::string script = "SELECT 'é';\n\nSELECT\n\tnope FROM pg_class;";
  const absl::Status status = connection->ExecuteScript(script, &position);
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("column \"nope\" does not exist"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("LINE 4"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("LOCATION")));
  EXPECT_EQ(position, 22);  // characters, not bytes
  EXPECT_TRUE(connection->ExecuteScript("SELECT 1; SELECT 2", &position).ok());
  EXPECT_EQ(position, 0);
}

TEST_F(ConnectionTest, ScriptErrorInALongLineIsFoundBehindTheCut) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  int position = -1;
  const std::string script = "SELECT 1;\nSELECT " + std::string(200, ' ') + "1, 2, 3, nope, 4 FROM pg_class " +
                             std::string(100, ' ') + "WHERE true";
  EXPECT_FALSE(connection->ExecuteScript(script, &position).ok());
  EXPECT_EQ(position, static_cast<int>(script.find("nope")) + 1);
}

TEST_F(ConnectionTest, ScriptErrorInsideAFunctionHasNoPosition) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  int position = -1;
  EXPECT_FALSE(connection->ExecuteScript("DO $$ BEGIN PERFORM nope FROM pg_class; END $$", &position).ok());
  EXPECT_EQ(position, 0);
}

TEST_F(ConnectionTest, FailedScriptLeavesAnExplicitTransactionFailed) {
  auto connection = Open();
  ASSERT_NE(connection, nullptr);
  ASSERT_TRUE(Run(*connection, "BEGIN").ok());
  ASSERT_FALSE(connection->ExecuteScript("CREATE TABLE half (n int); SELECT 1/0", nullptr).ok());
  EXPECT_FALSE(Run(*connection, "COMMIT").ok());
  EXPECT_TRUE(Run(*connection, "ROLLBACK").ok());
}

TEST_F(ConnectionTest, RefusedPortIsUnavailable) {
  ConnectionOptions options;
  options.url = "postgresql://postgres@127.0.0.1:1/postgres";
  const auto connection = Connection::Open(options);
  EXPECT_EQ(ErrorReason(connection.status()), "DATABASE_UNAVAILABLE");
}

TEST_F(ConnectionTest, UnknownRoleIsPermissionDenied) {
  ConnectionOptions options;
  options.url = scratch().UrlFor("rk_nobody_has_this_name");
  const absl::Status status = Connection::Open(options).status();
  EXPECT_EQ(ErrorReason(status), "DATABASE_PERMISSION");
  EXPECT_THAT(std::string(status.message()), HasSubstr("did not let the role log in"));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("table")));
}

TEST_F(ConnectionTest, AMissingDatabaseIsToldFromAServerThatIsAway) {
  ConnectionOptions options;
  options.url = scratch().url();
  options.url.replace(options.url.rfind('/'), std::string::npos, "/rk_no_database_has_this_name");
  const absl::Status status = Connection::Open(options).status();
  EXPECT_EQ(ErrorReason(status), "DATABASE_UNAVAILABLE");
  EXPECT_THAT(std::string(status.message()), HasSubstr("has no such database"));
}

TEST_F(ConnectionTest, MalformedUrlIsInvalidAndNotRepeated) {
  ConnectionOptions options;
  options.url = "postgresql://me:secret@[::1/x";
  const absl::Status status = Connection::Open(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace rowkeeper::db
