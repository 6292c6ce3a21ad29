#include "server/net/named_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "server/base/file_descriptor.h"
#include "server/base/text.h"

namespace rowkeeper::net {
namespace {

/// Certificates of a deep chain take a few KiB each.
constexpr size_t kMostBytes = size_t{1} << 20;

}  // namespace

absl::Status RefuseFile(const NamedFile& file, std::string_view problem) {
  return absl::FailedPreconditionError(Cat(file.flag, " ", file.path, " ", problem));
}

absl::StatusOr<FileText> ReadNamedFile(const NamedFile& file) {
  const auto unreadable = [&](int error) {
    return RefuseFile(file, Cat("cannot be read: ", std::generic_category().message(error)));
  };
  const FileDescriptor opened(open(file.path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat facts {};
  if (!opened.valid() || fstat(opened.get(), &facts) != 0) return unreadable(errno);
  if (S_ISDIR(facts.st_mode)) return RefuseFile(file, "is a directory; name a file in it");
  if (!S_ISREG(facts.st_mode)) return RefuseFile(file, "is no regular file");
  FileText read;
  read.mode = facts.st_mode;
  std::array<char, 16384> part;
  for (ssize_t count = 1; count != 0;) {
    count = ::read(opened.get(), part.data(), part.size());
    if (count < 0 && errno != EINTR) return unreadable(errno);
    if (count > 0) read.text.append(part.data(), static_cast<size_t>(count));
    if (read.text.size() > kMostBytes) return RefuseFile(file, "is larger than 1 MiB");
  }
  if (read.text.empty()) return RefuseFile(file, "is empty");
  return read;
}

}  // namespace rowkeeper::net
