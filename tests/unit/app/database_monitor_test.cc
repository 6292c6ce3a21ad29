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

using Reach = DatabaseView::Reach;

/// What looks show, as a test says; a look can be held until it is let go.
class Script {
 public:
  explicit Script(const Clock* clock) : clock_(*clock) {}

  DatabaseView Look() {
    absl::MutexLock lock(&mutex_);
    looks_.push_back(clock_.Now());
    const auto go_on = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return !held_; };
    mutex_.Await(absl::Condition(&go_on));
    return view_;
  }
  void Show(DatabaseView view) {
    absl::MutexLock lock(&mutex_);
    view_ = std::move(view);
  }
  void Hold(bool held) {
    absl::MutexLock lock(&mutex_);
    held_ = held;
  }
  /// When they began.
  std::vector<Clock::time_point> looks() const {
    absl::MutexLock lock(&mutex_);
    return looks_;
  }

 private:
  const Clock& clock_;
  mutable absl::Mutex mutex_;
  DatabaseView view_ ABSL_GUARDED_BY(mutex_);
  bool held_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<Clock::time_point> looks_ ABSL_GUARDED_BY(mutex_);
};

class ScriptedLook : public DatabaseLook {
 public:
  explicit ScriptedLook(Script* script) : script_(script) {}
  DatabaseView Look(const std::function<void()>&) override { return script_->Look(); }

 private:
  Script* const script_;
};

DatabaseView Seen(Reach reach) {
  DatabaseView view;
  view.reach = reach;
  if (reach == Reach::kUnreachable) view.reason = DatabaseUnavailable();
  if (reach == Reach::kPoolerUnfit) view.reason = PoolerUnfit("unfit");
  return view;
}

class DatabaseMonitorTest : public ::testing::Test {
 protected:
  ~DatabaseMonitorTest() override { script_.Hold(false); }

  void Start() {
    monitor_ = std::make_unique<DatabaseMonitor>(
        std::make_unique<ScriptedLook>(&script_),
        [this](const DatabaseView& view) {
          absl::MutexLock lock(&mutex_);
          told_.push_back(view);
        },
        &timers_);
  }

  /// The reaches that were told, in order, as numbers of the enum.
  std::vector<Reach> Told() const {
    absl::MutexLock lock(&mutex_);
    std::vector<Reach> reaches;
    for (const DatabaseView& view : told_) reaches.push_back(view.reach);
    return reaches;
  }
  DatabaseView LastTold() const {
    absl::MutexLock lock(&mutex_);
    return told_.empty() ? DatabaseView() : told_.back();
  }
  /// Lets time pass until so many looks have begun.
  bool AwaitLooks(size_t count) {
    return clock_.AdvanceUntil([&] { return script_.looks().size() >= count; }, std::chrono::minutes(1));
  }
  /// Lets time pass until so many changes were told.
  bool AwaitTold(size_t count) {
    return clock_.AdvanceUntil([&] { return Told().size() >= count; }, std::chrono::minutes(1));
  }
  /// From the first look on: the time between each and the next.
  std::vector<milliseconds> Pauses() const {
    const std::vector<Clock::time_point> looks = script_.looks();
    std::vector<milliseconds> pauses;
    for (size_t i = 1; i < looks.size(); ++i) {
      pauses.push_back(std::chrono::duration_cast<milliseconds>(looks[i] - looks[i - 1]));
    }
    return pauses;
  }

  testing::FakeClock clock_;
  Timers timers_{&clock_};
  Script script_{&clock_};
  mutable absl::Mutex mutex_;
  std::vector<DatabaseView> told_ ABSL_GUARDED_BY(mutex_);
  std::unique_ptr<DatabaseMonitor> monitor_;
};

/// As a thread keeps them that is not woken at once.
auto About(milliseconds time) { return AllOf(Ge(time), Lt(time + milliseconds(900))); }

TEST_F(DatabaseMonitorTest, LooksEachSecondAndTellsOnlyWhatChanges) {
  script_.Show(Seen(Reach::kReachable));
  Start();
  ASSERT_TRUE(AwaitLooks(5));
  EXPECT_THAT(Pauses(), Each(About(milliseconds(1000))));
  EXPECT_THAT(Told(), ElementsAre(Reach::kReachable));
}

TEST_F(DatabaseMonitorTest, LooksFourTimesASecondWhileNothingAnswers) {
  script_.Show(Seen(Reach::kUnreachable));
  Start();
  ASSERT_TRUE(AwaitLooks(5));
  EXPECT_THAT(Pauses(), Each(About(milliseconds(250))));
  script_.Show(Seen(Reach::kReachable));
  ASSERT_TRUE(AwaitTold(2));
  EXPECT_THAT(Told(), ElementsAre(Reach::kUnreachable, Reach::kReachable));
}

TEST_F(DatabaseMonitorTest, ASilentDatabaseIsUnreachableAfterThreeSecondsAndKeepsWhatIsKnownOfIt) {
  DatabaseView fits = Seen(Reach::kReachable);
  fits.fit = std::make_shared<const schema::FitState>();
  script_.Show(fits);
  Start();
  ASSERT_TRUE(AwaitTold(1));
  script_.Hold(true);
  ASSERT_TRUE(AwaitLooks(2));
  const Clock::time_point silent_since = script_.looks()[1];
  ASSERT_TRUE(AwaitTold(2));
  EXPECT_GE(clock_.Now() - silent_since, milliseconds(3000));
  EXPECT_THAT(Told(), ElementsAre(Reach::kReachable, Reach::kUnreachable));
  EXPECT_EQ(LastTold().fit, fits.fit);
  script_.Hold(false);  // the answer is there at last
  ASSERT_TRUE(AwaitTold(3));
  EXPECT_THAT(Told(), ElementsAre(Reach::kReachable, Reach::kUnreachable, Reach::kReachable));
}

TEST_F(DatabaseMonitorTest, WhatALookCannotSeeIsToldOnlyWhenItLasts) {
  DatabaseView behind = Seen(Reach::kReachable);
  behind.behind = "table todos: locked by process 7";
  script_.Show(behind);
  Start();
  ASSERT_TRUE(AwaitTold(1));
  EXPECT_EQ(LastTold().behind, "");
  const Clock::time_point began = script_.looks()[0];
  ASSERT_TRUE(AwaitTold(2));
  EXPECT_GE(clock_.Now() - began, milliseconds(3000));
  EXPECT_EQ(LastTold().behind, behind.behind);
  EXPECT_EQ(LastTold().reach, Reach::kReachable);
  script_.Show(Seen(Reach::kReachable));
  ASSERT_TRUE(AwaitTold(3));
  EXPECT_EQ(LastTold().behind, "");
}

TEST_F(DatabaseMonitorTest, GoesOnSoonWhereThereIsMoreToSee) {
  DatabaseView more = Seen(Reach::kReachable);
  more.has_more = true;
  script_.Show(more);
  Start();
  ASSERT_TRUE(AwaitLooks(5));
  EXPECT_THAT(Pauses(), Each(About(milliseconds(100))));
}

TEST_F(DatabaseMonitorTest, CountsItsLooks) {
  script_.Show(Seen(Reach::kReachable));
  Start();
  ASSERT_TRUE(AwaitTold(1));
  script_.Show(Seen(Reach::kUnreachable));
  ASSERT_TRUE(AwaitTold(2));
  const DatabaseMonitor::Stats stats = monitor_->stats();
  EXPECT_GE(stats.looks, 2);
  EXPECT_GE(stats.looks_behind, 1);
  EXPECT_LT(stats.looks_behind, stats.looks);
  EXPECT_GE(stats.since_complete, milliseconds(250));
}

}  // namespace
}  // namespace rowkeeper::app
