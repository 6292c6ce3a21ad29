#include "server/embedded/client_programs.h"

#include <unistd.h>

#include <vector>

#include "server/base/text.h"
#include "server/embedded/binaries.h"
#include "server/embedded/data_directory.h"
#include "server/embedded/errors.h"
#include "server/embedded/initialise.h"

namespace rowkeeper::embedded {
namespace {

/// The major version of ExistingDatabase where there is none.
constexpr int kNoDatabase = 0;

absl::StatusOr<DataDirectory> DirectoryOf(const EmbeddedOptions& options) {
  return ExistingDataDirectory(options.data_dir.empty() ? DefaultDataDir() : options.data_dir);
}

absl::StatusOr<std::string> ProgramOfVersion(const EmbeddedOptions& options, int major, const std::string& database_dir,
                                             const std::string& name) {
  absl::StatusOr<std::vector<Binaries>> installed = FindBinaries(options.binaries_dir);
  if (!installed.ok()) return installed.status();
  absl::StatusOr<Binaries> binaries = ChooseBinaries(*installed, major, database_dir);
  if (!binaries.ok()) return binaries.status();
  std::string path = Cat(binaries->directory, "/", name);
  if (access(path.c_str(), X_OK) != 0) return ClientProgramNotFound(path, binaries->major);
  return path;
}

}  // namespace

absl::StatusOr<std::string> FindClientProgram(const EmbeddedOptions& options, const std::string& name) {
  absl::StatusOr<DataDirectory> directory = DirectoryOf(options);
  if (!directory.ok()) return directory.status();
  absl::StatusOr<ExistingDatabase> existing = InspectDatabase(*directory);
  if (!existing.ok()) return existing.status();
  if (existing->major == kNoDatabase) return NoDatabase(directory->path);
  return ProgramOfVersion(options, existing->major, directory->database, name);
}

absl::StatusOr<std::string> FindClientProgramForStart(const EmbeddedOptions& options, const std::string& name) {
  const absl::StatusOr<DataDirectory> directory = DirectoryOf(options);
  if (!directory.ok()) return ProgramOfVersion(options, kNoDatabase, "", name);
  absl::StatusOr<ExistingDatabase> existing = InspectDatabase(*directory);
  if (!existing.ok()) return existing.status();
  return ProgramOfVersion(options, existing->major, directory->database, name);
}

std::string UrlOfDatabase(const EmbeddedPostgres& postgres, const std::string& name) {
  std::string url = postgres.url();
  const std::string own = Cat("@/", kDatabaseName, "?");
  return url.replace(url.find(own), own.size(), Cat("@/", name, "?"));
}

}  // namespace rowkeeper::embedded
