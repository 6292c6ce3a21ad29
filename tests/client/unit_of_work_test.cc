#include "rowkeeper/client/unit_of_work.h"

#include <stdexcept>

#include <optional>

#include "tests/client/tracker_fixture.h"
#include "tests/support/eventually.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class UnitOfWorkTest : public TrackerTest {};

TEST_F(UnitOfWorkTest, WhatItWritesIsSeenInsideAtOnceAndByOthersAfterCommit) {
  UnitOfWork unit = Begin();
  const auto account = unit.Call(&Accounts::Create, accounts_, NewAccount("1.00"));
  ASSERT_TRUE(account.ok()) << account.status();
  EXPECT_GT(account->id(), 0) << "the id comes back before Commit";
  EXPECT_TRUE(unit.Call(&Accounts::GetById, accounts_, WithId(account->id())).ok());
  EXPECT_THAT(Balances(), IsEmpty());
  EXPECT_EQ(unit.state(), UnitOfWork::State::kOpen);
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_EQ(unit.state(), UnitOfWork::State::kCommitted);
  EXPECT_THAT(Balances(), ElementsAre("1.00"));
}

TEST_F(UnitOfWorkTest, LeavingTheScopeRollsBack) {
  const int before = OpenUnits();
  {
    UnitOfWork unit = Begin();
    ASSERT_TRUE(Create(unit).ok());
    EXPECT_EQ(OpenUnits(), before + 1);
  }
  EXPECT_EQ(OpenUnits(), before) << "at once, not when its lease ends";
  EXPECT_THAT(Balances(), IsEmpty());
}

TEST_F(UnitOfWorkTest, AnExceptionRollsBack) {
  EXPECT_THROW(
      {
        UnitOfWork unit = Begin();
        ASSERT_TRUE(Create(unit).ok());
        throw std::runtime_error("thrown inside");
      },
      std::runtime_error);
  EXPECT_THAT(Balances(), IsEmpty());
}

TEST_F(UnitOfWorkTest, RollbackEndsItAndMayBeRepeated) {
  UnitOfWork unit = Begin();
  ASSERT_TRUE(Create(unit).ok());
  EXPECT_TRUE(unit.Rollback().ok());
  EXPECT_TRUE(unit.Rollback().ok());
  EXPECT_EQ(ReasonOf(Create(unit)), reason::kUnitOfWorkEnded);
  EXPECT_EQ(ReasonOf(unit.Commit()), reason::kUnitOfWorkEnded);
  EXPECT_THAT(Balances(), IsEmpty());
}

TEST_F(UnitOfWorkTest, ACommitRepeatedSaysTheSameAndRollbackAfterItIsRefused) {
  UnitOfWork unit = Begin();
  ASSERT_TRUE(Create(unit).ok());
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_TRUE(unit.Commit().ok());
  EXPECT_EQ(ReasonOf(unit.Rollback()), reason::kUnitOfWorkEnded);
  EXPECT_EQ(ReasonOf(Create(unit)), reason::kUnitOfWorkEnded);
  EXPECT_EQ(Balances().size(), 1u);
}

TEST_F(UnitOfWorkTest, AFailedCallFailsTheUnitAndCommitSaysSo) {
  const int64_t taken = CommittedAccount("5.00");
  UnitOfWork unit = Begin();
  ASSERT_TRUE(Create(unit).ok());
  EXPECT_EQ(ReasonOf(Collide(unit, taken)), reason::kUniqueViolation);
  EXPECT_EQ(ReasonOf(Create(unit)), reason::kUnitOfWorkFailed);
  EXPECT_EQ(ReasonOf(unit.Commit()), reason::kUnitOfWorkFailed);
  EXPECT_EQ(unit.state(), UnitOfWork::State::kRolledBack);
  EXPECT_THAT(Balances(), ElementsAre("5.00"));
}

TEST_F(UnitOfWorkTest, OptionsReachTheServer) {
  UnitOfWorkOptions options;
  options.isolation = Isolation::kSerializable;
  options.access = Access::kReadOnlyDeferrable;
  options.idle_limit = milliseconds(15000);
  options.total_limit = milliseconds(25500);
  options.label = "a report";
  auto unit = UnitOfWork::Begin(channel_, options);
  ASSERT_TRUE(unit.ok()) << unit.status();
  const auto info = unit->Get();
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->id(), unit->id());
  EXPECT_EQ(info->label(), "a report");
  EXPECT_EQ(info->transaction().isolation(), v1::ISOLATION_SERIALIZABLE);
  EXPECT_TRUE(info->transaction().read_only());
  EXPECT_TRUE(info->transaction().deferrable());
  EXPECT_NEAR(info->total_expire_time().seconds() - info->begin_time().seconds(), 25.5, 0.6);
  EXPECT_EQ(ReasonOf(Create(*unit)), "UNIT_OF_WORK_READ_ONLY");
}

TEST_F(UnitOfWorkTest, OneThatIdledTooLongSaysThatItExpired) {
  UnitOfWorkOptions options;
  options.idle_limit = milliseconds(4000);  // a busy machine may take some of them to get to Create
  auto unit = UnitOfWork::Begin(channel_, options);
  ASSERT_TRUE(unit.ok()) << unit.status();
  ASSERT_TRUE(Create(*unit).ok());
  EXPECT_TRUE(testing::Eventually([this] { return OpenUnits() == 0; }));
  const absl::Status late = Create(*unit);
  EXPECT_EQ(ReasonOf(late), reason::kUnitOfWorkExpired) << late;
  EXPECT_EQ(DetailsOf(late).Metadata("cause"), "IDLE_LIMIT");
  EXPECT_EQ(ReasonOf(unit->Commit()), reason::kUnitOfWorkExpired);
  EXPECT_THAT(Balances(), IsEmpty());
}

TEST_F(UnitOfWorkTest, APreparedContextMakesACallAPartOfIt) {
  UnitOfWork unit = Begin();
  {
    grpc::ClientContext context;
    unit.Prepare(&context);
    EXPECT_LT(context.deadline(), std::chrono::system_clock::now() + std::chrono::seconds(11));
    Account account;
    ASSERT_TRUE(accounts_.Create(&context, NewAccount("3.00"), &account).ok());
  }
  EXPECT_THAT(Balances(), IsEmpty());
  ASSERT_TRUE(unit.Commit().ok());
  EXPECT_THAT(Balances(), ElementsAre("3.00"));
}

TEST_F(UnitOfWorkTest, APreparedContextKeepsItsOwnDeadline) {
  UnitOfWork unit = Begin();
  grpc::ClientContext context;
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(3);
  context.set_deadline(deadline);
  unit.Prepare(&context);
  EXPECT_EQ(std::chrono::duration_cast<milliseconds>(context.deadline() - deadline).count(), 0);
}

TEST_F(UnitOfWorkTest, APreparedCallIsRefusedOnceTheUnitHasEnded) {
  UnitOfWork unit = Begin();
  ASSERT_TRUE(unit.Rollback().ok());
  grpc::ClientContext context;
  unit.Prepare(&context);
  Account account;
  EXPECT_FALSE(accounts_.Create(&context, NewAccount(), &account).ok());
  EXPECT_THAT(Balances(), IsEmpty()) << "it is not made outside of the unit instead";
}

TEST_F(UnitOfWorkTest, HeadersOfACallAreSent) {
  UnitOfWork unit = Begin();
  CallOptions options;
  options.metadata = {{"rowkeeper-no-such-header", "1"}};
  EXPECT_EQ(ReasonOf(unit.Call(&Accounts::GetById, accounts_, WithId(1), options)), "INVALID_HEADER");
  EXPECT_EQ(ReasonOf(Call(&Accounts::GetById, accounts_, WithId(1), options)), "INVALID_HEADER");
}

TEST_F(UnitOfWorkTest, PagesAreReadInItsSnapshot) {
  for (int i = 0; i < 5; ++i) CommittedAccount();
  UnitOfWork unit = Begin(Isolation::kRepeatableRead);
  tracker::v1::ListAccountsByOwnerRequest request;
  request.set_owner_id(owner_);
  request.set_page_size(2);
  auto rows =
      unit.List(&Accounts::ListByOwner, accounts_, request, &tracker::v1::ListAccountsResponse::mutable_accounts);
  int seen = 0;
  for (const Account& account : rows) {
    EXPECT_EQ(account.balance(), "100.00");
    if (++seen == 1) CommittedAccount("7.00");
  }
  EXPECT_TRUE(rows.status().ok()) << rows.status();
  EXPECT_EQ(seen, 5);
  EXPECT_EQ(Balances().size(), 6u);
}

TEST_F(UnitOfWorkTest, PagesFollowAUnitThatMoves) {
  for (int i = 0; i < 3; ++i) CommittedAccount();
  UnitOfWork unit = Begin();
  ASSERT_TRUE(Create(unit, "1.00").ok());
  tracker::v1::ListAccountsByOwnerRequest request;
  request.set_owner_id(owner_);
  request.set_page_size(2);
  using Page = tracker::v1::ListAccountsResponse;
  auto rows = unit.List(&Accounts::ListByOwner, &accounts_, request, &Page::mutable_accounts);
  std::optional<UnitOfWork> moved(std::move(unit));
  int seen = 0;
  for ([[maybe_unused]] const Account& account : rows) ++seen;
  EXPECT_EQ(seen, 4) << "its own row too: " << rows.status();
  auto late = moved->List(&Accounts::ListByOwner, &accounts_, request, &Page::mutable_accounts);
  moved.reset();
  EXPECT_TRUE(late.begin() == late.end());
  EXPECT_EQ(ReasonOf(late.status()), reason::kUnitOfWorkEnded);
}

TEST_F(UnitOfWorkTest, ABeginThatIsRefusedSaysWhy) {
  UnitOfWorkOptions options;
  options.idle_limit = std::chrono::hours(1);
  EXPECT_EQ(UnitOfWork::Begin(channel_, options).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace rowkeeper::client
