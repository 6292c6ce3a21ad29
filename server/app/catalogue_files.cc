#include "server/app/catalogue_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "server/base/text.h"
#include "server/catalogue/diagnostics.h"
#include "server/catalogue/proto_files.h"

namespace rowkeeper::app {
namespace {

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

}  // namespace

FilesSeen LookAtFiles(const CatalogueSettings& settings, const std::set<std::string>& imports) {
  timespec time = {};
  clock_gettime(CLOCK_REALTIME, &time);  // on which files are dated
  FilesSeen seen;
  catalogue::Diagnostics diagnostics;
  const auto roots = catalogue::ExistingProtoPaths(settings.proto_paths, &diagnostics);
  const auto found = settings.files.empty() ? catalogue::FindProtoFiles(roots, &diagnostics)
                                            : catalogue::ResolveProtoFiles(roots, settings.files, &diagnostics);
  std::set<std::string> names = imports;
  names.insert(found.begin(), found.end());
  for (const std::string& root : roots) {
    for (const std::string& name : names) Add(Cat(root, "/", name), Nanoseconds(time), &seen);
  }
  for (const std::string& path : settings.descriptor_sets) Add(path, Nanoseconds(time), &seen);
  seen.text += diagnostics.ToString();
  return seen;
}

}  // namespace rowkeeper::app
