#include "server/embedded/initialise.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "absl/strings/match.h"
#include "server/base/text.h"
#include "server/embedded/errors.h"
#include "server/sql/migration_sql.h"

namespace rowkeeper::embedded {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kTemporaryPrefix = "postgres.new-";

/// Behind initdb's own settings, where the owner may change them.
constexpr char kSettings[] = R"(
# Rowkeeper's defaults for a private server; yours to change. Sockets, port and logging are set on the command line.
shared_buffers = 128MB
max_connections = 100
fsync = on
timezone = 'UTC'
log_timezone = 'UTC'
log_line_prefix = '%m [%p] %q%u@%d '
jit = off
)";

void RemoveTemporaries(const std::string& data_dir) {
  std::error_code error;
  for (fs::directory_iterator entry(data_dir, error); entry != fs::directory_iterator(); entry.increment(error)) {
    if (!absl::StartsWith(entry->path().filename().string(), ToAbsl(kTemporaryPrefix))) continue;
    std::error_code ignored;
    fs::remove_all(entry->path(), ignored);
  }
}

absl::Status RunProgram(const Binaries& binaries, const SystemUser& user, const std::string& name,
                        std::vector<std::string> arguments, std::string_view input) {
  Command command;
  command.program = Cat(binaries.directory, "/", name);
  command.arguments = std::move(arguments);
  command.user = user;
  absl::StatusOr<CommandResult> result = Run(std::move(command), input);
  if (!result.ok()) return result.status();
  return result->exit_code == 0 ? absl::OkStatus() : InitialisationFailed(name, result->output);
}

absl::Status SyncDirectory(const std::string& path) {
  const FileDescriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  return fsync(directory.get()) == 0 ? absl::OkStatus() : SystemCallFailed("fsync", errno);
}

/// Appends our settings. The file is in a directory of `user`, who may not be trusted by this process: it must be the
/// user's own regular file, not a link to somebody else's.
absl::Status WriteSettings(const std::string& path, const SystemUser& user) {
  const FileDescriptor file(open(path.c_str(), O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat info {};
  if (!file.valid() || fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode) || info.st_uid != user.uid) {
    return InitialisationFailed("writing postgresql.conf", "it is no file that the system user of PostgreSQL owns");
  }
  constexpr ssize_t kSize = sizeof(kSettings) - 1;
  return write(file.get(), kSettings, kSize) == kSize ? absl::OkStatus() : SystemCallFailed("write", errno);
}

absl::Status Make(const std::string& path, const Binaries& binaries, const SystemUser& user) {
  absl::Status status = MakePrivateDirectory(path, user);
  if (!status.ok()) return status;
  status = RunProgram(binaries, user, "initdb",
                      {"--pgdata", path, "--username", kDatabaseUser, "--encoding", "UTF8", "--locale", "C.UTF-8",
                       "--auth-local", "trust", "--auth-host", "reject"},
                      "");
  if (!status.ok()) return status;
  status = WriteSettings(path + "/postgresql.conf", user);
  if (!status.ok()) return status;
  return RunProgram(binaries, user, "postgres", {"--single", "-D", path, "-c", "exit_on_error=true", "template1"},
                    sql::CreateDatabase(kDatabaseName) + "\n");
}

}  // namespace

absl::Status InitialiseDatabase(const DataDirectory& directory, const Binaries& binaries, const SystemUser& user) {
  RemoveTemporaries(directory.path);
  std::string temporary = Cat(directory.path, "/", kTemporaryPrefix, "XXXXXX");
  if (mkdtemp(temporary.data()) == nullptr) return DataDirectoryUnusable(directory.path, "write to", errno);
  absl::Status status = Make(temporary, binaries, user);
  if (status.ok() && std::rename(temporary.c_str(), directory.database.c_str()) != 0) {
    status = SystemCallFailed("rename", errno);
  }
  if (status.ok()) status = SyncDirectory(directory.path);
  // Again: a backend whose initdb was killed may have written on while the first sweep ran.
  RemoveTemporaries(directory.path);
  return status;
}

}  // namespace rowkeeper::embedded
