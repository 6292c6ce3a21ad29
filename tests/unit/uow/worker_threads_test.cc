#include "server/uow/worker_threads.h"

#include <gtest/gtest.h>

#include <pthread.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <future>
#include <stdexcept>
#include <system_error>
#include <thread>

namespace rowkeeper::uow {
namespace {

TEST(WorkerThreadsTest, NoTaskWaitsForAnotherToEnd) {
  constexpr int kTasks = 20;
  std::atomic<int> arrived{0};
  std::promise<void> all;
  const std::shared_future<void> everybody_is_here = all.get_future().share();
  WorkerThreads workers;
  for (int i = 0; i < kTasks; ++i) {
    workers.Submit([&, everybody_is_here] {
      if (++arrived == kTasks) all.set_value();
      everybody_is_here.wait();  // for ever, unless all run at once
    });
  }
  EXPECT_EQ(everybody_is_here.wait_for(std::chrono::seconds(20)), std::future_status::ready);
}

TEST(WorkerThreadsTest, ATaskThatThrowsEndsNothingElse) {
  std::atomic<int> ran{0};
  {
    WorkerThreads workers;
    for (int i = 0; i < 10; ++i) {
      workers.Submit([] { throw std::runtime_error("oops"); });
      workers.Submit([&ran] { ++ran; });
    }
  }
  EXPECT_EQ(ran, 10);
}

TEST(WorkerThreadsTest, TheDestructorWaitsForTasksAndForWhatTheySubmit) {
  std::atomic<int> ran{0};
  {
    WorkerThreads workers;
    for (int i = 0; i < 50; ++i) {
      workers.Submit([&] {
        ++ran;
        workers.Submit([&] { ++ran; });
      });
    }
  }
  EXPECT_EQ(ran, 100);
}

/// While it lives, no thread can be begun: none finds room for its stack. (A limit on the address space would do the
/// same and leave sanitizers no memory.)
class NoMoreThreads {
 public:
  NoMoreThreads() {
    pthread_attr_t vast;
    EXPECT_EQ(pthread_getattr_default_np(&before_), 0);
    EXPECT_EQ(pthread_getattr_default_np(&vast), 0);
    EXPECT_EQ(pthread_attr_setstacksize(&vast, size_t{1} << 47), 0);
    EXPECT_EQ(pthread_setattr_default_np(&vast), 0);
    pthread_attr_destroy(&vast);
  }
  ~NoMoreThreads() {
    pthread_setattr_default_np(&before_);
    pthread_attr_destroy(&before_);
  }

 private:
  pthread_attr_t before_{};
};

/// Exit code 0 when all tasks ran. In a process of its own: stacks of threads that ended would be used again.
[[noreturn]] void SubmitWithoutThreads() {
  constexpr int kTasks = 8;
  std::atomic<int> ran{0};
  WorkerThreads workers;
  {
    const NoMoreThreads tight;
    try {
      std::thread([] {}).join();
      _exit(2);  // the limit does not bind
    } catch (const std::system_error&) {
    }
    for (int i = 0; i < kTasks; ++i) workers.Submit([&] { ++ran; });
  }
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (ran < kTasks && std::chrono::steady_clock::now() < until) std::this_thread::yield();
  _exit(ran == kTasks ? 0 : 1);
}

TEST(WorkerThreadsTest, TasksWaitForOthersToEndWhereTheSystemHasNoThreadForThem) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_EXIT(SubmitWithoutThreads(), ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace rowkeeper::uow
