#include "tests/bench/pgbench.h"

#include <glob.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "server/base/text.h"

namespace rowkeeper::bench {
namespace {

/// The newest of the distribution's.
std::string FindPgbench() {
  glob_t found{};
  std::string path;
  if (glob("/usr/lib/postgresql/*/bin/pgbench", 0, nullptr, &found) == 0) path = found.gl_pathv[found.gl_pathc - 1];
  globfree(&found);
  return path;
}

class TemporaryScript {
 public:
  explicit TemporaryScript(const std::string& text)
      : path_((std::filesystem::temp_directory_path() / "rowkeeper_bench_XXXXXX").string()) {
    const int fd = mkstemp(path_.data());
    if (fd >= 0) close(fd);
    std::ofstream(path_) << text;
  }
  ~TemporaryScript() { unlink(path_.c_str()); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

double NumberAfter(const std::string& text, const std::string& words) {
  const size_t at = text.find(words);
  return at == std::string::npos ? 0 : std::strtod(text.c_str() + at + words.size(), nullptr);
}

}  // namespace

absl::StatusOr<Measurement> RunPgbench(const PgbenchOptions& options) {
  const std::string program = FindPgbench();
  if (program.empty()) return absl::NotFoundError("pgbench is not installed; install the package postgresql");
  const TemporaryScript script(options.script);
  const std::string command =
      Cat(program, " -n -M prepared -j 2 -c ", options.clients, " -T ", options.duration.count(), " -f ", script.path(),
          " '", options.database_url, "' 2>&1");
  std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  char piece[512];
  while (pipe != nullptr && std::fgets(piece, sizeof(piece), pipe.get()) != nullptr) output += piece;
  Measurement result;
  result.per_second = NumberAfter(output, "tps = ");
  result.p50 = NumberAfter(output, "latency average = ") * 1000;
  if (result.per_second <= 0) return absl::InternalError(Cat("pgbench failed: ", output));
  return result;
}

}  // namespace rowkeeper::bench
