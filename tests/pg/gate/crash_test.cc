#include <signal.h>

#include <filesystem>
#include <future>
#include <string>
#include <utility>

#include "server/base/ids.h"
#include "server/base/text.h"
#include "server/embedded/embedded_postgres.h"
#include "server/uow/transaction.h"
#include "tests/pg/uow/commit_point.h"
#include "tests/pg/uow/uow_fixture.h"
#include "tests/support/eventually.h"

namespace rowkeeper::uow {
namespace {

using std::chrono::milliseconds;
using CommitState = CommitResolver::CommitState;

/// A server of its own that is made to crash: what of a transaction id is to be believed afterwards.
class CrashTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_options_.data_dir = (std::filesystem::temp_directory_path() / Cat("rk_crash_", RandomHex(4))).string();
    Start();
    ASSERT_NE(server_, nullptr);
    Run("CREATE TABLE t (n int)");
  }

  void TearDown() override {
    connection_.reset();
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(server_options_.data_dir, ignored);
  }

  void Start() {
    auto server = embedded::EmbeddedPostgres::Start(server_options_);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    options_.url = server_->url();
    Connect();
  }

  /// Waits for a server that recovers.
  void Connect() {
    EXPECT_TRUE(testing::Eventually([this] {
      auto opened = db::Connection::Open(options_);
      if (!opened.ok()) return false;
      connection_ = *std::move(opened);
      return true;
    })) << "the server does not come back";
  }

  db::Rows Run(const std::string& sql) { return RunSql(*connection_, sql); }

  /// Of a transaction that is open and has written.
  CommitPoint Write() { return BeginAndWrite(*connection_, "INSERT INTO t VALUES (1)"); }

  /// A backend is killed, so the postmaster, which stays, starts everything else anew.
  void Crash() {
    const auto witness = db::Connection::Open(options_);
    ASSERT_TRUE(witness.ok()) << witness.status();
    ASSERT_EQ(kill(connection_->backend_pid(), SIGKILL), 0);
    EXPECT_TRUE(testing::Eventually([&witness] { return !(*witness)->SocketLooksAlive(); }));
    connection_.reset();
    Connect();
  }

  CommitState Resolve(const CommitPoint& point) {
    return CommitResolver(options_, milliseconds(5000), &rowkeeper::Clock::System()).Resolve(point);
  }

  embedded::EmbeddedOptions server_options_;
  std::unique_ptr<embedded::EmbeddedPostgres> server_;
  db::ConnectionOptions options_;
  std::unique_ptr<db::Connection> connection_;
};

TEST_F(CrashTest, CrashAndRestartAreOtherIncarnationsAndACheckpointIsNot) {
  const CommitPoint first = Write();
  if (first.incarnation.empty()) GTEST_SKIP() << "PostgreSQL before 15";
  Run("COMMIT");
  Run("CHECKPOINT");
  const CommitPoint after_checkpoint = Write();
  Run("COMMIT");
  EXPECT_NE(after_checkpoint.checkpoint, first.checkpoint);
  EXPECT_EQ(after_checkpoint.incarnation, first.incarnation);
  Crash();
  const CommitPoint after_crash = Write();
  Run("COMMIT");
  EXPECT_NE(after_crash.incarnation, first.incarnation);
  connection_.reset();
  server_.reset();
  Start();
  const CommitPoint after_restart = Write();
  EXPECT_NE(after_restart.incarnation, after_crash.incarnation);
  EXPECT_NE(after_restart.incarnation, first.incarnation);
}

TEST_F(CrashTest, UnitsOfADatabaseThatCrashedHaveExpired) {
  Timers timers(&rowkeeper::Clock::System());
  db::PoolOptions pool_options;
  pool_options.pool_size = 4;
  db::Pool pool(pool_options, options_);
  UnitOptions unit_options;
  unit_options.server = "127.0.0.1:50051";
  unit_options.capacity = 4;
  UnitsOfWork units(unit_options, &pool, options_, &timers);
  const auto begin = [&] {
    std::promise<absl::StatusOr<UnitsOfWork::Begun>> begun;
    units.Begin({}, "alice", rowkeeper::Clock::time_point::max(),
                [&](auto result) { begun.set_value(std::move(result)); });
    return UnitsOfWork::Reference{begun.get_future().get()->handle, "alice"};
  };
  const auto execute = [&](const UnitsOfWork::Reference& unit) {
    UnitsOfWork::Step step;
    step.name = "test.Insert";
    step.run = [](db::Connection& connection, db::Cancellation*) -> absl::StatusOr<std::string> {
      db::Query query;
      query.result = ResultShape::Any();
      query.text = "INSERT INTO t VALUES (5)";
      const auto rows = connection.Execute(query);
      if (!rows.ok()) return rows.status();
      return std::string();
    };
    std::promise<absl::Status> done;
    units.Execute(unit, step, {}, [&](const auto& result) { done.set_value(result.status()); });
    return done.get_future().get();
  };
  const auto commit = [&](const UnitsOfWork::Reference& unit) {
    std::promise<absl::Status> done;
    units.Commit(unit, rowkeeper::Clock::time_point::max(),
                 [&](const auto& result) { done.set_value(result.status()); });
    return done.get_future().get();
  };
  const UnitsOfWork::Reference called = begin();
  const UnitsOfWork::Reference committed = begin();
  for (const auto& unit : {called, committed}) ASSERT_EQ(ReasonOf(execute(unit)), "OK");
  Crash();
  EXPECT_EQ(ReasonOf(execute(called)), "UNIT_OF_WORK_EXPIRED");
  for (int i = 0; i < 5; ++i) {
    for (const auto& unit : {called, committed}) {
      const absl::Status status = commit(unit);
      EXPECT_EQ(ReasonOf(status), "UNIT_OF_WORK_EXPIRED");
      EXPECT_TRUE(Mentions(status, "CONNECTION_LOST"));
    }
  }
  EXPECT_EQ(Run("SELECT count(*) FROM t").cell(0, 0), "0");
}

TEST_F(CrashTest, IdThatAnotherTransactionGotAfterACrashIsNotBelieved) {
  CommitPoint lost;
  bool reused = false;
  for (int i = 0; i < 10 && !reused; ++i) {  // it is kept when the log happens to be written before the crash
    Run("CHECKPOINT");
    lost = Write();
    Crash();
    reused = Write().transaction_id == lost.transaction_id;
    Run("COMMIT");
  }
  ASSERT_TRUE(reused);
  EXPECT_NE(Resolve(lost), CommitState::kCommitted);
  Run("CHECKPOINT");
  EXPECT_NE(Resolve(lost), CommitState::kCommitted);
}

}  // namespace
}  // namespace rowkeeper::uow
