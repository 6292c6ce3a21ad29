#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/base/file_descriptor.h"

namespace rowkeeper::app {

/// Where a backup is read from, and looked at before it is.
class BackupInput {
 public:
  /// `path` is a file or a named pipe. Errors: FAILED_PRECONDITION when it cannot be read or is something else.
  static absl::StatusOr<BackupInput> Open(const std::string& path);
  /// A file, a pipe or a socket. Errors: FAILED_PRECONDITION when it is something else.
  static absl::StatusOr<BackupInput> StandardInput();

  int descriptor() const { return descriptor_; }
  /// Whether it can be read twice: what has been read is read again after Rewind.
  bool is_file() const { return start_ >= 0; }
  absl::Status Rewind() const;
  /// Waits for the first bytes and leaves them to be read. Errors: FAILED_PRECONDITION when they are not those of a
  /// backup in pg_dump's custom format.
  absl::Status CheckBeginning() const;

 private:
  BackupInput(FileDescriptor owned, int descriptor, std::string name)
      : owned_(std::move(owned)), descriptor_(descriptor), name_(std::move(name)) {}
  static absl::StatusOr<BackupInput> Inspect(FileDescriptor owned, int descriptor, const std::string& name);

  FileDescriptor owned_;
  int descriptor_ = -1;
  std::string name_;
  /// Where it was when it was opened; -1: it has no places.
  off_t start_ = -1;
  bool is_socket_ = false;
};

}  // namespace rowkeeper::app
