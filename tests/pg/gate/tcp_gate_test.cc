#include <thread>
#include <vector>

#include "server/db/conninfo.h"
#include "tests/pg/gate/gate_fixture.h"

namespace rowkeeper::testing {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// The gate itself, seen through a connection that is known to report what happens to it.
class TcpGateTest : public GateTest {
 protected:
  void SetUp() override {
    GateTest::SetUp();
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
  }

  std::string Do(std::string_view sql, Effect effect = Effect::kWrite) {
    return GateTest::Do(*connection_, sql, effect);
  }

  std::unique_ptr<db::Connection> connection_;
};

TEST_F(TcpGateTest, PassesEverythingOnUntilToldOtherwise) {
  EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "OK");
  auto rows = connection_->Execute(Statement("SELECT n, repeat('x', 100) FROM generate_series(1, 100000) n"));
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->size(), 100000);
  const std::vector<db::Param> params = {std::string(5000000, 'y')};
  db::Query large = Statement("SELECT $1::text");
  large.params = &params;
  rows = connection_->Execute(large);
  ASSERT_TRUE(rows.ok()) << rows.status();
  EXPECT_EQ(rows->cell(0, 0), *params[0]);
  EXPECT_EQ(Entries(), "1");
  const Seen seen = gate_->seen();
  EXPECT_EQ(seen.connections, 1);
  EXPECT_EQ(seen.open, 1);
  EXPECT_EQ(seen.fired, 0);
  EXPECT_EQ(seen.from_client.at('P'), 1);
  EXPECT_EQ(seen.from_server.at('D'), 100002) << "with the row by which a new session is recognised";
}

TEST_F(TcpGateTest, PassesTheEndOfEitherSideOn) {
  const int backend = connection_->backend_pid();
  connection_.reset();
  EXPECT_TRUE(gate_->Await([](const Seen& seen) { return seen.open == 0; }));
  AwaitNoSession();
  connection_ = Open();
  ASSERT_NE(connection_, nullptr);
  EXPECT_NE(connection_->backend_pid(), backend);
  scratch_.Run(Cat("SELECT pg_terminate_backend(", connection_->backend_pid(), ", 5000)"));
  EXPECT_TRUE(gate_->Await([](const Seen& seen) { return seen.from_server.count('E') == 1; }));
  EXPECT_EQ(Do("SELECT 1", Effect::kRead), "DATABASE_UNAVAILABLE");
}

TEST_F(TcpGateTest, CutBeforeKeepsTheMessageFromTheServer) {
  gate_->Add({'Q', "INSERT", Action::kCutBefore});
  EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(gate_->seen().fired, 1);
  AwaitNoSession();
  EXPECT_EQ(Entries(), "");
}

TEST_F(TcpGateTest, LostReplyIsOfAStatementThatRan) {
  gate_->Add({'Q', "INSERT", Action::kLoseReply});
  EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(gate_->seen().fired, 1);
  EXPECT_EQ(Entries(), "1");
}

TEST_F(TcpGateTest, SwallowedReplyIsOfAStatementThatRanAndTheSocketStaysOpen) {
  gate_->Add({'Q', "INSERT", Action::kSwallowReply});
  std::thread caller([this] {
    db::Query query = HastyStatement("INSERT INTO entries VALUES (1)");
    query.answer_limit_ms *= 2;  // for the looks meanwhile
    EXPECT_EQ(Reason(connection_->Execute(query).status()), "COMMIT_OUTCOME_UNKNOWN");
  });
  EXPECT_TRUE(gate_->AwaitFired());
  EXPECT_EQ(Entries(), "1");
  EXPECT_EQ(gate_->seen().open, 1) << "while the caller waits";
  caller.join();
  EXPECT_GE(gate_->seen().open, 1) << "beside the connection that sees to the statement";
}

TEST_F(TcpGateTest, StalledMessageGoesOnAtResume) {
  gate_->Add({'Q', "INSERT", Action::kStall});
  const auto late = connection_->Execute(HastyStatement("INSERT INTO entries VALUES (1)"));
  EXPECT_EQ(Reason(late.status()), "COMMIT_OUTCOME_UNKNOWN") << "by the answer limit";
  EXPECT_EQ(Entries(), "");
  EXPECT_GE(gate_->seen().open, 1) << "beside the connection that sees to the statement";
  gate_->Resume();
  EXPECT_TRUE(gate_->Await([](const Seen& seen) { return seen.open == 0; }));
  EXPECT_EQ(Entries(), "1");
}

TEST_F(TcpGateTest, StalledStatementIsAnsweredAfterResume) {
  gate_->Add({'Q', "SELECT 7", Action::kStall});
  std::thread resumer([this] {
    EXPECT_TRUE(gate_->AwaitFired());
    gate_->Resume();
  });
  EXPECT_EQ(Do("SELECT 7", Effect::kRead), "OK");
  resumer.join();
}

TEST_F(TcpGateTest, RowsBeforeTheCutAreThoseThatWereAskedFor) {
  for (const int rows : {0, 1, 10}) {
    connection_ = Open();
    const int before = gate_->seen().fired;
    gate_->Add({'Q', "generate_series", Action::kCutAfterRows, rows});
    EXPECT_EQ(Do("SELECT n FROM generate_series(1, 10) n", Effect::kRead), "DATABASE_UNAVAILABLE") << rows;
    EXPECT_EQ(gate_->seen().fired, before + 1);
  }
}

TEST_F(TcpGateTest, RuleFiresOnceAtItsOccurrenceAndOnItsTextAlone) {
  gate_->Add({'Q', "(3)", Action::kCutBefore, 0, 2});
  EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "OK");
  EXPECT_EQ(Do("INSERT INTO entries VALUES (3)"), "OK");
  EXPECT_EQ(Do("INSERT INTO entries VALUES (2)"), "OK");
  EXPECT_EQ(Do("INSERT INTO entries VALUES (3)"), "COMMIT_OUTCOME_UNKNOWN");
  connection_ = Open();
  EXPECT_EQ(Do("INSERT INTO entries VALUES (3)"), "OK");
  EXPECT_EQ(Entries(), "1,2,3,3");
}

TEST_F(TcpGateTest, RuleOnAParseMeetsThePreparationOfAStatement) {
  gate_->Add({'P', "INSERT", Action::kLoseReply});
  db::Query query = Statement("INSERT INTO entries VALUES (1)");
  query.name = testing::NameOf(query.text);
  EXPECT_EQ(Reason(connection_->Execute(query).status()), "DATABASE_UNAVAILABLE");
  connection_ = Open();
  ASSERT_TRUE(connection_->Execute(query).ok());
  gate_->Add({'B', "", Action::kLoseReply});
  EXPECT_EQ(Reason(connection_->Execute(query).status()), "COMMIT_OUTCOME_UNKNOWN");
  EXPECT_EQ(Entries(), "1,1");
}

TEST_F(TcpGateTest, ForgottenRulesDoNothing) {
  gate_->Add({'Q', "", Action::kCutBefore});
  gate_->ClearRules();
  EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "OK");
}

TEST_F(TcpGateTest, CutAllEndsBothSidesAndLetsNewOnesIn) {
  gate_->CutAll();
  EXPECT_EQ(gate_->seen().open, 0);
  EXPECT_FALSE(connection_->SocketLooksAlive());
  AwaitNoSession();
  connection_ = Open();
  EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "OK");
}

TEST_F(TcpGateTest, StallAllHoldsOldAndNewConnectionsUntilResume) {
  gate_->StallAll();
  std::thread old([this] { EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "OK"); });
  std::unique_ptr<db::Connection> fresh;
  std::thread opener([this, &fresh] { fresh = Open(); });
  absl::SleepFor(absl::Milliseconds(200));  // what is not held would have arrived
  EXPECT_EQ(Entries(), "");
  EXPECT_EQ(gate_->seen().connections, 1);
  gate_->Resume();
  old.join();
  opener.join();
  EXPECT_EQ(Entries(), "1");
  ASSERT_NE(fresh, nullptr);
  EXPECT_EQ(GateTest::Do(*fresh, "INSERT INTO entries VALUES (2)"), "OK");
}

TEST_F(TcpGateTest, RefusesNewConnectionsUntilResumeAndKeepsTheOldOnes) {
  gate_->RefuseNew();
  EXPECT_EQ(Reason(db::Connection::Open(Options()).status()), "DATABASE_UNAVAILABLE");
  EXPECT_EQ(Do("INSERT INTO entries VALUES (1)"), "OK");
  gate_->GoDown();
  EXPECT_FALSE(connection_->SocketLooksAlive());
  const auto begin = Clock::now();
  EXPECT_EQ(Reason(db::Connection::Open(Options()).status()), "DATABASE_UNAVAILABLE");
  EXPECT_LT(Clock::now() - begin, seconds(8)) << "refused, not silent";
  gate_->Resume();
  connection_ = Open();
  EXPECT_EQ(Do("INSERT INTO entries VALUES (2)"), "OK");
}

TEST_F(TcpGateTest, CancelRequestsPass) {
  db::Cancellation cancellation;
  db::Query query = Statement("SELECT pg_sleep(20)");
  query.cancellation = &cancellation;
  std::thread caller([this, &cancellation] {
    AwaitSleep();
    cancellation.Cancel(db::Cancellation::Cause::kCaller);
  });
  EXPECT_EQ(Reason(connection_->Execute(query).status()), "CANCELLED");
  caller.join();
  EXPECT_GE(gate_->seen().cancels, 1);
}

TEST_F(TcpGateTest, LeadsToAUnixSocketToo) {
  const std::string directory = scratch_.Value("SELECT split_part(current_setting('unix_socket_directories'), ',', 1)");
  if (directory.empty() || directory[0] != '/') GTEST_SKIP() << "the server has no Unix socket: " << directory;
  auto info = *db::ParseConnInfo(scratch_.url());
  info["host"] = directory;
  info["port"] = scratch_.Value("SHOW port");
  const TcpGate gate(db::ToUri(info));
  db::ConnectionOptions options;
  options.url = gate.url();
  const auto connection = db::Connection::Open(options);
  if (connection.status().code() == absl::StatusCode::kUnavailable) GTEST_SKIP() << "the socket is out of reach";
  ASSERT_TRUE(connection.ok()) << connection.status();
  EXPECT_EQ(GateTest::Do(**connection, "INSERT INTO entries VALUES (1)"), "OK");
  EXPECT_EQ(gate.seen().connections, 1);
}

TEST_F(TcpGateTest, ManyConnectionsComeGoAndAreCutAtOnce) {
  std::vector<std::thread> callers;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([this] {
      const auto until = Clock::now() + milliseconds(500);
      while (Clock::now() < until) {
        auto connection = db::Connection::Open(Options());
        if (!connection.ok()) continue;
        for (int i = 0; i < 20; ++i) (void)(*connection)->Execute(Statement("SELECT 1", Effect::kRead));
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    absl::SleepFor(absl::Milliseconds(25));
    gate_->CutAll();
  }
  for (std::thread& caller : callers) caller.join();
  connection_.reset();
  EXPECT_TRUE(gate_->Await([](const Seen& seen) { return seen.open == 0; }));
  AwaitNoSession();
}

}  // namespace
}  // namespace rowkeeper::testing
