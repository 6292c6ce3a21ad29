#include "server/base/whole_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include "server/base/ids.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

absl::Status CannotWrite(const std::string& path, int error) {
  return absl::ErrnoToStatus(error, Cat("cannot write ", path));
}

bool WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

/// A complete file of a name of its own, which goes away unless it was given another.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& beside) : path_(Cat(beside, ".", RandomHex(8), ".tmp")) {}
  ~TemporaryFile() { unlink(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  /// 0, or errno.
  int Write(std::string_view text, std::optional<mode_t> mode) {
    const int fd = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd < 0) return errno;
    int error = WriteAll(fd, text) && fsync(fd) == 0 ? 0 : errno;
    if (error == 0 && mode.has_value() && fchmod(fd, *mode) != 0) error = errno;
    if (close(fd) != 0 && error == 0) error = errno;
    return error;
  }

  const std::string& path() const { return path_; }

 private:
  const std::string path_;
};

absl::Status MoveInto(const std::string& path, std::string_view text, std::optional<mode_t> mode) {
  TemporaryFile file(path);
  if (const int error = file.Write(text, mode); error != 0) return CannotWrite(path, error);
  return rename(file.path().c_str(), path.c_str()) == 0 ? absl::OkStatus() : CannotWrite(path, errno);
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return absl::ErrnoToStatus(EISDIR, Cat("cannot read ", path));
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  if (stream.is_open()) text << stream.rdbuf();
  if (!stream.is_open() || stream.bad()) {
    return absl::ErrnoToStatus(errno == 0 ? EIO : errno, Cat("cannot read ", path));
  }
  return text.str();
}

absl::Status ReplaceFile(const std::string& path, std::string_view text) {
  struct stat old = {};
  if (stat(path.c_str(), &old) != 0) return MoveInto(path, text, std::nullopt);
  if (S_ISREG(old.st_mode)) {
    std::error_code error;
    const std::filesystem::path target = std::filesystem::canonical(path, error);
    return error ? CannotWrite(path, error.value()) : MoveInto(target.string(), text, old.st_mode & 07777);
  }
  const int fd = open(path.c_str(), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return CannotWrite(path, errno);
  const int error = WriteAll(fd, text) ? 0 : errno;
  close(fd);
  return error == 0 ? absl::OkStatus() : CannotWrite(path, error);
}

absl::Status CreateFile(const std::string& path, std::string_view text) {
  TemporaryFile file(path);
  if (const int error = file.Write(text, std::nullopt); error != 0) return CannotWrite(path, error);
  return link(file.path().c_str(), path.c_str()) == 0 ? absl::OkStatus() : CannotWrite(path, errno);
}

}  // namespace rowkeeper
