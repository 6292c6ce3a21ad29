#include "server/embedded/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "server/base/text.h"
#include "server/embedded/errors.h"

namespace rowkeeper::embedded {
namespace {

namespace fs = std::filesystem;

/// sun_path holds 108 bytes with its NUL; PostgreSQL puts "/.s.PGSQL.5432" behind the directory.
constexpr size_t kLongestSocketDirectory = 107 - sizeof("/.s.PGSQL.5432") + 1;

/// FNV-1a, 64 bits: stable between runs and builds.
uint64_t Hash(std::string_view text) {
  uint64_t hash = 14695981039346656037U;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211U;
  return hash;
}

DataDirectory Names(const std::string& canonical) {
  DataDirectory directory;
  directory.path = canonical;
  directory.database = canonical + "/postgres";
  directory.log_file = canonical + "/postgres.log";
  directory.cluster_name = absl::StrFormat("rowkeeper-%016x", Hash(canonical));
  return directory;
}

/// mkdir -p; the last one gets `mode`, whatever the umask.
int MakeDirectories(const fs::path& path, mode_t mode) {
  struct stat info {};
  if (stat(path.c_str(), &info) == 0) return S_ISDIR(info.st_mode) ? 0 : ENOTDIR;
  if (errno != ENOENT) return errno;
  if (const int error = MakeDirectories(path.parent_path(), 0755)) return error;
  if (mkdir(path.c_str(), mode) != 0) return errno == EEXIST ? 0 : errno;
  return chmod(path.c_str(), mode) == 0 ? 0 : errno;
}

pid_t ReadPid(int fd) {
  char buffer[32] = {};
  const ssize_t size = pread(fd, buffer, sizeof(buffer) - 1, 0);
  int pid = 0;
  return size > 0 && absl::SimpleAtoi(std::string(buffer, size), &pid) ? pid : 0;
}

}  // namespace

absl::StatusOr<DataDirectory> PrepareDataDirectory(const std::string& path) {
  std::error_code error;
  fs::path absolute = fs::absolute(path, error).lexically_normal();
  if (!absolute.has_filename()) absolute = absolute.parent_path();
  if (const int number = MakeDirectories(absolute, geteuid() == 0 ? 0711 : 0700)) {
    return DataDirectoryUnusable(absolute.string(), "make", number);
  }
  if (access(absolute.c_str(), W_OK | X_OK) != 0) return DataDirectoryUnusable(absolute.string(), "write to", errno);
  return ExistingDataDirectory(absolute.string());
}

absl::StatusOr<DataDirectory> ExistingDataDirectory(const std::string& path) {
  std::error_code error;
  const fs::path canonical = fs::canonical(path, error);
  if (error || !fs::is_directory(canonical, error)) return NothingToAttachTo(path);
  return Names(canonical.string());
}

absl::StatusOr<DirectoryLock::Attempt> DirectoryLock::Try(const DataDirectory& directory) {
  const std::string path = directory.path + "/rowkeeper.lock";
  FileDescriptor file(open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (!file.valid()) return DataDirectoryUnusable(directory.path, "lock", errno);
  Attempt attempt;
  if (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return DataDirectoryUnusable(directory.path, "lock", errno);
    attempt.holder = ReadPid(file.get());
    return attempt;
  }
  const std::string pid = Cat(getpid(), "\n");
  if (ftruncate(file.get(), 0) != 0 || pwrite(file.get(), pid.data(), pid.size(), 0) < 0) {
    return DataDirectoryUnusable(directory.path, "write to", errno);
  }
  attempt.lock = DirectoryLock(std::move(file));
  return attempt;
}

absl::StatusOr<ExistingDatabase> InspectDatabase(const DataDirectory& directory) {
  ExistingDatabase database;
  struct stat info {};
  if (lstat(directory.database.c_str(), &info) != 0) {
    if (errno == ENOENT) return database;
    return DataDirectoryUnusable(directory.path, "read", errno);
  }
  database.owner = info.st_uid;
  if (geteuid() != 0 && geteuid() != info.st_uid) return DataDirectoryOwnedBy(directory.path, info.st_uid);
  std::ifstream file(directory.database + "/PG_VERSION");
  if (!(file >> database.major) || database.major <= 0) return NotADatabase(directory.database);
  return database;
}

absl::Status MakePrivateDirectory(const std::string& path, const SystemUser& user) {
  if (mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return DataDirectoryUnusable(path, "make", errno);
  const FileDescriptor directory(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!directory.valid()) return SocketDirectoryNotPrivate(path, "is no directory that this process may open");
  struct stat info {};
  if (fstat(directory.get(), &info) != 0) return SystemCallFailed("fstat", errno);
  if (info.st_uid != user.uid && info.st_uid != geteuid()) {
    return SocketDirectoryNotPrivate(path, Cat("belongs to uid ", info.st_uid));
  }
  if (info.st_uid != user.uid && fchown(directory.get(), user.uid, user.gid) != 0) {
    return SystemCallFailed("fchown", errno);
  }
  if (fchmod(directory.get(), 0700) != 0) return SystemCallFailed("fchmod", errno);
  return absl::OkStatus();
}

absl::StatusOr<std::string> MakeSocketDirectory(const DataDirectory& directory, const SystemUser& user) {
  std::string path = directory.path + "/socket";
  // libpq takes a comma for the start of another host.
  if (path.size() > kLongestSocketDirectory || path.find(',') != std::string::npos) {
    const char* runtime = std::getenv("XDG_RUNTIME_DIR");
    const bool usable = !user.change && runtime != nullptr && runtime[0] == '/' && access(runtime, W_OK | X_OK) == 0;
    path = Cat(usable ? runtime : "/tmp", "/", directory.cluster_name);
    if (path.size() > kLongestSocketDirectory) path = Cat("/tmp/", directory.cluster_name);
  }
  if (absl::Status made = MakePrivateDirectory(path, user); !made.ok()) return made;
  return path;
}

}  // namespace rowkeeper::embedded
