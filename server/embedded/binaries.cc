#include "server/embedded/binaries.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/text.h"
#include "server/embedded/errors.h"
#include "server/embedded/process.h"

namespace rowkeeper::embedded {
namespace {

namespace fs = std::filesystem;

constexpr char kDistributionRoot[] = "/usr/lib/postgresql";

bool Executable(const fs::path& file) { return access(file.c_str(), X_OK) == 0; }

/// "postgres (PostgreSQL) 15.6 (Debian …)" or "… 18beta1" -> 15 or 18; 0 when not understood.
int MajorOf(std::string_view version_output) {
  const size_t at = version_output.find(") ");
  if (at == std::string_view::npos) return 0;
  version_output.remove_prefix(at + 2);
  const size_t digits = std::min(version_output.find_first_not_of("0123456789"), version_output.size());
  int major = 0;
  return absl::SimpleAtoi(ToAbsl(version_output.substr(0, digits)), &major) ? major : 0;
}

int MajorIn(const fs::path& directory) {
  if (!Executable(directory / "initdb") || !Executable(directory / "postgres")) return 0;
  Command command;
  command.program = directory / "postgres";
  command.arguments = {"--version"};
  command.user.change = false;
  absl::StatusOr<CommandResult> result = Run(command, "");
  return result.ok() && result->exit_code == 0 ? MajorOf(result->output) : 0;
}

std::vector<fs::path> Candidates() {
  std::vector<fs::path> candidates;
  std::error_code error;
  fs::directory_iterator entry(kDistributionRoot, error);
  for (; entry != fs::directory_iterator(); entry.increment(error)) {
    candidates.push_back(entry->path() / "bin");
  }
  const char* path = std::getenv("PATH");
  for (const std::string& part :
       std::vector<std::string>(absl::StrSplit(path != nullptr ? path : "", ':', absl::SkipEmpty()))) {
    candidates.emplace_back(part);
  }
  return candidates;
}

}  // namespace

absl::StatusOr<std::vector<Binaries>> FindBinaries(const std::string& directory) {
  std::vector<Binaries> found;
  for (const fs::path& candidate : directory.empty() ? Candidates() : std::vector<fs::path>{directory}) {
    const int major = MajorIn(candidate);
    const auto same = [major](const Binaries& other) { return other.major == major; };
    if (major > 0 && std::none_of(found.begin(), found.end(), same)) found.push_back({candidate.string(), major});
  }
  if (found.empty()) {
    return BinariesNotFound(directory.empty() ? Cat(kDistributionRoot, "/*/bin or PATH") : directory);
  }
  std::sort(found.begin(), found.end(), [](const Binaries& a, const Binaries& b) { return a.major > b.major; });
  return found;
}

absl::StatusOr<Binaries> ChooseBinaries(const std::vector<Binaries>& installed, int major,
                                        const std::string& database_dir) {
  if (major == 0) return installed.front();
  for (const Binaries& binaries : installed) {
    if (binaries.major == major) return binaries;
  }
  const auto name = [](std::string* out, const Binaries& binaries) { absl::StrAppend(out, binaries.major); };
  return VersionNotInstalled(database_dir, major, absl::StrJoin(installed, ", ", name));
}

}  // namespace rowkeeper::embedded
