#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

namespace rowkeeper::embedded {

/// What PostgreSQL's postmaster.pid says.
struct PostmasterFile {
  pid_t pid = 0;
  /// When the postmaster started, seconds since 1970; 0 when not known.
  int64_t start_time = 0;
  std::string socket_directory;
  /// True once connections are accepted.
  bool ready = false;
};

/// Reads `database_dir`/postmaster.pid; nothing when it is absent or not yet complete enough to name a process.
std::optional<PostmasterFile> ReadPostmasterFile(const std::string& database_dir);

}  // namespace rowkeeper::embedded
