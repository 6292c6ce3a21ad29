#pragma once

#include <memory>
#include <string>

#include "tests/pg/uow/uow_fixture.h"
#include "tests/support/eventually.h"
#include "tests/support/tcp_gate.h"

namespace rowkeeper::uow {

/// Units of work that reach their database through a gate. What became of them is seen past it.
class UnitsGateTest : public UowTest {
 protected:
  using Action = testing::TcpGate::Action;
  using Milliseconds = std::chrono::milliseconds;

  using Clock = std::chrono::steady_clock;

  /// For tests that wait until it is over; others have a limit that no answer reaches, however busy the machine is.
  static constexpr Milliseconds kAnswerLimit{2000};

  /// What a gate holds back is noticed in real time.
  UnitsGateTest() { UseSystemClock(); }

  void SetUp() override {
    UowTest::SetUp();
    gate_ = std::make_unique<testing::TcpGate>(database_->url());
    StartThroughGate(Milliseconds(5000));
  }
  void TearDown() override {
    gate_->Resume();
    UowTest::TearDown();
    gate_.reset();
  }

  void StartWithAnswerLimit(Milliseconds in_doubt_limit = Milliseconds(5000)) {
    answer_limit_ = kAnswerLimit;
    StartThroughGate(in_doubt_limit);
  }
  void StartThroughGate(Milliseconds in_doubt_limit) {
    UnitOptions options = FastOptions();
    options.in_doubt_limit = in_doubt_limit;
    StartThroughGate(options, SmallPool());
  }
  void StartThroughGate(const UnitOptions& options, const db::PoolOptions& pool) {
    Start(options, pool, ThroughGate());
  }

  db::ConnectionOptions ThroughGate() const {
    db::ConnectionOptions connection;
    connection.url = gate_->url();
    connection.answer_limit_ms = static_cast<int>(answer_limit_.count());
    return connection;
  }

  /// A unit that has written n = 7 into row 1.
  std::string BeginAndWrite() {
    const std::string handle = Begin();
    EXPECT_EQ(Reason(Run(handle, "UPDATE t SET n = 7 WHERE id = 1")), "OK");
    return handle;
  }

  UnitState StateOf(const std::string& handle) {
    const auto info = Get(handle);
    EXPECT_TRUE(info.ok()) << info.status();
    return info.ok() ? info->state : UnitState::kUnspecified;
  }
  EndCause CauseOf(const std::string& handle) {
    const auto info = Get(handle);
    return info.ok() ? info->end : EndCause::kNone;
  }

  /// Waits until no session holds a transaction open, then: n of row 1.
  std::string Settled() {
    EXPECT_TRUE(testing::Eventually([] {
      return database_->Value(
                 "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND "
                 "pid <> pg_backend_pid() AND xact_start IS NOT NULL") == "0";
    })) << "a transaction stays open";
    return Committed(1);
  }

  Milliseconds answer_limit_{30000};
  std::unique_ptr<testing::TcpGate> gate_;
};

}  // namespace rowkeeper::uow
