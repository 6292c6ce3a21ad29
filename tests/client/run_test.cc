// RunInUnitOfWork: what ends a unit, and what does not run it again. See rerun_test.cc for what does.
#include "rowkeeper/client/run_in_unit_of_work.h"

#include <stdexcept>

#include "tests/client/tracker_fixture.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class RunTest : public TrackerTest {};

TEST_F(RunTest, CommitsWhenTheFunctionSucceedsAndGivesItsResult) {
  const absl::StatusOr<Account> account = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
    auto created = unit.Call(&Accounts::Create, accounts_, NewAccount("4.00"));
    EXPECT_THAT(Balances(), IsEmpty());
    return created;
  });
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_EQ(account->balance(), "4.00");
  EXPECT_THAT(Balances(), ElementsAre("4.00"));
}

TEST_F(RunTest, AFunctionMayReturnAStatusOrAResultThatCannotBeCopied) {
  EXPECT_TRUE(RunInUnitOfWork(channel_, {}, [](UnitOfWork&) { return absl::OkStatus(); }).ok());
  const auto number = RunInUnitOfWork(
      channel_, {}, [](UnitOfWork&) -> absl::StatusOr<std::unique_ptr<int>> { return std::make_unique<int>(7); });
  ASSERT_TRUE(number.ok());
  EXPECT_EQ(**number, 7);
}

TEST_F(RunTest, AnErrorOfTheFunctionRollsBackAndIsReturnedAsItIs) {
  const int before = OpenUnits();
  int runs = 0;
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
    ++runs;
    EXPECT_TRUE(Create(unit).ok());
    return absl::FailedPreconditionError("not today");
  });
  EXPECT_EQ(status, absl::FailedPreconditionError("not today"));
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(OpenUnits(), before);
  EXPECT_THAT(Balances(), IsEmpty());
}

TEST_F(RunTest, ErrorsOfCallsThatWouldFailAgainAreNotRunAgain) {
  const int64_t taken = CommittedAccount();
  int runs = 0;
  const auto run = [&](const std::function<absl::Status(UnitOfWork&)>& function) {
    return ReasonOf(RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
      ++runs;
      return function(unit);
    }));
  };
  EXPECT_EQ(run([&](UnitOfWork& unit) { return Collide(unit, taken); }), reason::kUniqueViolation);
  EXPECT_EQ(run([&](UnitOfWork& unit) { return Update(unit, 1000000, "1.00"); }), reason::kRowNotFound);
  EXPECT_EQ(run([&](UnitOfWork& unit) {
              auto stale = SetBalance(taken, "1.00");
              stale.mutable_account()->set_version(99);
              return unit.Call(&Accounts::Update, accounts_, stale).status();
            }),
            reason::kVersionMismatch);
  EXPECT_EQ(runs, 3);
}

TEST_F(RunTest, AnOverlookedErrorIsSaidByCommit) {
  const int64_t taken = CommittedAccount("1.00");
  int runs = 0;
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
    ++runs;
    Create(unit).IgnoreError();
    Collide(unit, taken).IgnoreError();
    return absl::OkStatus();
  });
  EXPECT_EQ(ReasonOf(status), reason::kUnitOfWorkFailed);
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(Balances(), ElementsAre("1.00"));
}

TEST_F(RunTest, AnExceptionRollsBackAndPassesThrough) {
  EXPECT_THROW(RunInUnitOfWork(channel_, {},
                               [&](UnitOfWork& unit) -> absl::Status {
                                 EXPECT_TRUE(Create(unit).ok());
                                 throw std::runtime_error("thrown inside");
                               })
                   .IgnoreError(),
               std::runtime_error);
  EXPECT_THAT(Balances(), IsEmpty());
}

TEST_F(RunTest, AFunctionMayEndTheUnitItself) {
  EXPECT_TRUE(RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
                EXPECT_TRUE(Create(unit, "1.00").ok());
                return unit.Commit();
              }).ok());
  EXPECT_TRUE(RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) {
                EXPECT_TRUE(Create(unit, "2.00").ok());
                return unit.Rollback();
              }).ok());
  EXPECT_THAT(Balances(), ElementsAre("1.00"));
}

TEST_F(RunTest, WhatWasCommittedIsNotRunAgain) {
  const int64_t locked = CommittedAccount("1.00");
  UnitOfWork other = Begin();
  ASSERT_TRUE(Update(other, locked, "2.00").ok());
  int runs = 0;
  const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) -> absl::Status {
    ++runs;
    EXPECT_TRUE(Create(unit, "3.00").ok());
    EXPECT_TRUE(unit.Commit().ok());
    return Call(&Accounts::Update, accounts_, SetBalance(locked, "4.00")).status();
  });
  EXPECT_EQ(ReasonOf(status), reason::kLockTimeout) << "of a call after Commit";
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(Balances(), ElementsAre("1.00", "3.00"));
}

}  // namespace
}  // namespace rowkeeper::client
