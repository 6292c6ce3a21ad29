#include "server/uow/worker_threads.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>

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

}  // namespace
}  // namespace rowkeeper::uow
