// RunInUnitOfWork after real conflicts in the database.
#include <atomic>
#include <optional>
#include <thread>

#include "tests/client/tracker_fixture.h"

namespace rowkeeper::client {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

RunOptions WithIsolation(Isolation isolation) {
  RunOptions options;
  options.unit.isolation = isolation;
  return options;
}

class RerunTest : public TrackerTest {
 protected:
  /// As another caller, who commits at once.
  void ChangeOutside(int64_t id, const std::string& balance) {
    const auto changed = Call(&Accounts::Update, accounts_, SetBalance(id, balance));
    EXPECT_TRUE(changed.ok()) << changed.status();
  }
  /// Reads the balance and adds one to it, as a caller that knows nothing of others would.
  absl::Status Increment(
      UnitOfWork& unit, int64_t id, const std::function<void()>& between = [] {}) {
    const auto account = unit.Call(&Accounts::GetById, accounts_, WithId(id));
    if (!account.ok()) return account.status();
    between();
    return Update(unit, id, std::to_string(std::stoi(account->balance()) + 1) + ".00");
  }
};

TEST_F(RerunTest, ASerializationFailureRunsTheWholeFunctionAgain) {
  const int64_t id = CommittedAccount("10.00");
  int runs = 0;
  std::vector<Rerun> reruns;
  RunOptions options = WithIsolation(Isolation::kRepeatableRead);
  options.on_rerun = [&](const Rerun& rerun) { reruns.push_back(rerun); };
  const absl::Status status = RunInUnitOfWork(channel_, options, [&](UnitOfWork& unit) {
    const bool first = ++runs == 1;
    EXPECT_TRUE(Create(unit, "1.00").ok());
    return Increment(unit, id, [&] {
      if (first) ChangeOutside(id, "20.00");
    });
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_THAT(Balances(), ElementsAre("21.00", "1.00")) << "nothing of the first attempt is left, and nothing was lost";
  ASSERT_EQ(reruns.size(), 1u);
  EXPECT_EQ(reruns[0].attempts, 1);
  EXPECT_EQ(ReasonOf(reruns[0].error), reason::kSerializationFailure);
  EXPECT_GE(reruns[0].pause, DetailsOf(reruns[0].error).retry_delay.value());
}

TEST_F(RerunTest, AUnitWhoseConnectionDiedRunsAgain) {
  const auto end_backend = [] {
    server().database().Run(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND state "
        "LIKE "
        "'idle in transaction%'");
  };
  for (const bool before_commit : {false, true}) {
    int runs = 0;
    const absl::Status status = RunInUnitOfWork(channel_, {}, [&](UnitOfWork& unit) -> absl::Status {
      if (absl::Status created = Create(unit, "1.00"); !created.ok()) return created;
      if (++runs == 1) end_backend();
      return before_commit ? absl::OkStatus() : Create(unit, "2.00");
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(runs, 2);
  }
  EXPECT_THAT(Balances(), UnorderedElementsAre("1.00", "2.00", "1.00")) << "nothing of the first attempts is left";
}

TEST_F(RerunTest, ASerializationFailureThatCommitMeetsDoesToo) {
  const int64_t left = CommittedAccount("50.00");
  const int64_t right = CommittedAccount("50.00");
  // Each takes from its own account what both together allow: write skew, which only Commit notices.
  Barrier both_have_read(2);
  std::atomic<int> runs{0}, refused{0};
  const auto withdraw = [&](int64_t own, int64_t other) {
    bool first = true;
    return RunInUnitOfWork(channel_, WithIsolation(Isolation::kSerializable), [&](UnitOfWork& unit) -> absl::Status {
      ++runs;
      const auto mine = unit.Call(&Accounts::GetById, accounts_, WithId(own));
      if (!mine.ok()) return mine.status();
      const auto theirs = unit.Call(&Accounts::GetById, accounts_, WithId(other));
      if (!theirs.ok()) return theirs.status();
      if (first) both_have_read.ArriveAndWait();
      first = false;
      if (std::stoi(mine->balance()) + std::stoi(theirs->balance()) < 100) {
        ++refused;
        return absl::OkStatus();
      }
      return Update(unit, own, "-30.00");
    });
  };
  absl::Status of_left, of_right;
  std::thread thread([&] { of_left = withdraw(left, right); });
  of_right = withdraw(right, left);
  thread.join();
  EXPECT_TRUE(of_left.ok()) << of_left;
  EXPECT_TRUE(of_right.ok()) << of_right;
  EXPECT_GE(runs, 3);
  EXPECT_EQ(refused, 1);
  EXPECT_THAT(Balances(), UnorderedElementsAre("50.00", "-30.00"));
}

TEST_F(RerunTest, ADeadlockEndsOneAndRunsItAgain) {
  const int64_t a = CommittedAccount("0.00");
  const int64_t b = CommittedAccount("0.00");
  Barrier both_hold_one(2);
  std::atomic<int> runs{0}, deadlocks{0};
  RunOptions options;
  options.on_rerun = [&](const Rerun& rerun) { deadlocks += ReasonOf(rerun.error) == reason::kDeadlock; };
  const auto add_to_both = [&](int64_t first, int64_t second) {
    bool fresh = true;
    return RunInUnitOfWork(channel_, options, [&, first, second](UnitOfWork& unit) -> absl::Status {
      ++runs;
      absl::Status status = Increment(unit, first);
      if (!status.ok()) return status;
      if (fresh) both_hold_one.ArriveAndWait();
      fresh = false;
      return Increment(unit, second);
    });
  };
  absl::Status one, other;
  std::thread thread([&] { one = add_to_both(a, b); });
  other = add_to_both(b, a);
  thread.join();
  EXPECT_TRUE(one.ok()) << one;
  EXPECT_TRUE(other.ok()) << other;
  EXPECT_EQ(deadlocks, 1);
  EXPECT_EQ(runs, 3);
}

TEST_F(RerunTest, ALockTimeoutRunsItAgain) {
  const int64_t id = CommittedAccount("1.00");
  std::optional<UnitOfWork> holder(Begin());
  ASSERT_TRUE(Update(*holder, id, "2.00").ok());
  int runs = 0;
  RunOptions options;
  options.on_rerun = [&](const Rerun& rerun) {
    EXPECT_EQ(ReasonOf(rerun.error), reason::kLockTimeout);
    holder.reset();
  };
  EXPECT_TRUE(RunInUnitOfWork(channel_, options, [&](UnitOfWork& unit) {
                ++runs;
                return Update(unit, id, "3.00");
              }).ok());
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Balance(id), "3.00");
}

TEST_F(RerunTest, ItEndsWithTheLastErrorAfterTheMostAttempts) {
  const int64_t id = CommittedAccount("1.00");
  int runs = 0;
  RunOptions options = WithIsolation(Isolation::kRepeatableRead);
  options.max_attempts = 3;
  const absl::Status status = RunInUnitOfWork(channel_, options, [&](UnitOfWork& unit) {
    ++runs;
    return Increment(unit, id, [&] { ChangeOutside(id, "5.00"); });
  });
  EXPECT_EQ(ReasonOf(status), reason::kSerializationFailure);
  EXPECT_EQ(runs, 3);
}

TEST_F(RerunTest, AnOverlookedConflictRunsItAgain) {
  const int64_t id = CommittedAccount("1.00");
  int runs = 0;
  const absl::Status status =
      RunInUnitOfWork(channel_, WithIsolation(Isolation::kRepeatableRead), [&](UnitOfWork& unit) {
        const bool first = ++runs == 1;
        const absl::Status overlooked = Increment(unit, id, [&] {
          if (first) ChangeOutside(id, "5.00");
        });
        EXPECT_EQ(overlooked.ok(), !first) << overlooked;
        return absl::OkStatus();
      });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
  EXPECT_EQ(Balance(id), "6.00");
}

TEST_F(RerunTest, FurtherReasonsMayBeAdded) {
  const int64_t id = CommittedAccount("1.00");
  int runs = 0;
  RunOptions options;
  options.rerun_on.push_back(reason::kVersionMismatch);
  const absl::Status status = RunInUnitOfWork(channel_, options, [&](UnitOfWork& unit) -> absl::Status {
    const bool first = ++runs == 1;
    const auto account = unit.Call(&Accounts::GetById, accounts_, WithId(id));
    if (!account.ok()) return account.status();
    if (first) ChangeOutside(id, "5.00");
    auto guarded = SetBalance(id, "7.00");
    guarded.mutable_account()->set_version(account->version());
    return unit.Call(&Accounts::Update, accounts_, guarded).status();
  });
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(runs, 2);
}

TEST_F(RerunTest, CountersThatManyIncrementLoseNothing) {
  const int64_t id = CommittedAccount("0.00");
  constexpr int kThreads = 4, kEach = 5;
  RunOptions options = WithIsolation(Isolation::kSerializable);
  options.max_attempts = 200;
  std::vector<std::thread> threads;
  std::atomic<int> done{0};
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < kEach; ++n) {
        const auto status = RunInUnitOfWork(channel_, options, [&](UnitOfWork& unit) { return Increment(unit, id); });
        EXPECT_TRUE(status.ok()) << status;
        done += status.ok();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done, kThreads * kEach);
  EXPECT_EQ(Balance(id), std::to_string(kThreads * kEach) + ".00");
}

}  // namespace
}  // namespace rowkeeper::client
