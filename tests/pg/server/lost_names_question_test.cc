#include <chrono>
#include <future>
#include <memory>
#include <string>

#include "tests/pg/server/rename_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::testing {
namespace {

/// A network that loses the question for names, or its answer.
class LostQuestionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    InProcessServer::Options options;
    options.time = InProcessServer::Options::Time::kStill;
    options.pool.pool_size = 2;
    options.pool.max_overflow = 0;
    options.route = [this](const std::string& url) {
      gate_ = std::make_unique<TcpGate>(url);
      return gate_->url();
    };
    server_ = std::make_unique<InProcessServer>(PlannerWith({}), options);
    ASSERT_TRUE(server_->ok());
    owner_ = Create("ada").value().value("id", "");
    server_->database().Run("ALTER TABLE profiles RENAME display_name TO shown");
  }
  void TearDown() override {
    server_.reset();
    gate_.reset();
  }

  absl::StatusOr<Json> Create(const std::string& handle, const CallOptions& options = CallOptions()) {
    return server_->Call(
        "ProfileRepository.Create",
        {{"profile", {{"email", handle + "@example.org"}, {"handle", handle}, {"display_name", "Ada"}}}}, options);
  }
  /// The same while the server's time passes, which it waits for between its tries.
  std::string CreateInTime(const std::string& handle) {
    auto made = std::async(std::launch::async, [&] { return Summary(Create(handle)); });
    EXPECT_TRUE(server_->AdvanceUntil(
        [&] { return made.wait_for(std::chrono::milliseconds(0)) == std::future_status::ready; }));
    return made.get();
  }
  std::string Rows() { return server_->database().Value("SELECT count(*) FROM profiles"); }
  void LoseQuestions(TcpGate::Action action, int count) {
    for (int i = 1; i <= count; ++i) {
      TcpGate::Rule rule;
      rule.text = "pg_snapshot_xmax";
      rule.action = action;
      rule.occurrence = i;
      gate_->Add(rule);
    }
  }

  std::unique_ptr<TcpGate> gate_;
  std::unique_ptr<InProcessServer> server_;
  std::string owner_;
};

/// PostgreSQL has refused the write before: it did not happen, so there is no doubt of it, and it may be tried again.
TEST_F(LostQuestionTest, AWriteIsTriedAgainAndHappensOnce) {
  LoseQuestions(TcpGate::Action::kCutBefore, 1);
  EXPECT_EQ(CreateInTime("eve"), "OK");
  EXPECT_EQ(Rows(), "2");
  EXPECT_EQ(gate_->seen().fired, 1);
}

TEST_F(LostQuestionTest, AWriteThatCannotFindItsColumnHasNotHappened) {
  for (const auto action : {TcpGate::Action::kCutBefore, TcpGate::Action::kLoseReply}) {
    LoseQuestions(action, 50);
    EXPECT_EQ(CreateInTime("eve"), "UNAVAILABLE DATABASE_UNAVAILABLE");
    gate_->ClearRules();
    EXPECT_EQ(Rows(), "1");
  }
  EXPECT_EQ(CreateInTime("eve"), "OK");
}

TEST_F(LostQuestionTest, AUnitIsNotCommitted) {
  LoseQuestions(TcpGate::Action::kLoseReply, 50);
  const Unit unit(server_.get());
  const auto made = Create("eve", unit.Inside());
  EXPECT_FALSE(made.ok());
  EXPECT_NE(ReasonOf(made), "COMMIT_OUTCOME_UNKNOWN") << made.status();
  gate_->ClearRules();
  EXPECT_FALSE(unit.Commit().ok());
  EXPECT_EQ(Rows(), "1");
}

}  // namespace
}  // namespace rowkeeper::testing
