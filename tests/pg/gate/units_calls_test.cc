#include <future>
#include <string>
#include <vector>

#include "tests/pg/gate/units_gate_fixture.h"

namespace rowkeeper::uow {
namespace {

/// Calls in a unit whose network fails before COMMIT: the unit is gone, nothing of it stays, and its place is free.
using UnitsCallsTest = UnitsGateTest;

TEST_F(UnitsCallsTest, CutInMidResultEndsTheUnit) {
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "generate_series", Action::kCutAfterRows, 100});
  EXPECT_EQ(Reason(Read(handle, "SELECT repeat('x', 1000) FROM generate_series(1, 10000)")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(gate_->seen().fired, 1);
  const auto late = Run(handle, "UPDATE t SET n = 8 WHERE id = 1");
  EXPECT_EQ(Reason(late), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Mentions(late.status(), "CONNECTION_LOST")) << late.status();
  EXPECT_EQ(Reason(Commit(handle)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_TRUE(Rollback(handle).ok());
  EXPECT_TRUE(NothingLeased(Milliseconds(20000)));
  EXPECT_EQ(Settled(), "0");
}

TEST_F(UnitsCallsTest, LostReplyOfAWriteEndsTheUnitAndIsNotInDoubt) {
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "SET n = 8", Action::kLoseReply});
  EXPECT_EQ(Reason(Run(handle, "UPDATE t SET n = 8 WHERE id = 1")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(CauseOf(handle), EndCause::kConnectionLost);
  EXPECT_EQ(Settled(), "0");
}

TEST_F(UnitsCallsTest, StalledStatementEndsByTheAnswerLimit) {
  StartWithAnswerLimit();
  const std::string handle = BeginAndWrite();
  gate_->Add({'Q', "SET n = 8", Action::kStall});
  const auto begin = Clock::now();
  EXPECT_EQ(Reason(Run(handle, "UPDATE t SET n = 8 WHERE id = 1")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_GE(Clock::now() - begin, kAnswerLimit);
  EXPECT_LT(Clock::now() - begin, kAnswerLimit + Milliseconds(8000));
  EXPECT_EQ(CauseOf(handle), EndCause::kConnectionLost);
  EXPECT_TRUE(NothingLeased(Milliseconds(20000)));
  gate_->Resume();
  EXPECT_EQ(Settled(), "0") << "the statement arrives, and COMMIT never does";
}

/// The network hangs, and the answer limit is far away.
class HungUnitsTest : public UnitsGateTest {
 protected:
  /// Enough for what comes before the network hangs, on a busy machine too.
  static constexpr Milliseconds kTotal{4000};

  static BeginOptions Total(Milliseconds limit) {
    BeginOptions options;
    options.total_limit = limit;
    return options;
  }
};

TEST_F(HungUnitsTest, TotalLimitBindsThoughTheDatabaseHangs) {
  constexpr int kUnits = 8;
  std::vector<std::string> handles;
  std::vector<std::future<Text>> results;
  const auto begin = Clock::now();
  for (int i = 0; i < kUnits; ++i) {
    handles.push_back(Begin(Total(kTotal)));
    ASSERT_EQ(Reason(Run(handles.back(), "SELECT 1")), "OK");
  }
  gate_->StallAll();
  for (int i = 0; i < kUnits; ++i) {
    results.push_back(Send(handles[i], "UPDATE t SET n = 8 WHERE id = " + std::to_string(i + 1)));
  }
  for (auto& result : results) {
    const Text text = result.get();
    EXPECT_EQ(Reason(text), "UNIT_OF_WORK_EXPIRED");
    EXPECT_TRUE(Mentions(text.status(), "TOTAL_LIMIT")) << text.status();
  }
  EXPECT_TRUE(NothingLeased(Milliseconds(20000)));
  EXPECT_TRUE(units_->List().empty());
  EXPECT_LT(Clock::now() - begin, kTotal + Milliseconds(8000)) << "limit and a little";
  EXPECT_EQ(CauseOf(handles[0]), EndCause::kTotalLimit);
  gate_->Resume();
  EXPECT_EQ(Settled(), "0");
}

TEST_F(HungUnitsTest, TotalLimitOfAnIdleUnitFreesItsPlaceThoughTheDatabaseHangs) {
  const auto begin = Clock::now();
  const std::string handle = Begin(Total(kTotal));
  ASSERT_EQ(Reason(Run(handle, "UPDATE t SET n = 8 WHERE id = 1")), "OK");
  gate_->StallAll();
  EXPECT_TRUE(Within(Milliseconds(10000), [&] { return pool_->stats().leased == 0; }));
  EXPECT_LT(Clock::now() - begin, kTotal + Milliseconds(8000));
  gate_->Resume();
  EXPECT_EQ(Settled(), "0");
}

TEST_F(HungUnitsTest, ALateCallHearsOfTheEndOnlyWhenTheConnectionIsGivenUp) {
  // On a busy machine the connection may be given up before the call is made.
  bool rolls_back = false;
  for (int tries = 0; tries < 10 && !rolls_back; ++tries) {
    const std::string handle = Begin(Total(kTotal));
    ASSERT_EQ(Reason(Run(handle, "UPDATE t SET n = 8 WHERE id = 1")), "OK");
    gate_->StallAll();
    EXPECT_TRUE(Within(Milliseconds(30000), [&] { return CauseOf(handle) == EndCause::kTotalLimit; }));
    rolls_back = pool_->stats().leased == 1;
    EXPECT_EQ(Reason(Run(handle, "SELECT 1")), "UNIT_OF_WORK_EXPIRED");
    EXPECT_EQ(pool_->stats().leased, 0);
    gate_->Resume();
    EXPECT_EQ(Settled(), "0");
  }
  EXPECT_TRUE(rolls_back);
}

TEST_F(HungUnitsTest, ACallersDeadlineEndsTheUnitThoughTheDatabaseHangs) {
  const std::string handle = BeginAndWrite();
  gate_->StallAll();
  UnitsOfWork::StepOptions options;
  const auto begin = Clock::now();
  options.deadline = begin + Milliseconds(2000);
  EXPECT_EQ(Reason(Run(handle, "UPDATE t SET n = 8 WHERE id = 1", options)), "UNIT_OF_WORK_EXPIRED");
  EXPECT_LT(Clock::now() - begin, Milliseconds(2000 + 8000));
  EXPECT_EQ(CauseOf(handle), EndCause::kConnectionLost);
  EXPECT_EQ(Reason(Rollback(handle)), "OK");
}

TEST_F(HungUnitsTest, RollbackEndsACallThatHangs) {
  const std::string handle = BeginAndWrite();
  gate_->StallAll();
  auto running = Send(handle, "UPDATE t SET n = 8 WHERE id = 1");
  const auto begin = Clock::now();
  EXPECT_EQ(*Rollback(handle), UnitState::kRolledBack);
  EXPECT_LT(Clock::now() - begin, Milliseconds(8000));
  EXPECT_NE(Reason(running.get()), "OK");
  EXPECT_TRUE(NothingLeased(Milliseconds(20000)));
  gate_->Resume();
  EXPECT_EQ(Settled(), "0");
}

TEST_F(UnitsCallsTest, CutWhileIdleEndsTheUnitAtItsNextCall) {
  const std::string handle = BeginAndWrite();
  gate_->CutAll();
  EXPECT_EQ(Settled(), "0");
  EXPECT_EQ(Reason(Run(handle, "UPDATE t SET n = 8 WHERE id = 1")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(CauseOf(handle), EndCause::kConnectionLost);
}

TEST_F(UnitsCallsTest, RollbackSucceedsOverADeadAndOverAStalledNetwork) {
  const std::string cut = BeginAndWrite();
  gate_->CutAll();
  EXPECT_TRUE(Rollback(cut).ok());
  EXPECT_EQ(Settled(), "0");
  const std::string stalled = BeginAndWrite();
  gate_->StallAll();
  const auto begin = Clock::now();
  EXPECT_TRUE(Rollback(stalled).ok());
  EXPECT_LT(Clock::now() - begin, Milliseconds(8000));
  EXPECT_TRUE(NothingLeased(Milliseconds(20000)));
  gate_->Resume();
  EXPECT_EQ(Settled(), "0");
}

TEST_F(UnitsCallsTest, BeginThatIsCutLeavesNothingBehind) {
  StartWithAnswerLimit();
  for (const Action action : {Action::kCutBefore, Action::kLoseReply, Action::kStall}) {
    gate_->Add({'Q', "BEGIN", action});
    const std::string handle = Begin();
    EXPECT_EQ(Reason(Run(handle, "UPDATE t SET n = 8 WHERE id = 1")), "UNIT_OF_WORK_EXPIRED")
        << "BEGIN goes with the first call";
    EXPECT_EQ(CauseOf(handle), EndCause::kConnectionLost);
    EXPECT_TRUE(Rollback(handle).ok());
    EXPECT_TRUE(NothingLeased(Milliseconds(20000)));
    gate_->Resume();
    EXPECT_EQ(Settled(), "0");
  }
  EXPECT_EQ(units_->List().size(), 0u);
  EXPECT_EQ(Reason(Commit(BeginAndWrite())), "OK");
}

TEST_F(UnitsCallsTest, SavepointsWhoseReplyIsLostEndTheUnit) {
  for (const std::string words : {"SAVEPOINT ", "ROLLBACK TO SAVEPOINT ", "RELEASE SAVEPOINT "}) {
    const std::string handle = BeginAndWrite();
    if (words != "SAVEPOINT ") {
      EXPECT_EQ(Reason(Savepoint(handle, "here")), "OK");
    }
    gate_->Add({'Q', words, Action::kLoseReply});
    const Text result = words == "SAVEPOINT "           ? Savepoint(handle, "here")
                        : words == "RELEASE SAVEPOINT " ? Release(handle, "here")
                                                        : RollbackTo(handle, "here");
    EXPECT_EQ(Reason(result), "UNIT_OF_WORK_EXPIRED") << words;
    EXPECT_EQ(CauseOf(handle), EndCause::kConnectionLost) << words;
    EXPECT_EQ(Settled(), "0") << words;
  }
}

TEST_F(UnitsCallsTest, OtherUnitsAreNotHurtByTheLossOfOne) {
  const std::string lost = Begin();
  const std::string kept = BeginAndWrite();
  gate_->Add({'Q', "SET n = 9", Action::kCutBefore});
  EXPECT_EQ(Reason(Run(lost, "UPDATE t SET n = 9 WHERE id = 2")), "UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(Reason(Commit(kept)), "OK");
  EXPECT_EQ(Settled(), "7");
}

}  // namespace
}  // namespace rowkeeper::uow
