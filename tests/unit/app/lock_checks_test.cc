#include "server/app/lock_checks.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/synchronization/mutex.h"

namespace rowkeeper::app {
namespace {

void LockInBothOrders() ABSL_NO_THREAD_SAFETY_ANALYSIS {
  absl::Mutex one;
  absl::Mutex other;
  one.Lock();
  other.Lock();
  other.Unlock();
  one.Unlock();
  other.Lock();
  one.Lock();
  one.Unlock();
  other.Unlock();
}

TEST(LockChecksDeathTest, TestsAbortWhenLocksAreTakenInBothOrders) {
  EXPECT_DEATH(LockInBothOrders(), "Potential Mutex deadlock");
}

TEST(LockChecksDeathTest, AReleaseDoesNotLook) {
#ifndef NDEBUG
  GTEST_SKIP() << "a debug build looks as tests do";
#endif
  EXPECT_EXIT(
      {
        ChooseLockChecks();
        LockInBothOrders();
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rowkeeper::app
