#include "server/base/machine_memory.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <optional>
#include <vector>

#include "absl/strings/str_split.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

/// A file of one number; none where there is no such file, or it says "max".
std::optional<size_t> ReadNumber(const std::string& path) {
  std::string line;
  std::ifstream file(path);
  if (!std::getline(file, line)) return std::nullopt;
  size_t number = 0;
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  if (error != std::errc()) return std::nullopt;
  return number;
}

void LowerTo(std::optional<size_t> limit, size_t* least) {
  if (limit.has_value() && *limit > 0) *least = std::min(*least, *limit);
}

/// The limits of `group` ("/a/b") and of those above it.
void LowerToGroup(const std::string& hierarchy, std::string group, const std::string& file, size_t* least) {
  while (true) {
    LowerTo(ReadNumber(Cat(hierarchy, group, "/", file)), least);
    const size_t slash = group.rfind('/');
    if (slash == std::string::npos) return;
    group.resize(slash);
  }
}

bool HasMemoryController(const std::string& controllers) {
  for (const auto name : absl::StrSplit(controllers, ',')) {
    if (name == "memory") return true;
  }
  return false;
}

size_t Ram() {
  const long pages = sysconf(_SC_PHYS_PAGES);
  const long page = sysconf(_SC_PAGESIZE);
  if (pages <= 0 || page <= 0) return size_t{1} << 30;
  return static_cast<size_t>(pages) * static_cast<size_t>(page);
}

}  // namespace

size_t UsableMemory(const std::string& root) {
  size_t least = Ram();
  std::ifstream groups(root + "/proc/self/cgroup");
  std::string line;
  while (std::getline(groups, line)) {  // "0::/a/b", or "5:cpu,memory:/a/b" in version 1
    const std::vector<std::string> fields = absl::StrSplit(line, absl::MaxSplits(':', 2));
    if (fields.size() != 3) continue;
    const std::string group = fields[2] == "/" ? "" : fields[2];
    if (fields[0] == "0" && fields[1].empty()) {
      LowerToGroup(root + "/sys/fs/cgroup", group, "memory.max", &least);
    } else if (HasMemoryController(fields[1])) {
      LowerToGroup(root + "/sys/fs/cgroup/memory", group, "memory.limit_in_bytes", &least);
    }
  }
  return least;
}

}  // namespace rowkeeper
