#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rowkeeper::net {

/// A file that the operator named by a flag, for errors. Both outlive it.
struct NamedFile {
  std::string_view flag;
  const std::string& path;
};

/// FAILED_PRECONDITION: "--tls-key tls/tls.key is empty". `problem` must not hold what the file holds.
absl::Status RefuseFile(const NamedFile& file, std::string_view problem);

struct FileText {
  std::string text;
  mode_t mode = 0;
};

/// All of a regular file, of 1 byte to 1 MiB; links are followed. Blocks; thread-safe. Errors: those of RefuseFile.
absl::StatusOr<FileText> ReadNamedFile(const NamedFile& file);

}  // namespace rowkeeper::net
