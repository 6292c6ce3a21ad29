#include "server/app/catalogue_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <vector>

#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kYoung{2};

int64_t Nanoseconds(const timespec& time) { return int64_t{time.tv_sec} * 1000000000 + time.tv_nsec; }

void Add(const std::string& path, int64_t now, FilesSeen* seen) {
  struct stat found = {};
  if (stat(path.c_str(), &found) != 0) return;
  // The file may be replaced by another one of the same age, or get back an old time: both change its status.
  const int64_t changed = std::max(Nanoseconds(found.st_mtim), Nanoseconds(found.st_ctim));
  seen->text += Cat(path, "\n", found.st_size, " ", found.st_ino, " ", Nanoseconds(found.st_mtim), " ",
                    Nanoseconds(found.st_ctim), "\n");
  // Of another machine's clock nothing follows.
  seen->young = seen->young || std::abs(now - changed) < std::chrono::nanoseconds(kYoung).count();
}

std::vector<std::string> ProtosBelow(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code error;
  constexpr auto kOptions =
      fs::directory_options::follow_directory_symlink | fs::directory_options::skip_permission_denied;
  for (fs::recursive_directory_iterator entry(directory, kOptions, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".proto") paths.push_back(entry->path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

}  // namespace

FilesSeen LookAtFiles(const CatalogueSettings& settings) {
  timespec time = {};
  clock_gettime(CLOCK_REALTIME, &time);  // on which files are dated
  FilesSeen seen;
  for (const std::string& directory : settings.proto_paths) {
    for (const std::string& path : ProtosBelow(directory)) Add(path, Nanoseconds(time), &seen);
  }
  for (const std::string& path : settings.descriptor_sets) Add(path, Nanoseconds(time), &seen);
  return seen;
}

}  // namespace rowkeeper::app
