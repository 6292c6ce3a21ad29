#include "server/net/file_watch.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/fake_clock.h"

namespace rowkeeper::net {
namespace {

using rowkeeper::testing::FakeClock;

/// What each look finds, one after the other; then the last for ever.
class FileWatchTest : public ::testing::Test {
 protected:
  void Watch(std::vector<absl::Status> findings) {
    findings_ = std::move(findings);
    watch_ = std::make_unique<FileWatch>(
        FileWatch::Callbacks{[this] { return Look(); }, [this](const std::string& problem) { Tell(problem); }},
        &clock_);
  }
  absl::Status Look() {
    const int look = looks_++;
    return findings_[std::min(static_cast<size_t>(look), findings_.size() - 1)];
  }
  void Tell(const std::string& problem) {
    const absl::MutexLock lock(&mutex_);
    told_.push_back(problem);
  }
  bool ComesToLook(int number) {
    return clock_.AdvanceUntil([&] { return looks_ >= number; }, std::chrono::seconds(60));
  }
  std::vector<std::string> told() {
    const absl::MutexLock lock(&mutex_);
    return told_;
  }

  FakeClock clock_;
  std::vector<absl::Status> findings_;
  std::atomic<int> looks_{0};
  absl::Mutex mutex_;
  std::vector<std::string> told_ ABSL_GUARDED_BY(mutex_);
  /// Ends before what it uses.
  std::unique_ptr<FileWatch> watch_;
};

absl::Status Good() { return absl::OkStatus(); }
absl::Status Bad(const std::string& problem) { return absl::FailedPreconditionError(problem); }

TEST_F(FileWatchTest, AProblemThatASecondLookDoesNotFindIsNotTold) {
  Watch({Bad("half of it"), Good(), Bad("half of it"), Good()});
  ASSERT_TRUE(ComesToLook(6));
  EXPECT_EQ(told(), std::vector<std::string>{});
  EXPECT_EQ(watch_->problems(), 0u);
}

TEST_F(FileWatchTest, AProblemIsToldOnceUntilItIsMended) {
  Watch({Bad("a"), Bad("a"), Bad("a"), Good(), Bad("a"), Bad("a"), Bad("a"), Good()});
  ASSERT_TRUE(ComesToLook(9));
  EXPECT_EQ(told(), (std::vector<std::string>{"a", "a"}));
}

TEST_F(FileWatchTest, ProblemsThatTakeTurnsAreToldOnceEach) {
  Watch({Bad("a"), Bad("b"), Bad("a"), Bad("b"), Bad("a"), Bad("b"), Bad("a"), Good()});
  ASSERT_TRUE(ComesToLook(8));
  EXPECT_EQ(told(), (std::vector<std::string>{"a", "b"})) << "a file that somebody writes again and again, badly";
  EXPECT_EQ(watch_->problems(), 2u);
}

TEST_F(FileWatchTest, WhoeverAsksGetsNoMoreLooksThanTheCooldownAllows) {
  const Clock::time_point start = clock_.Now();
  Watch({Good()});
  const auto looked = [this] {
    watch_->LookSoon();
    return looks_ >= 8;
  };
  ASSERT_TRUE(clock_.AdvanceUntil(looked, std::chrono::seconds(60)));
  EXPECT_GE(clock_.Now() - start, 8 * FileWatch::kCooldown);
}

}  // namespace
}  // namespace rowkeeper::net
