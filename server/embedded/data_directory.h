#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/embedded/process.h"

namespace rowkeeper::embedded {

/// The names of everything below one data directory. Immutable.
struct DataDirectory {
  /// Canonical path.
  std::string path;
  /// PostgreSQL's own files: `path`/postgres.
  std::string database;
  /// PostgreSQL's log: `path`/postgres.log.
  std::string log_file;
  /// Marks the processes of this database in the process table; unique for the canonical path.
  std::string cluster_name;
};

/// Makes the directory and its parents when they are missing: open to nobody else, or when this process is root,
/// enterable (not readable) by others, since PostgreSQL runs as somebody else. Errors: PERMISSION_DENIED,
/// FAILED_PRECONDITION.
absl::StatusOr<DataDirectory> PrepareDataDirectory(const std::string& path);

/// Names what is in a directory that exists. Errors: UNAVAILABLE when it does not exist.
absl::StatusOr<DataDirectory> ExistingDataDirectory(const std::string& path);

/// The exclusive right to run a database on a data directory: held until destroyed or until the process ends.
class DirectoryLock {
 public:
  struct Attempt;
  /// Never waits. Errors: PERMISSION_DENIED, FAILED_PRECONDITION when the lock file cannot be written.
  static absl::StatusOr<Attempt> Try(const DataDirectory& directory);

 private:
  explicit DirectoryLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

struct DirectoryLock::Attempt {
  std::optional<DirectoryLock> lock;
  /// Who holds it when `lock` is empty; 0 when not known.
  pid_t holder = 0;
};

/// The database in the directory. `major` is 0 when there is none yet.
struct ExistingDatabase {
  int major = 0;
  uid_t owner = 0;
};
/// Errors: FAILED_PRECONDITION when something is there that is no database; PERMISSION_DENIED.
absl::StatusOr<ExistingDatabase> InspectDatabase(const DataDirectory& directory);

/// Makes or checks a directory that only `user` (and root) can enter. Errors: FAILED_PRECONDITION, PERMISSION_DENIED.
absl::Status MakePrivateDirectory(const std::string& path, const SystemUser& user);

/// Where the socket goes: below the data directory, or when that path is too long for a socket or holds a comma, in a
/// short private directory under XDG_RUNTIME_DIR or /tmp. Made private to `user`.
absl::StatusOr<std::string> MakeSocketDirectory(const DataDirectory& directory, const SystemUser& user);

}  // namespace rowkeeper::embedded
