#include "server/base/machine_memory.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/support/temporary_directory.h"

namespace rowkeeper {
namespace {

constexpr size_t kMebibyte = size_t{1} << 20;

/// A machine whose /proc and /sys say what a test wants.
class MachineMemoryTest : public ::testing::Test {
 protected:
  void Write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = directory_.path() + path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text << "\n";
  }
  size_t Usable() const { return UsableMemory(directory_.path()); }

  testing::TemporaryDirectory directory_;
};

TEST_F(MachineMemoryTest, IsTheRamWithoutControlGroups) {
  EXPECT_GE(Usable(), 100 * kMebibyte);
  Write("/proc/self/cgroup", "0::/a");
  Write("/sys/fs/cgroup/a/memory.max", "max");
  EXPECT_EQ(Usable(), UsableMemory(directory_.path() + "/nowhere"));
}

TEST_F(MachineMemoryTest, IsTheLeastLimitOnTheWayUp) {
  Write("/proc/self/cgroup", "0::/a/b/c");
  Write("/sys/fs/cgroup/a/b/c/memory.max", std::to_string(64 * kMebibyte));
  EXPECT_EQ(Usable(), 64 * kMebibyte);
  Write("/sys/fs/cgroup/a/memory.max", std::to_string(48 * kMebibyte));
  EXPECT_EQ(Usable(), 48 * kMebibyte);
  Write("/sys/fs/cgroup/memory.max", std::to_string(32 * kMebibyte));
  EXPECT_EQ(Usable(), 32 * kMebibyte);
}

/// As a container sees its own group.
TEST_F(MachineMemoryTest, TheRootGroupCountsToo) {
  Write("/proc/self/cgroup", "0::/");
  Write("/sys/fs/cgroup/memory.max", std::to_string(24 * kMebibyte));
  EXPECT_EQ(Usable(), 24 * kMebibyte);
}

TEST_F(MachineMemoryTest, KnowsVersionOne) {
  Write("/proc/self/cgroup", "7:cpu,cpuacct:/x\n5:memory:/docker/1\n1:name=systemd:/x");
  Write("/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", std::to_string(40 * kMebibyte));
  EXPECT_EQ(Usable(), 40 * kMebibyte);
  Write("/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "9223372036854771712");
  EXPECT_GT(Usable(), 40 * kMebibyte) << "what it says when there is no limit";
}

}  // namespace
}  // namespace rowkeeper
