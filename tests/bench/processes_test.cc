#include "tests/bench/load/processes.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <ctime>
#include <thread>

namespace rowkeeper::bench {
namespace {

/// CPU time of this process, without its children.
double OwnCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void Burn(double seconds) {
  const double end = OwnCpuSeconds() + seconds;
  while (OwnCpuSeconds() < end) {
  }
}

TEST(ProcessesTest, CountsTheProcess) {
  const double before = UseOf(getpid()).cpu_seconds;
  Burn(0.1);
  const ProcessUse use = UseOf(getpid());
  EXPECT_GE(use.cpu_seconds - before, 0.08);
  EXPECT_GT(use.private_mib, 0);
}

TEST(ProcessesTest, CountsContextSwitchesOfAllThreads) {
  const int64_t before = UseOf(getpid()).switches;
  std::thread([&] {
    for (int i = 0; i < 20; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    EXPECT_GE(UseOf(getpid()).switches - before, 20);
  }).join();
}

TEST(ProcessesTest, CountsChildrenWhetherTheyRunOrHaveEnded) {
  const double before = UseOf(getpid()).cpu_seconds;
  int ready[2];
  ASSERT_EQ(pipe(ready), 0);
  const pid_t child = fork();
  if (child == 0) {
    Burn(0.2);
    const char byte = 1;
    _exit(write(ready[1], &byte, 1) == 1 && pause() == 0 ? 0 : 1);
  }
  char byte = 0;
  ASSERT_EQ(read(ready[0], &byte, 1), 1);
  EXPECT_GE(UseOf(getpid()).cpu_seconds - before, 0.18);
  EXPECT_GE(UseOf(child).cpu_seconds, 0.18);
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  EXPECT_GE(UseOf(getpid()).cpu_seconds - before, 0.18);
  EXPECT_EQ(UseOf(child).cpu_seconds, 0);
  close(ready[0]);
  close(ready[1]);
}

}  // namespace
}  // namespace rowkeeper::bench
