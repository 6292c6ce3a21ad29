#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowkeeper {

/// Files that hold all of their text or are not there: it is written beside `path` and takes its name when it is
/// complete, so that a full disk or an early end leaves what was there before. Errors are the system's, with the path.

/// All of the text of a file.
absl::StatusOr<std::string> ReadFile(const std::string& path);
/// Makes the file, or takes the place of the one that is there, also behind a symbolic link. What is no file (a pipe, a
/// terminal) is written to as it is.
absl::Status ReplaceFile(const std::string& path, std::string_view text);
/// Makes the file. ALREADY_EXISTS when there is one: it stays as it is.
absl::Status CreateFile(const std::string& path, std::string_view text);

}  // namespace rowkeeper
