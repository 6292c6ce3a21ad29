#include "server/app/complete_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/status/statusor.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

namespace fs = std::filesystem;

absl::Status CannotWrite(const std::string& path) {
  return absl::FailedPreconditionError(Cat("cannot write ", path, ": ", std::strerror(errno)));
}

absl::Status CannotReplace(const std::string& path, const char* because) {
  return absl::FailedPreconditionError(Cat("cannot replace ", path, ": ", because));
}

/// The name of an open file. It has followed links by the kernel's rules for links in directories of everybody.
absl::StatusOr<std::string> NameOf(int fd, const struct stat& info, const std::string& path) {
  std::error_code error;
  std::string name = fs::read_symlink(Cat("/proc/self/fd/", fd), error).string();
  struct stat named {};
  const bool same =
      !error && lstat(name.c_str(), &named) == 0 && named.st_dev == info.st_dev && named.st_ino == info.st_ino;
  if (!same) return CannotReplace(path, "the link leads to a file without a name");
  return name;
}

/// The path of the file that `path` means.
absl::StatusOr<std::string> FollowLinks(const std::string& path) {
  const FileDescriptor existing(open(path.c_str(), O_PATH | O_CLOEXEC));
  struct stat info {};
  if (!existing.valid()) {
    if (errno != ENOENT) return CannotWrite(path);
    if (lstat(path.c_str(), &info) != 0) return path;
    return CannotReplace(path, "it is a link to a file that does not exist; name that file");
  }
  if (fstat(existing.get(), &info) != 0) return CannotWrite(path);
  if (S_ISDIR(info.st_mode)) return CannotReplace(path, "it is a directory; name a file in it");
  if (!S_ISREG(info.st_mode))
    return CannotReplace(path, "it is not a regular file; to write into it, give - and redirect standard output");
  struct stat itself {};
  if (lstat(path.c_str(), &itself) != 0) return CannotWrite(path);
  return S_ISLNK(itself.st_mode) ? NameOf(existing.get(), info, path) : path;
}

}  // namespace

CompleteFile::~CompleteFile() {
  if (!partial_.empty()) unlink(partial_.c_str());
}

absl::Status CompleteFile::Open() {
  absl::StatusOr<std::string> target = FollowLinks(path_);
  if (!target.ok()) return target.status();
  target_ = *std::move(target);
  // Now, for it can fail, and it has to be synchronised at the end.
  const std::string parent = fs::path(target_).parent_path().string();
  directory_ = FileDescriptor(open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!directory_.valid()) return CannotWrite(path_);
  std::string partial = target_ + ".XXXXXX";
  file_ = FileDescriptor(mkostemp(partial.data(), O_CLOEXEC));
  if (!file_.valid()) return CannotWrite(path_);
  partial_ = std::move(partial);
  return absl::OkStatus();
}

absl::Status CompleteFile::Complete() {
  if (fsync(file_.get()) != 0) return CannotWrite(path_);
  if (std::rename(partial_.c_str(), target_.c_str()) != 0) return CannotWrite(path_);
  partial_.clear();
  // EINVAL: the file system knows no fsync of directories.
  const bool on_disk = fsync(directory_.get()) == 0 || errno == EINVAL;
  return on_disk ? absl::OkStatus() : CannotWrite(path_);
}

}  // namespace rowkeeper::app
