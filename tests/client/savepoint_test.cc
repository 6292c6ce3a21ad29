#include "rowkeeper/client/savepoint.h"

#include "tests/client/tracker_fixture.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SavepointTest : public TrackerTest {
 protected:
  static Savepoint Mark(UnitOfWork& unit, const std::string& name = "") {
    auto savepoint = Savepoint::Begin(unit, name);
    EXPECT_TRUE(savepoint.ok()) << savepoint.status();
    return *std::move(savepoint);
  }
  static std::vector<std::string> Open(UnitOfWork& unit) {
    const auto info = unit.Get();
    EXPECT_TRUE(info.ok()) << info.status();
    return {info->savepoints().begin(), info->savepoints().end()};
  }
};

TEST_F(SavepointTest, LeavingTheScopeUndoesWhatWasDoneSince) {
  UnitOfWork unit = Begin();
  ASSERT_TRUE(Create(unit, "1.00").ok());
  {
    Savepoint savepoint = Mark(unit);
    EXPECT_NE(savepoint.name(), "");
    ASSERT_TRUE(Create(unit, "2.00").ok());
  }
  EXPECT_THAT(Open(unit), IsEmpty());
  ASSERT_TRUE(Create(unit, "3.00").ok());
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("1.00", "3.00"));
}

TEST_F(SavepointTest, ReleaseKeepsIt) {
  UnitOfWork unit = Begin();
  {
    Savepoint savepoint = Mark(unit, "kept");
    EXPECT_THAT(Open(unit), ElementsAre("kept"));
    ASSERT_TRUE(Create(unit, "2.00").ok());
    EXPECT_TRUE(savepoint.Release().ok());
    EXPECT_THAT(Open(unit), IsEmpty());
  }
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("2.00"));
}

TEST_F(SavepointTest, AFailedUnitIsWellAgainAfterwards) {
  const int64_t taken = CommittedAccount("1.00");
  UnitOfWork unit = Begin();
  {
    Savepoint savepoint = Mark(unit);
    EXPECT_EQ(ReasonOf(Collide(unit, taken)), reason::kUniqueViolation);
  }
  EXPECT_TRUE(Create(unit, "2.00").ok());
  Savepoint again = Mark(unit);
  EXPECT_EQ(ReasonOf(Collide(unit, taken)), reason::kUniqueViolation);
  EXPECT_TRUE(again.Rollback().ok());
  EXPECT_TRUE(again.Rollback().ok()) << "which may be repeated";
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("1.00", "2.00"));
}

TEST_F(SavepointTest, TheyNest) {
  UnitOfWork unit = Begin();
  {
    Savepoint outer = Mark(unit, "outer");
    ASSERT_TRUE(Create(unit, "1.00").ok());
    {
      Savepoint inner = Mark(unit, "inner");
      ASSERT_TRUE(Create(unit, "2.00").ok());
    }
    {
      Savepoint inner = Mark(unit, "inner");
      ASSERT_TRUE(Create(unit, "3.00").ok());
      EXPECT_EQ(ReasonOf(outer.Release()), "SAVEPOINT_OPEN") << "the inner one ends first";
      ASSERT_TRUE(inner.Release().ok());
    }
    ASSERT_TRUE(outer.Release().ok());
  }
  {
    Savepoint outer = Mark(unit);
    Savepoint inner = Mark(unit);
    ASSERT_TRUE(Create(unit, "4.00").ok());
    ASSERT_TRUE(inner.Release().ok());
  }
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("1.00", "3.00"));
}

TEST_F(SavepointTest, RollingBackTheOuterEndsTheInner) {
  UnitOfWork unit = Begin();
  Savepoint outer = Mark(unit, "outer");
  Savepoint inner = Mark(unit, "inner");
  ASSERT_TRUE(Create(unit, "1.00").ok());
  ASSERT_TRUE(outer.Rollback().ok());
  Savepoint same_name = Mark(unit, "inner");
  ASSERT_TRUE(Create(unit, "2.00").ok());
  EXPECT_TRUE(inner.Rollback().ok()) << "it has ended, and another of its name is not touched";
  EXPECT_FALSE(inner.Release().ok());
  ASSERT_TRUE(same_name.Release().ok());
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("2.00"));
}

TEST_F(SavepointTest, CommitIsRefusedWhileOneIsOpen) {
  UnitOfWork unit = Begin();
  {
    Savepoint savepoint = Mark(unit);
    ASSERT_TRUE(Create(unit).ok());
    EXPECT_EQ(ReasonOf(unit.Commit()), "SAVEPOINT_OPEN");
  }
  EXPECT_EQ(unit.state(), UnitOfWork::State::kOpen);
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), IsEmpty());
}

TEST_F(SavepointTest, OneThatOutlivesItsUnitDoesNothing) {
  UnitOfWork unit = Begin();
  Savepoint savepoint = Mark(unit);
  ASSERT_TRUE(unit.Rollback().ok());
  EXPECT_TRUE(savepoint.Rollback().ok());
  EXPECT_FALSE(savepoint.Release().ok());
  EXPECT_EQ(ReasonOf(Savepoint::Begin(unit).status()), reason::kUnitOfWorkEnded);
}

TEST_F(SavepointTest, ReleaseOfOneThatHasEndedSaysThat) {
  UnitOfWork unit = Begin();
  Savepoint released = Mark(unit);
  ASSERT_TRUE(released.Release().ok());
  Savepoint undone = Mark(unit);
  ASSERT_TRUE(undone.Rollback().ok());
  for (Savepoint* ended : {&released, &undone}) {
    const absl::Status again = ended->Release();
    EXPECT_EQ(again.code(), absl::StatusCode::kNotFound) << again;
    EXPECT_EQ(ReasonOf(again), reason::kSavepointNotFound) << "and not that the unit has ended, for it is open";
  }
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(ReasonOf(released.Release()), reason::kUnitOfWorkEnded);
}

TEST_F(SavepointTest, ItMovesWithItsUnit) {
  UnitOfWork unit = Begin();
  Savepoint savepoint = Mark(unit);
  UnitOfWork moved = std::move(unit);
  Savepoint held = std::move(savepoint);
  ASSERT_TRUE(Create(moved, "1.00").ok());
  ASSERT_TRUE(held.Release().ok());
  ASSERT_TRUE(moved.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("1.00"));
}

}  // namespace
}  // namespace rowkeeper::client
