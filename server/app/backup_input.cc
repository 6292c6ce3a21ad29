#include "server/app/backup_input.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string_view>

#include "server/base/clock.h"
#include "server/base/text.h"

namespace rowkeeper::app {
namespace {

/// What every file in pg_dump's custom format begins with.
constexpr std::string_view kMagic = "PGDMP";
/// Between two looks at a pipe that holds less than that, which poll() calls readable.
constexpr std::chrono::milliseconds kNextLook{10};

absl::Status CannotRead(const std::string& name) {
  return absl::FailedPreconditionError(Cat("cannot read ", name, ": ", std::strerror(errno)));
}

using Beginning = std::array<char, kMagic.size()>;

/// The first bytes that are in it now, which stay in it; -1: errno.
ssize_t PeekAtPipe(int pipe_fd, Beginning& bytes) {
  std::array<int, 2> ends;
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return -1;
  const FileDescriptor copy(ends[0]);
  const FileDescriptor copying(ends[1]);
  const ssize_t count = tee(pipe_fd, copying.get(), bytes.size(), 0);
  return count <= 0 ? count : read(copy.get(), bytes.data(), count);
}

}  // namespace

absl::StatusOr<BackupInput> BackupInput::Open(const std::string& path) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return CannotRead(path);
  const int descriptor = file.get();
  return Inspect(std::move(file), descriptor, path);
}

absl::StatusOr<BackupInput> BackupInput::StandardInput() {
  return Inspect(FileDescriptor(), STDIN_FILENO, "standard input");
}

absl::StatusOr<BackupInput> BackupInput::Inspect(FileDescriptor owned, int descriptor, const std::string& name) {
  BackupInput input(std::move(owned), descriptor, name);
  struct stat info {};
  if (fstat(descriptor, &info) != 0) return CannotRead(name);
  input.is_socket_ = S_ISSOCK(info.st_mode);
  if (S_ISREG(info.st_mode)) {
    input.start_ = lseek(descriptor, 0, SEEK_CUR);
    if (input.start_ < 0) return CannotRead(name);
  } else if (!S_ISFIFO(info.st_mode) && !input.is_socket_) {
    return absl::FailedPreconditionError(Cat("cannot read ", name, ": it is neither a file nor a pipe"));
  }
  return input;
}

absl::Status BackupInput::Rewind() const {
  return lseek(descriptor_, start_, SEEK_SET) == start_ ? absl::OkStatus() : CannotRead(name_);
}

absl::Status BackupInput::CheckBeginning() const {
  Beginning bytes;
  for (;;) {
    pollfd ready{descriptor_, POLLIN | POLLRDHUP, 0};
    if (poll(&ready, 1, -1) < 0 && errno != EINTR) return CannotRead(name_);
    ssize_t count = 0;
    if (is_file()) {
      count = pread(descriptor_, bytes.data(), bytes.size(), start_);
    } else {
      count = is_socket_ ? recv(descriptor_, bytes.data(), bytes.size(), MSG_PEEK) : PeekAtPipe(descriptor_, bytes);
    }
    if (count < 0 && errno != EINTR) return CannotRead(name_);
    const std::string_view begins(bytes.data(), count < 0 ? 0 : count);
    if (begins == kMagic) return absl::OkStatus();
    const bool ended = count == 0 || (count > 0 && (is_file() || (ready.revents & (POLLHUP | POLLRDHUP)) != 0));
    if (ended || begins != kMagic.substr(0, begins.size())) {
      return absl::FailedPreconditionError(
          Cat(name_, " is no backup: it does not begin like a file that `dump` has written"));
    }
    Clock::System().SleepFor(kNextLook);
  }
}

}  // namespace rowkeeper::app
