#include "tests/bench/load/processes.h"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "server/base/text.h"

namespace rowkeeper::bench {
namespace {

struct Process {
  pid_t parent = 0;
  double cpu_seconds = 0;
};

/// False when it has ended.
bool ReadStat(const std::string& pid, Process* process) {
  std::ifstream file(Cat("/proc/", pid, "/stat"));
  std::string text;
  if (!std::getline(file, text)) return false;
  // The name is in parentheses and may hold anything; after it come the state (field 3) and the rest.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  std::string state;
  fields >> state >> process->parent;
  std::string skipped;
  for (int field = 5; field < 14; ++field) fields >> skipped;
  double user = 0, system = 0, children_user = 0, children_system = 0;
  fields >> user >> system >> children_user >> children_system;
  process->cpu_seconds = (user + system + children_user + children_system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  return true;
}

double PrivateMib(pid_t pid) {
  std::ifstream file(Cat("/proc/", pid, "/statm"));
  double size = 0, resident = 0, shared = 0;
  file >> size >> resident >> shared;
  return (resident - shared) * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

int64_t Switches(pid_t pid) {
  int64_t switches = 0;
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(Cat("/proc/", pid, "/task"), error)) {
    std::ifstream file(task.path() / "status");
    std::string line;
    while (std::getline(file, line)) {
      // voluntary_ctxt_switches, nonvoluntary_ctxt_switches
      const size_t name = line.find("voluntary_ctxt_switches:");
      if (name != std::string::npos) switches += std::stoll(line.substr(line.find(':') + 1));
    }
  }
  return switches;
}

std::map<pid_t, Process> AllProcesses() {
  std::map<pid_t, Process> all;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
    const std::string name = entry.path().filename().string();
    Process process;
    if (name.find_first_not_of("0123456789") != std::string::npos || !ReadStat(name, &process)) continue;
    all[static_cast<pid_t>(std::stol(name))] = process;
  }
  return all;
}

}  // namespace

ProcessUse UseOf(pid_t pid) {
  const std::map<pid_t, Process> all = AllProcesses();
  ProcessUse use;
  for (const auto& [id, process] : all) {
    pid_t ancestor = id;
    for (auto found = all.find(ancestor); ancestor != pid && found != all.end(); found = all.find(ancestor)) {
      ancestor = found->second.parent;
    }
    if (ancestor != pid) continue;
    use.cpu_seconds += process.cpu_seconds;
    use.private_mib += PrivateMib(id);
    use.switches += Switches(id);
  }
  return use;
}

}  // namespace rowkeeper::bench
