#pragma once

#include <string>

#include "absl/status/status.h"
#include "server/base/file_descriptor.h"

namespace rowkeeper::app {

/// A file that appears under its name when it is complete, and is open to its owner only; until then, and for ever if
/// it is not completed, a file that has the name stays as it was. Many may write to one name: the last to complete
/// wins. Errors, one line each: FAILED_PRECONDITION, with the path.
class CompleteFile {
 public:
  explicit CompleteFile(std::string path) : path_(std::move(path)) {}
  /// Removes what is not complete.
  ~CompleteFile();
  CompleteFile(const CompleteFile&) = delete;
  CompleteFile& operator=(const CompleteFile&) = delete;

  /// Follows symbolic links. What stands there already must be a regular file.
  absl::Status Open();
  /// To write to, once it is open.
  int descriptor() const { return file_.get(); }
  /// Returns when the file is on the disk, under its name.
  absl::Status Complete();

 private:
  const std::string path_;
  /// Where links of `path_` lead to.
  std::string target_;
  /// Empty: there is none to remove.
  std::string partial_;
  FileDescriptor directory_;
  FileDescriptor file_;
};

}  // namespace rowkeeper::app
