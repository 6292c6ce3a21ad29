#include "server/embedded/postmaster_file.h"

#include <fstream>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"

namespace rowkeeper::embedded {
namespace {

// Lines of the file, counted from 0 (PostgreSQL: src/include/utils/pidfile.h).
constexpr size_t kPidLine = 0;
constexpr size_t kStartTimeLine = 2;
constexpr size_t kSocketDirectoryLine = 4;
constexpr size_t kStatusLine = 7;

}  // namespace

std::optional<PostmasterFile> ReadPostmasterFile(const std::string& database_dir) {
  std::ifstream stream(database_dir + "/postmaster.pid");
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  PostmasterFile file;
  int pid = 0;
  if (lines.size() <= kPidLine || !absl::SimpleAtoi(lines[kPidLine], &pid)) return std::nullopt;
  file.pid = pid < 0 ? -pid : pid;  // negative for a single-user backend
  if (file.pid == 0) return std::nullopt;
  if (lines.size() > kStartTimeLine && !absl::SimpleAtoi(lines[kStartTimeLine], &file.start_time)) file.start_time = 0;
  if (lines.size() > kSocketDirectoryLine) file.socket_directory = lines[kSocketDirectoryLine];
  file.ready = lines.size() > kStatusLine && absl::StripAsciiWhitespace(lines[kStatusLine]) == "ready";
  return file;
}

}  // namespace rowkeeper::embedded
