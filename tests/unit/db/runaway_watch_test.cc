#include "server/db/runaway_watch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "tests/support/eventually.h"

namespace rowkeeper::db {
namespace {

using std::chrono::milliseconds;
using testing::Eventually;

RunawayStatement StatementOf(int pid) {
  RunawayStatement statement;
  statement.server_pid = pid;
  return statement;
}

/// A database that answers as a test wants it.
class FakeDatabase {
 public:
  void Set(int pid, Fate fate) {
    const absl::MutexLock lock(&mutex_);
    fates_[pid] = fate;
  }

  std::vector<Fate> Poll(const std::vector<RunawayStatement>& statements) {
    EXPECT_EQ(++at_once_, 1) << "one poll for all";
    const absl::MutexLock lock(&mutex_);
    std::vector<Fate> fates;
    for (const RunawayStatement& statement : statements) fates.push_back(fates_[statement.server_pid]);
    ++polls_;
    --at_once_;
    return fates;
  }

  int polls() const { return polls_; }
  RunawayWatch::Options Options() {
    RunawayWatch::Options options;
    options.poll = [this](const std::string&, const std::vector<RunawayStatement>& all) { return Poll(all); };
    options.first_pause = milliseconds(1);
    options.most_pause = options.unanswered_pause = milliseconds(5);
    return options;
  }

 private:
  absl::Mutex mutex_;
  std::map<int, Fate> fates_ ABSL_GUARDED_BY(mutex_);
  std::atomic<int> polls_{0};
  std::atomic<int> at_once_{0};
};

class RunawayWatchTest : public ::testing::Test {
 protected:
  ~RunawayWatchTest() override {
    for (std::thread& thread : threads_) thread.join();
  }
  void Follow(int pid, const CallerId& caller) {
    threads_.emplace_back([=] { watch_.Follow("db", StatementOf(pid), caller); });
  }
  /// Some polls later.
  bool PollsGoOn() {
    const int before = database_.polls();
    return Eventually([&] { return database_.polls() >= before + 3; });
  }

  const CallerId caller_{"caller"};
  FakeDatabase database_;
  RunawayStatements counts_;
  RunawayWatch watch_{&counts_, database_.Options()};
  std::vector<std::thread> threads_;
};

TEST_F(RunawayWatchTest, OneThatGoesOnCountsUntilItIsOver) {
  database_.Set(1, Fate::kRuns);
  Follow(1, caller_);
  ASSERT_TRUE(Eventually([&] { return counts_.RunningOf(caller_) == 1; }));
  ASSERT_TRUE(PollsGoOn());
  EXPECT_EQ(counts_.RunningOf(caller_), 1);
  database_.Set(1, Fate::kIsOver);
  EXPECT_TRUE(Eventually([&] { return counts_.running() == 0; }));
}

TEST_F(RunawayWatchTest, WhileNobodyAnswersItCountsOn) {
  database_.Set(1, Fate::kRuns);
  Follow(1, caller_);
  ASSERT_TRUE(Eventually([&] { return counts_.RunningOf(caller_) == 1; }));
  database_.Set(1, Fate::kUnknown);
  ASSERT_TRUE(PollsGoOn());
  EXPECT_EQ(counts_.RunningOf(caller_), 1);
  database_.Set(1, Fate::kIsOver);
  EXPECT_TRUE(Eventually([&] { return counts_.running() == 0; }));
}

TEST_F(RunawayWatchTest, OneThatNobodyFoundRunningNeverCounts) {
  database_.Set(1, Fate::kUnknown);
  Follow(1, caller_);
  ASSERT_TRUE(PollsGoOn());
  EXPECT_EQ(counts_.running(), 0);
  database_.Set(1, Fate::kIsOver);
}

TEST_F(RunawayWatchTest, OneThatEndedAtOnceNeverCounts) {
  database_.Set(1, Fate::kIsOver);
  watch_.Follow("db", StatementOf(1), caller_);
  EXPECT_EQ(database_.polls(), 1);
  EXPECT_EQ(counts_.running(), 0);
}

TEST_F(RunawayWatchTest, AllOfADatabaseArePolledTogether) {
  const CallerId other("other");
  for (int pid = 0; pid < 100; ++pid) {
    database_.Set(pid, Fate::kRuns);
    Follow(pid, pid % 2 == 0 ? caller_ : other);
  }
  ASSERT_TRUE(Eventually([&] { return counts_.running() == 100; }));
  EXPECT_EQ(counts_.RunningOf(other), 50);
  for (int pid = 0; pid < 100; pid += 2) database_.Set(pid, Fate::kIsOver);
  ASSERT_TRUE(Eventually([&] { return counts_.RunningOf(caller_) == 0; }));
  ASSERT_TRUE(PollsGoOn());
  EXPECT_EQ(counts_.RunningOf(other), 50);
  for (int pid = 1; pid < 100; pid += 2) database_.Set(pid, Fate::kIsOver);
  EXPECT_TRUE(Eventually([&] { return counts_.running() == 0; }));
}

TEST_F(RunawayWatchTest, OneMayComeAfterAllWereOver) {
  for (int pid = 1; pid <= 3; ++pid) {
    database_.Set(pid, Fate::kRuns);
    Follow(pid, caller_);
    ASSERT_TRUE(Eventually([&] { return counts_.RunningOf(caller_) == 1; }));
    database_.Set(pid, Fate::kIsOver);
    ASSERT_TRUE(Eventually([&] { return counts_.running() == 0; }));
  }
}

}  // namespace
}  // namespace rowkeeper::db
