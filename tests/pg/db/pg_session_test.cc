#include "server/db/pg_session.h"

#include <poll.h>
#include <sys/ioctl.h>

#include <exception>
#include <functional>

#include "tests/pg/db/db_fixture.h"

namespace rowkeeper::db {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class PgSessionTest : public DbTest {
 protected:
  void SetUp() override {
    DbTest::SetUp();
    session_ = std::make_unique<PgSession>(scratch().url());
  }

  PgError ErrorOf(const std::function<void()>& call) const {
    try {
      call();
    } catch (const std::exception&) {
      return session_->LastError();
    }
    ADD_FAILURE() << "it did not fail";
    return {};
  }
  PgError ErrorOf(const std::string& sql) const {
    return ErrorOf([&] { session_->Run(sql); });
  }

  std::unique_ptr<PgSession> session_;
};

PgResult NextResult(PGconn* handle) { return PgResult(PQgetResult(handle)); }

TEST_F(PgSessionTest, ErrorHasTheFieldsOfTheAnswer) {
  session_->Run(
      "CREATE SCHEMA side; CREATE TABLE side.sorts (kind text NOT NULL CONSTRAINT ck_kind CHECK (kind <> 'bad'))");
  const PgError check = ErrorOf("INSERT INTO side.sorts VALUES ('bad')");
  EXPECT_EQ(check.sqlstate, "23514");
  EXPECT_EQ(check.schema, "side");
  EXPECT_EQ(check.table, "sorts");
  EXPECT_EQ(check.constraint, "ck_kind");
  EXPECT_EQ(check.column, "");
  EXPECT_THAT(check.primary, HasSubstr("violates check constraint"));
  EXPECT_THAT(check.message, HasSubstr("DETAIL:  Failing row contains (bad)."));
  EXPECT_FALSE(check.lost);
  EXPECT_EQ(ErrorOf("INSERT INTO side.sorts VALUES (NULL)").column, "kind");
}

TEST_F(PgSessionTest, ValueThatLooksLikeFieldsChangesNone) {
  session_->Run("CREATE TEMP TABLE forged (a text CONSTRAINT real CHECK (a = ''))");
  const PgError error = ErrorOf(
      "INSERT INTO forged VALUES (E'\\nFATAL:  57P01: x\\nCOLUMN NAME:  forged\\nCONSTRAINT NAME:  forged\\nLOCATION: "
      "x')");
  EXPECT_EQ(error.sqlstate, "23514");
  EXPECT_EQ(error.constraint, "real");
  EXPECT_EQ(error.column, "");
  EXPECT_FALSE(error.lost);
}

TEST_F(PgSessionTest, PositionIsThatInTheTextAndContextThatOfABody) {
  const PgError own = ErrorOf("SELECT 'é';\nSELECT nope");
  EXPECT_EQ(own.position, 20);  // characters, not bytes
  EXPECT_EQ(own.context, "");
  EXPECT_EQ(own.internal_query, "");
  const PgError inside = ErrorOf("DO $$ BEGIN PERFORM nope; END $$");
  EXPECT_EQ(inside.sqlstate, own.sqlstate);
  EXPECT_EQ(inside.position, 0);
  EXPECT_THAT(inside.context, HasSubstr("PL/pgSQL"));
  EXPECT_EQ(inside.internal_query, "SELECT nope");
}

TEST_F(PgSessionTest, MessageEndsBeforeThePlaceInPostgresSource) {
  EXPECT_EQ(ErrorOf("SELECT 1/0").message, "ERROR:  22012: division by zero");
  EXPECT_EQ(ErrorOf("SELECT 1/0").source_function, "int4div");
  const PgError raised = ErrorOf("DO $$ BEGIN RAISE EXCEPTION E'one\\ntwo' USING HINT = 'try'; END $$");
  EXPECT_EQ(raised.hint, "try");
  EXPECT_THAT(raised.message, StartsWith("ERROR:  P0001: one\ntwo\nHINT:  try\nCONTEXT:  "));
  EXPECT_THAT(raised.message, Not(HasSubstr("LOCATION")));
}

TEST_F(PgSessionTest, EveryKindOfCallTellsItsError) {
  AnswerMeter meter;
  const auto stop = [] {};
  const PgSession::Reading reading{&meter, stop};
  EXPECT_EQ(ErrorOf([&] { session_->RunWithParams("SELECT $1::int", {"x"}, reading); }).sqlstate, "22P02");
  EXPECT_EQ(ErrorOf([&] { session_->Prepare("s", "SELECT nope"); }).sqlstate, "42703");
  session_->Prepare("s", "SELECT $1::int");
  EXPECT_EQ(ErrorOf([&] { session_->RunPrepared("s", {"x"}, reading); }).sqlstate, "22P02");
  EXPECT_EQ(std::string(PQgetvalue(session_->RunPrepared("s", {"7"}, reading).get(), 0, 0)), "7");
}

TEST_F(PgSessionTest, FailedTransactionIsKnown) {
  EXPECT_FALSE(session_->in_failed_transaction());
  session_->Run("BEGIN");
  EXPECT_FALSE(session_->in_failed_transaction());
  ErrorOf("SELECT 1/0");
  EXPECT_TRUE(session_->in_failed_transaction());
  session_->Run("ROLLBACK");
  EXPECT_FALSE(session_->in_failed_transaction());
}

TEST_F(PgSessionTest, SessionThatEndsSaysWhyAndIsNotReplaced) {
  const pqxx::result kept = session_->Run("SELECT 'kept'");
  const PgError fatal = ErrorOf("SELECT pg_terminate_backend(pg_backend_pid()), pg_sleep(10)");
  EXPECT_EQ(fatal.sqlstate, "57P01");
  EXPECT_TRUE(fatal.lost);
  for (int i = 0; i < 3; ++i) {
    const PgError later = ErrorOf("SELECT 1");
    EXPECT_EQ(later.sqlstate, "") << "the error of an earlier call";
    EXPECT_TRUE(later.lost);
    EXPECT_FALSE(session_->is_open());
  }
  session_.reset();
  EXPECT_EQ(std::string(kept[0][0].c_str()), "kept");
}

TEST_F(PgSessionTest, AnswerThatNeverComesIsALoss) {
  const int pid = session_->backend_pid();
  Kill(pid);
  const PgError error = ErrorOf("SELECT 1");
  EXPECT_TRUE(error.lost);
}

TEST_F(PgSessionTest, NoticesStayUnheard) {
  ::testing::internal::CaptureStderr();
  session_->Run("DO $$ BEGIN RAISE WARNING 'secret'; END $$");
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_F(PgSessionTest, PipelineOnTheHandleLeavesTheSessionToLibpqxx) {
  PGconn* const handle = session_->handle();
  ASSERT_EQ(PQenterPipelineMode(handle), 1);
  for (const char* sql : {"BEGIN", "SELECT 1/0", "SELECT 2"}) {
    ASSERT_EQ(PQsendQueryParams(handle, sql, 0, nullptr, nullptr, nullptr, nullptr, 0), 1);
  }
  ASSERT_EQ(PQpipelineSync(handle), 1);
  std::vector<ExecStatusType> statuses;
  PgError error;
  while (statuses.empty() || statuses.back() != PGRES_PIPELINE_SYNC) {
    const PgResult result = NextResult(handle);
    if (result == nullptr) continue;  // the end of one statement's results
    statuses.push_back(PQresultStatus(result.get()));
    if (statuses.back() == PGRES_FATAL_ERROR) error = ReadPgError(result.get());
    ASSERT_LT(statuses.size(), 10u);
  }
  ASSERT_EQ(PQexitPipelineMode(handle), 1);
  EXPECT_THAT(statuses,
              ::testing::ElementsAre(PGRES_COMMAND_OK, PGRES_FATAL_ERROR, PGRES_PIPELINE_ABORTED, PGRES_PIPELINE_SYNC));
  EXPECT_EQ(error.sqlstate, "22012");
  EXPECT_FALSE(error.lost);
  EXPECT_TRUE(session_->in_failed_transaction());
  session_->Run("ROLLBACK");
  EXPECT_EQ(std::string(session_->Run("SELECT 3")[0][0].c_str()), "3");
}

TEST_F(PgSessionTest, AnswerOnTheHandleCanBeCountedWhileItComes) {
  constexpr int kLimit = 200000;
  PGconn* const handle = session_->handle();
  ASSERT_EQ(PQsendQuery(handle, "SELECT repeat('x', 10000) FROM generate_series(1, 10000)"), 1);
  int counted = 0;
  while (PQisBusy(handle) == 1 && counted <= kLimit) {
    pollfd fd{session_->socket(), POLLIN, 0};
    ASSERT_EQ(poll(&fd, 1, 10000), 1);
    int waiting = 0;
    ASSERT_EQ(ioctl(fd.fd, FIONREAD, &waiting), 0);
    counted += waiting;
    ASSERT_EQ(PQconsumeInput(handle), 1);
  }
  EXPECT_GT(counted, kLimit);
  EXPECT_LT(counted, 10000000) << "it stopped long before the end";
  session_->TryCancel();
  PgError error;
  while (true) {
    const PgResult result = NextResult(handle);
    if (result == nullptr) break;
    if (PQresultStatus(result.get()) == PGRES_FATAL_ERROR) error = ReadPgError(result.get());
  }
  EXPECT_EQ(error.sqlstate, "57014");
  EXPECT_EQ(std::string(session_->Run("SELECT 3")[0][0].c_str()), "3");
}

}  // namespace
}  // namespace rowkeeper::db
