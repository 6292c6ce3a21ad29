#include "server/observe/process_usage.h"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <system_error>

namespace rowkeeper::observe {
namespace {

/// The fields of /proc/self/stat that come after the name, which may hold anything; proc(5) numbers them from 3.
constexpr int kFirstField = 3;
constexpr int kUserTicks = 14;
constexpr int kSystemTicks = 15;
constexpr int kThreads = 20;
constexpr int kStartTicks = 22;
constexpr int kVirtualBytes = 23;
constexpr int kResidentPages = 24;

std::optional<double> BootTime() {
  std::ifstream file("/proc/stat");
  std::string word;
  double seconds = 0;
  while (file >> word) {
    if (word == "btime" && file >> seconds) return seconds;
  }
  return std::nullopt;
}

int64_t CountOpenFiles() {
  std::error_code error;
  int64_t files = -1;  // the one that the directory is read through
  for (std::filesystem::directory_iterator entry("/proc/self/fd", error), end; !error && entry != end;
       entry.increment(error)) {
    ++files;
  }
  return files > 0 ? files : 0;
}

std::optional<int64_t> MaxFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return std::nullopt;
  return static_cast<int64_t>(limit.rlim_cur);
}

}  // namespace

std::optional<ProcessUsage> ReadProcessUsage() {
  std::ifstream file("/proc/self/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  const size_t name_end = line.rfind(')');
  const std::optional<double> boot = BootTime();
  if (name_end == std::string::npos || !boot) return std::nullopt;
  std::istringstream fields(line.substr(name_end + 1));
  const auto tick = static_cast<double>(sysconf(_SC_CLK_TCK));
  const auto page = static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
  ProcessUsage usage;
  std::string field;
  int number = kFirstField;
  for (; number <= kResidentPages && fields >> field; ++number) {
    if (number == kUserTicks || number == kSystemTicks) usage.cpu_seconds += std::stod(field) / tick;
    if (number == kThreads) usage.threads = std::stoll(field);
    if (number == kStartTicks) usage.start_time_seconds = *boot + std::stod(field) / tick;
    if (number == kVirtualBytes) usage.virtual_bytes = std::stoull(field);
    if (number == kResidentPages) usage.resident_bytes = std::stoull(field) * page;
  }
  if (number <= kResidentPages) return std::nullopt;
  usage.open_files = CountOpenFiles();
  usage.max_files = MaxFiles();
  return usage;
}

}  // namespace rowkeeper::observe
