// Times that callers give: without end, too short, for the whole, and for destructors.
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <optional>

#include "client/src/run_work.h"
#include "client/src/unit_state.h"
#include "rowkeeper/client/channel.h"
#include "rowkeeper/client/error_details.h"
#include "rowkeeper/client/run_in_unit_of_work.h"
#include "rowkeeper/client/savepoint.h"
#include "server/base/database_errors.h"
#include "server/wire/status.h"
#include "tests/client/jumping_clock.h"
#include "tests/client/scripted_server.h"

namespace rowkeeper::client {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Units = v1::UnitOfWork::Stub;

/// Nobody listens there.
constexpr char kNobodyListens[] = "127.0.0.1:1";

absl::Status DoNothing(UnitOfWork&) { return absl::OkStatus(); }

class Deadlines : public ::testing::Test {
 protected:
  UnitOfWork Begin(const UnitOfWorkOptions& options) { return Begin(options, &internal::Clock::System()); }
  UnitOfWork Begin(const UnitOfWorkOptions& options, internal::Clock* clock) {
    auto unit = internal::UnitAccess::Begin(channel_, options, internal::kLongestTime, clock);
    EXPECT_TRUE(unit.ok()) << unit.status();
    return *std::move(unit);
  }
  milliseconds Passed() const { return std::chrono::duration_cast<milliseconds>(Clock::now() - start_); }

  ScriptedServer server_;
  std::shared_ptr<grpc::Channel> channel_ = MakeChannel(server_.address());
  const Clock::time_point start_ = Clock::now();
};

TEST_F(Deadlines, TimesWithoutEndAreLongAndNotPast) {
  RunOptions options;
  options.total_time = milliseconds::max();
  options.unit.call_timeout = milliseconds::max();
  options.unit.commit_time = milliseconds::max();
  options.unit.drop_timeout = milliseconds::max();
  options.unit.idle_limit = milliseconds::max();
  options.unit.capacity_wait = milliseconds::max();
  CallOptions call;
  call.timeout = milliseconds::max();
  call.lost_reply = CallOptions::LostReply::kSendAgain;
  const absl::Status status = RunInUnitOfWork(channel_, options, [&](UnitOfWork& unit) {
    {
      const auto savepoint = Savepoint::Begin(unit);
      EXPECT_TRUE(savepoint.ok()) << savepoint.status();
    }
    EXPECT_TRUE(unit.Get().ok());
    return unit.Call(&Units::Get, v1::UnitOfWork::NewStub(channel_), {}, call).status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(server_.commits, 1);
}

TEST_F(Deadlines, CommitIsSentHoweverShortItsTimesAre) {
  for (const milliseconds time : {milliseconds(0), milliseconds(-1), milliseconds::min()}) {
    UnitOfWorkOptions options;
    options.commit_time = time;
    server_.commits = 0;
    // On a busy machine the shortest time may be over before the answer is there.
    bool committed = false;
    int tries = 0;
    for (; tries < 100 && !committed; ++tries) committed = Begin(options).Commit().ok();
    EXPECT_TRUE(committed);
    EXPECT_LE(server_.commits, tries) << "once each";
  }
}

TEST_F(Deadlines, AfterThatOfTheWholeNothingIsCommitted) {
  UnitOfWorkOptions options;
  JumpingClock clock;
  options.deadline = clock.WallNow() + std::chrono::seconds(10);
  UnitOfWork unit = Begin(options, &clock);
  clock.SleepFor(milliseconds(9700));
  server_.get = server_.Held();
  EXPECT_EQ(unit.Call(&Units::Get, v1::UnitOfWork::NewStub(channel_), {}).status().code(),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_LT(Passed(), CallOptions().timeout) << "the call has less than its own time";
  clock.SleepFor(milliseconds(300));
  const absl::Status outcome = unit.Commit();
  EXPECT_EQ(outcome.code(), absl::StatusCode::kDeadlineExceeded) << outcome;
  EXPECT_EQ(server_.commits, 0);
  EXPECT_EQ(unit.state(), UnitOfWork::State::kRolledBack);
  EXPECT_EQ(server_.rollbacks, 1);
}

TEST_F(Deadlines, ThatOfTheWholeEndsAskingForCommit) {
  server_.commit = [] { return grpc::Status(grpc::StatusCode::UNAVAILABLE, "lost"); };
  UnitOfWorkOptions options;
  JumpingClock clock;
  options.deadline = clock.WallNow() + milliseconds(4000);
  UnitOfWork unit = Begin(options, &clock);
  EXPECT_EQ(ReasonOf(unit.Commit()), reason::kCommitOutcomeUnknown);
  EXPECT_GT(clock.slept(), milliseconds(4000 - 20)) << "until no other attempt fits";
  EXPECT_LT(clock.slept(), milliseconds(4000));
}

TEST_F(Deadlines, ThatOfTheWholeEndsRunsAndTheirPauses) {
  server_.commit = [] { return wire::ToGrpcStatus(SerializationFailure()); };
  RunOptions options;
  options.max_attempts = std::numeric_limits<int>::max();
  JumpingClock clock;
  options.deadline = clock.WallNow() + milliseconds(4000);
  const absl::Status status = internal::RunWork(channel_, options, DoNothing, &clock);
  EXPECT_FALSE(status.ok());
  EXPECT_GT(server_.commits, 1);
  EXPECT_GT(clock.slept(), milliseconds(0));
  EXPECT_LE(clock.slept(), milliseconds(4000));
  const int commits = server_.commits;
  options.deadline = clock.WallNow() - std::chrono::hours(1);
  EXPECT_EQ(internal::RunWork(channel_, options, DoNothing, &clock).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(server_.commits, commits);
}

TEST_F(Deadlines, BeginIsAskedAgainWhenTheServerWasNotReachedInTime) {
  server_.begin = [this, held = server_.Held()] { return server_.begins == 1 ? held() : grpc::Status::OK; };
  RunOptions options;
  options.unit.call_timeout = milliseconds(2000);
  EXPECT_TRUE(RunInUnitOfWork(channel_, options, DoNothing).ok());
  EXPECT_EQ(server_.begins, 2);
}

TEST_F(Deadlines, BeginWaitsForTheTotalTimeAtMost) {
  RunOptions options;
  options.total_time = milliseconds(4000);
  options.unit.call_timeout = milliseconds(500);
  int reruns = 0;
  options.on_rerun = [&](const Rerun&) { ++reruns; };
  const auto closed = MakeChannel(kNobodyListens);
  EXPECT_EQ(RunInUnitOfWork(closed, options, DoNothing).code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_GE(reruns, 1);
  EXPECT_LT(Passed(), milliseconds(4000 + 8000));
}

class Drops : public Deadlines {
 protected:
  Drops() {
    server_.rollback = server_.rollback_to = server_.Held();
    options_.drop_timeout = milliseconds(3000);
  }
  UnitOfWorkOptions options_;
};

TEST_F(Drops, AUnitAndItsSavepointsWaitForTheDropTimeoutTogether) {
  {
    UnitOfWork unit = Begin(options_);
    const auto outer = Savepoint::Begin(unit, "outer");
    const auto middle = Savepoint::Begin(unit, "middle");
    const auto inner = Savepoint::Begin(unit, "inner");
    ASSERT_TRUE(outer.ok() && middle.ok() && inner.ok());
  }
  EXPECT_LT(Passed(), 3 * options_.drop_timeout) << "not each for itself";
  EXPECT_EQ(server_.rollbacks_to, 1) << "the first has shown that it is no use";
  EXPECT_EQ(server_.rollbacks, 1);
}

TEST_F(Drops, RollbackOfAnOuterSavepointMakesTheUnitWellAgain) {
  UnitOfWork unit = Begin(options_);
  auto outer = Savepoint::Begin(unit, "outer");
  ASSERT_TRUE(outer.ok());
  { const auto inner = Savepoint::Begin(unit, "inner"); }
  EXPECT_EQ(ReasonOf(unit.Commit()), reason::kSavepointOpen);
  server_.rollback_to = {};
  ASSERT_TRUE(outer->Rollback().ok());
  EXPECT_EQ(server_.rollbacks_to, 2);
  { const auto next = Savepoint::Begin(unit, "next"); }
  EXPECT_EQ(server_.rollbacks_to, 3) << "drops are sent again";
  EXPECT_TRUE(unit.Commit().ok());
}

}  // namespace
}  // namespace rowkeeper::client
