#include "server/embedded/leftovers.h"

#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "server/base/clock.h"
#include "server/base/text.h"
#include "server/embedded/errors.h"
#include "server/embedded/postmaster_file.h"

namespace rowkeeper::embedded {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kExitPoll{20};
/// How far a process's start may lie from what its postmaster.pid says: the kernel's and PostgreSQL's clocks differ.
constexpr double kStartTolerance = 10;

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

std::optional<double> NumberAfter(std::string_view text, std::string_view word, int position) {
  const size_t at = text.rfind(word);
  if (at == std::string_view::npos) return std::nullopt;
  const std::vector<std::string> fields =
      absl::StrSplit(ToAbsl(text.substr(at + word.size())), absl::ByAnyChar(" \n"), absl::SkipEmpty());
  double number = 0;
  if (static_cast<int>(fields.size()) <= position || !absl::SimpleAtod(fields[position], &number)) return std::nullopt;
  return number;
}

/// Seconds since 1970; nothing when /proc does not tell.
std::optional<double> StartTimeOf(pid_t pid) {
  // Field 22 of stat; the second, the only one that may hold blanks, ends at the last bracket.
  const std::optional<double> ticks = NumberAfter(ReadProcessFile(pid, "stat"), ")", 19);
  std::ifstream file("/proc/stat");
  std::ostringstream text;
  text << file.rdbuf();
  const std::optional<double> boot = NumberAfter(text.str(), "\nbtime ", 0);
  if (!ticks.has_value() || !boot.has_value()) return std::nullopt;
  return *boot + *ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

/// Whether the process that postmaster.pid names runs on the directory, or might: false only for one that is gone, is
/// no PostgreSQL, or is one that has another directory and another start time.
bool MayBePostmasterOf(const std::string& database, const PostmasterFile& file) {
  const std::string name = ReadProcessFile(file.pid, "comm");
  if (name != "postgres\n" && name != "postmaster\n") return false;
  if (ReadProcessFile(file.pid, "cmdline").empty()) return false;  // it has ended and waits for its parent
  if (IsPostgresNaming(file.pid, database)) return true;
  struct stat here {};
  struct stat there {};
  // PostgreSQL changes into its data directory before it writes the file.
  const bool readable = stat(Cat("/proc/", file.pid, "/cwd").c_str(), &there) == 0;
  if (readable && stat(database.c_str(), &here) == 0 && here.st_dev == there.st_dev && here.st_ino == there.st_ino) {
    return true;
  }
  const std::optional<double> started = StartTimeOf(file.pid);
  if (file.start_time == 0 || !started.has_value()) return !readable;
  return std::abs(*started - static_cast<double>(file.start_time)) <= kStartTolerance;
}

std::vector<pid_t> ProcessesOf(const std::string& cluster_name) {
  std::vector<pid_t> found;
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error); entry != fs::directory_iterator(); entry.increment(error)) {
    int pid = 0;
    if (!absl::SimpleAtoi(entry->path().filename().string(), &pid)) continue;
    if (IsPostgresNaming(pid, cluster_name)) found.push_back(pid);
  }
  return found;
}

/// Waits until no process of the cluster is left or the time is over, and returns those that are left.
std::vector<pid_t> WaitUntilGone(const std::string& cluster_name, std::chrono::milliseconds timeout) {
  const Clock::time_point deadline = Clock::System().Now() + timeout;
  for (;;) {
    std::vector<pid_t> running = ProcessesOf(cluster_name);
    if (running.empty() || Clock::System().Now() >= deadline) return running;
    Clock::System().SleepFor(kExitPoll);
  }
}

}  // namespace

absl::Status ClearLeftovers(const DataDirectory& directory, std::chrono::seconds timeout) {
  const std::optional<PostmasterFile> file = ReadPostmasterFile(directory.database);
  const bool ours = file.has_value() && IsPostgresNaming(file->pid, directory.cluster_name);
  if (file.has_value() && !ours && MayBePostmasterOf(directory.database, *file)) {
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
