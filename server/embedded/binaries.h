#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rowkeeper::embedded {

/// One installed PostgreSQL server.
struct Binaries {
  /// Directory that holds initdb and postgres.
  std::string directory;
  /// 15, 17, …
  int major = 0;
};

/// The installed servers, newest first: in `directory` alone when that is not empty, else in
/// /usr/lib/postgresql/*/bin and in PATH. Errors: NOT_FOUND when there is none.
absl::StatusOr<std::vector<Binaries>> FindBinaries(const std::string& directory);

/// The newest server, or for a database made by major version `major` (0: new) the one of that version.
/// Errors: FAILED_PRECONDITION when that version is not among `installed`.
absl::StatusOr<Binaries> ChooseBinaries(const std::vector<Binaries>& installed, int major,
                                        const std::string& database_dir);

}  // namespace rowkeeper::embedded
