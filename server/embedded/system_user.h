#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace rowkeeper::embedded {

/// Whom PostgreSQL runs as. Immutable.
struct SystemUser {
  uid_t uid = 0;
  gid_t gid = 0;
  std::string name;
  /// Supplementary groups; used only when `change` is set.
  std::vector<gid_t> groups;
  /// True when the process must change to this user (it runs as root), false when it is this user already.
  bool change = false;
};

/// Who runs a new database: this process's user, or when that is root, `postgres`, else `nobody`.
/// Errors: FAILED_PRECONDITION when root and there is neither.
absl::StatusOr<SystemUser> DatabaseUser();

/// Who runs a database whose files belong to `owner`. Errors: FAILED_PRECONDITION when this process cannot become it.
absl::StatusOr<SystemUser> DatabaseUserFor(uid_t owner, const std::string& database_dir);

}  // namespace rowkeeper::embedded
