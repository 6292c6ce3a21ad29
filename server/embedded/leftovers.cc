#include "server/embedded/leftovers.h"

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "server/base/text.h"
#include "server/embedded/errors.h"
#include "server/embedded/postmaster_file.h"

namespace rowkeeper::embedded {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPoll{20};
/// How long processes get after SIGQUIT, on top of the caller's timeout for SIGINT.
constexpr std::chrono::seconds kQuitGrace{5};

std::string ReadProcessFile(pid_t pid, std::string_view name) {
  std::ifstream file(Cat("/proc/", pid, "/", name));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Command lines are readable for everyone, unlike /proc/PID/cwd, which root in a container may not follow.
bool IsPostgresNaming(pid_t pid, const std::string& word) {
  return ReadProcessFile(pid, "comm") == "postgres\n" && absl::StrContains(ReadProcessFile(pid, "cmdline"), word);
}

std::vector<pid_t> ProcessesOf(const std::string& cluster_name) {
  std::vector<pid_t> found;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator("/proc", error)) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry.path().filename().string(), &pid)) continue;
    if (IsPostgresNaming(pid, cluster_name)) found.push_back(pid);
  }
  return found;
}

/// Waits until no process of the cluster is left or the time is over, and returns those that are left.
std::vector<pid_t> WaitUntilGone(const std::string& cluster_name, std::chrono::seconds timeout) {
  const Clock::time_point deadline = Clock::now() + timeout;
  for (;;) {
    std::vector<pid_t> running = ProcessesOf(cluster_name);
    if (running.empty() || Clock::now() >= deadline) return running;
    std::this_thread::sleep_for(kPoll);
  }
}

}  // namespace

absl::Status ClearLeftovers(const DataDirectory& directory, std::chrono::seconds timeout) {
  const std::optional<PostmasterFile> file = ReadPostmasterFile(directory.database);
  const bool ours = file.has_value() && IsPostgresNaming(file->pid, directory.cluster_name);
  if (file.has_value() && !ours && IsPostgresNaming(file->pid, directory.database)) {
    return ForeignPostmaster(directory.database, file->pid);
  }
  if (ours) {
    kill(file->pid, SIGINT);
    WaitUntilGone(directory.cluster_name, timeout);
  }
  for (const pid_t pid : ProcessesOf(directory.cluster_name)) kill(pid, SIGQUIT);
  const std::vector<pid_t> running = WaitUntilGone(directory.cluster_name, kQuitGrace);
  if (!running.empty()) return LeftoverDoesNotStop(directory.database, running.front());
  // What the file names is gone, or it is an unrelated process that got the number: PostgreSQL would refuse to start.
  std::error_code error;
  fs::remove(directory.database + "/postmaster.pid", error);
  return absl::OkStatus();
}

}  // namespace rowkeeper::embedded
