#include "server/app/database_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/base/database_errors.h"
#include "tests/support/fake_clock.h"

namespace rowkeeper::app {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

using Reach = DatabaseState::Reach;

/// A fake clock that tells until when somebody waits.
class AwaitedClock final : public Clock {
 public:
  time_point Now() const override { return fake_.Now(); }
  wall_time_point WallNow() const override { return fake_.WallNow(); }
  void WaitUntil(absl::CondVar* signalled, absl::Mutex* mutex, time_point until) override
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex) {
    Count(until, 1);
    fake_.WaitUntil(signalled, mutex, until);
    Count(until, -1);
  }
  bool IsAwaited(time_point until) const {
    const absl::MutexLock lock(&mutex_);
    const auto found = waiting_.find(until);
    return found != waiting_.end() && found->second > 0;
  }
  testing::FakeClock& fake() { return fake_; }

 private:
  void Count(time_point until, int more) {
    const absl::MutexLock lock(&mutex_);
    waiting_[until] += more;
  }

  testing::FakeClock fake_;
  mutable absl::Mutex mutex_;
  std::map<time_point, int> waiting_ ABSL_GUARDED_BY(mutex_);
};

/// What probes show, as a test says; a probe can be held until it is let go.
class Script {
 public:
  explicit Script(const Clock* clock) : clock_(*clock) {}

  DatabaseState Probe() {
    absl::MutexLock lock(&mutex_);
    probes_.push_back(clock_.Now());
    const auto go_on = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !held_; };
    mutex_.Await(absl::Condition(&go_on));
    return state_;
  }
  void Show(DatabaseState state) {
    absl::MutexLock lock(&mutex_);
    state_ = std::move(state);
  }
  void Hold(bool held) {
    absl::MutexLock lock(&mutex_);
    held_ = held;
  }
  /// When they began.
  std::vector<Clock::time_point> probes() const {
    absl::MutexLock lock(&mutex_);
    return probes_;
  }

 private:
  const Clock& clock_;
  mutable absl::Mutex mutex_;
  DatabaseState state_ ABSL_GUARDED_BY(mutex_);
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Clock::time_point> probes_ ABSL_GUARDED_BY(mutex_);
};

class ScriptedProbe : public DatabaseProbe {
 public:
  explicit ScriptedProbe(Script* script) : script_(script) {}
  DatabaseState Probe(const std::function<void()>&) override { return script_->Probe(); }

 private:
  Script* const script_;
};

DatabaseState Seen(Reach reach) {
  DatabaseState state;
  state.reach = reach;
  if (reach == Reach::kUnreachable) state.reason = DatabaseUnavailable();
  if (reach == Reach::kPoolerUnfit) state.reason = PoolerUnfit("unfit");
  return state;
}

class DatabaseMonitorTest : public ::testing::Test {
 protected:
  ~DatabaseMonitorTest() override { script_.Hold(false); }

  void Start() {
    monitor_ = std::make_unique<DatabaseMonitor>(
        std::make_unique<ScriptedProbe>(&script_),
        [this](const DatabaseState& state) {
          absl::MutexLock lock(&mutex_);
          told_.push_back(state);
        },
        &timers_);
  }

  /// The reaches that were told, in order, as numbers of the enum.
  std::vector<Reach> Told() const {
    absl::MutexLock lock(&mutex_);
    std::vector<Reach> reaches;
    for (const DatabaseState& state : told_) reaches.push_back(state.reach);
    return reaches;
  }
  DatabaseState LastTold() const {
    absl::MutexLock lock(&mutex_);
    return told_.empty() ? DatabaseState() : told_.back();
  }
  /// Lets time pass until so many probes have begun.
  bool AwaitProbes(size_t count) {
    return clock_.fake().AdvanceUntil([&] { return script_.probes().size() >= count; }, std::chrono::minutes(1));
  }
  /// Lets time pass until so many changes were told.
  bool AwaitTold(size_t count) {
    return clock_.fake().AdvanceUntil([&] { return Told().size() >= count; }, std::chrono::minutes(1));
  }
  /// Whether so much time passes after each of some probes before the next one begins.
  bool ProbesAfterEach(milliseconds pause) {
    for (size_t probes = 1; probes < 5; ++probes) {
      if (!testing::Eventually([&] { return script_.probes().size() == probes; })) return false;
      if (!testing::Eventually([&] { return clock_.IsAwaited(clock_.Now() + pause); })) return false;
      clock_.fake().Advance(pause);
    }
    return AwaitProbes(5);
  }

  AwaitedClock clock_;
  Timers timers_{&clock_};
  Script script_{&clock_};
  mutable absl::Mutex mutex_;
  std::vector<DatabaseState> told_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<DatabaseMonitor> monitor_;
};

TEST_F(DatabaseMonitorTest, ProbesEachSecondAndTellsOnlyWhatChanges) {
  script_.Show(Seen(Reach::kReachable));
  Start();
  EXPECT_TRUE(ProbesAfterEach(milliseconds(1000)));
  EXPECT_THAT(Told(), ElementsAre(Reach::kReachable));
}

TEST_F(DatabaseMonitorTest, ProbesFourTimesASecondWhileNothingAnswers) {
  script_.Show(Seen(Reach::kUnreachable));
  Start();
  EXPECT_TRUE(ProbesAfterEach(milliseconds(250)));
  script_.Show(Seen(Reach::kReachable));
  ASSERT_TRUE(AwaitTold(2));
  EXPECT_THAT(Told(), ElementsAre(Reach::kUnreachable, Reach::kReachable));
}

TEST_F(DatabaseMonitorTest, ASilentDatabaseIsUnreachableAfterThreeSecondsAndKeepsWhatIsKnownOfIt) {
  DatabaseState fits = Seen(Reach::kReachable);
  fits.fit = std::make_shared<const schema::FitState>();
  script_.Show(fits);
  Start();
  ASSERT_TRUE(AwaitTold(1));
  script_.Hold(true);
  ASSERT_TRUE(AwaitProbes(2));
  const Clock::time_point silent_since = script_.probes()[1];
  ASSERT_TRUE(AwaitTold(2));
  EXPECT_GE(clock_.Now() - silent_since, milliseconds(3000));
  EXPECT_THAT(Told(), ElementsAre(Reach::kReachable, Reach::kUnreachable));
  EXPECT_EQ(LastTold().fit, fits.fit);
  script_.Hold(false);  // the answer is there at last
  ASSERT_TRUE(AwaitTold(3));
  EXPECT_THAT(Told(), ElementsAre(Reach::kReachable, Reach::kUnreachable, Reach::kReachable));
}

TEST_F(DatabaseMonitorTest, WhatAProbeCannotSeeIsToldOnlyWhenItLasts) {
  DatabaseState behind = Seen(Reach::kReachable);
  behind.behind = "table todos: locked by process 7";
  script_.Show(behind);
  Start();
  ASSERT_TRUE(AwaitTold(1));
  EXPECT_EQ(LastTold().behind, "");
  const Clock::time_point began = script_.probes()[0];
  ASSERT_TRUE(AwaitTold(2));
  EXPECT_GE(clock_.Now() - began, milliseconds(3000));
  EXPECT_EQ(LastTold().behind, behind.behind);
  EXPECT_EQ(LastTold().reach, Reach::kReachable);
  script_.Show(Seen(Reach::kReachable));
  ASSERT_TRUE(AwaitTold(3));
  EXPECT_EQ(LastTold().behind, "");
}

TEST_F(DatabaseMonitorTest, GoesOnSoonWhereThereIsMoreToSee) {
  DatabaseState more = Seen(Reach::kReachable);
  more.has_more = true;
  script_.Show(more);
  Start();
  EXPECT_TRUE(ProbesAfterEach(milliseconds(100)));
}

TEST_F(DatabaseMonitorTest, CountsItsProbes) {
  script_.Show(Seen(Reach::kReachable));
  Start();
  ASSERT_TRUE(AwaitTold(1));
  script_.Show(Seen(Reach::kUnreachable));
  ASSERT_TRUE(AwaitTold(2));
  const DatabaseMonitor::Stats stats = monitor_->stats();
  EXPECT_GE(stats.probes, 2);
  EXPECT_GE(stats.probes_incomplete, 1);
  EXPECT_LT(stats.probes_incomplete, stats.probes);
  EXPECT_GE(stats.since_complete, milliseconds(250));
}

}  // namespace
}  // namespace rowkeeper::app
