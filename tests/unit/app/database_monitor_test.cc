#include "server/app/database_monitor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "server/base/database_errors.h"
#include "tests/support/fake_clock.h"

namespace rowkeeper::app {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Lt;

using Reach = DatabaseState::Reach;

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
    return clock_.AdvanceUntil([&] { return script_.probes().size() >= count; }, std::chrono::minutes(1));
  }
  /// Lets time pass until so many changes were told.
  bool AwaitTold(size_t count) {
    return clock_.AdvanceUntil([&] { return Told().size() >= count; }, std::chrono::minutes(1));
  }
  /// From the first probe on: the time between each and the next.
  std::vector<milliseconds> Pauses() const {
    const std::vector<Clock::time_point> probes = script_.probes();
    std::vector<milliseconds> pauses;
    for (size_t i = 1; i < probes.size(); ++i) {
      pauses.push_back(std::chrono::duration_cast<milliseconds>(probes[i] - probes[i - 1]));
    }
    return pauses;
  }

  testing::FakeClock clock_;
  Timers timers_{&clock_};
  Script script_{&clock_};
  mutable absl::Mutex mutex_;
  std::vector<DatabaseState> told_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<DatabaseMonitor> monitor_;
};

/// As a thread keeps them that is not woken at once.
auto About(milliseconds time) { return AllOf(Ge(time), Lt(time + milliseconds(900))); }

TEST_F(DatabaseMonitorTest, ProbesEachSecondAndTellsOnlyWhatChanges) {
  script_.Show(Seen(Reach::kReachable));
  Start();
  ASSERT_TRUE(AwaitProbes(5));
  EXPECT_THAT(Pauses(), Each(About(milliseconds(1000))));
  EXPECT_THAT(Told(), ElementsAre(Reach::kReachable));
}

TEST_F(DatabaseMonitorTest, ProbesFourTimesASecondWhileNothingAnswers) {
  script_.Show(Seen(Reach::kUnreachable));
  Start();
  ASSERT_TRUE(AwaitProbes(5));
  EXPECT_THAT(Pauses(), Each(About(milliseconds(250))));
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
  ASSERT_TRUE(AwaitProbes(5));
  EXPECT_THAT(Pauses(), Each(About(milliseconds(100))));
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
