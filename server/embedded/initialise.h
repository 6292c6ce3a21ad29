#pragma once

#include "absl/status/status.h"
#include "server/embedded/binaries.h"
#include "server/embedded/data_directory.h"

namespace rowkeeper::embedded {

/// The superuser and the database of every embedded PostgreSQL.
inline constexpr char kDatabaseUser[] = "rowkeeper";
inline constexpr char kDatabaseName[] = "rowkeeper";

/// Makes the database in a temporary sibling and renames it when it is complete, so that an interruption at any point
/// leaves nothing that the next call does not clear away. The directory must be locked. Errors: INTERNAL.
absl::Status InitialiseDatabase(const DataDirectory& directory, const Binaries& binaries, const SystemUser& user);

}  // namespace rowkeeper::embedded
