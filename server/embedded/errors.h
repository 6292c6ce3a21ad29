#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "absl/status/status.h"

/// What can go wrong with the embedded PostgreSQL, one constructor each. These are for the operator who started the
/// server, not for callers: each message is one line (log excerpts apart) that says what to do.
namespace rowkeeper::embedded {

/// PERMISSION_DENIED or FAILED_PRECONDITION by `error_number`: the directory cannot be made, entered or written.
absl::Status DataDirectoryUnusable(std::string_view data_dir, std::string_view action, int error_number);
/// FAILED_PRECONDITION: PostgreSQL's system user cannot enter the directory (a parent has mode 0700, say).
absl::Status DataDirectoryClosedTo(std::string_view data_dir, std::string_view user);
/// FAILED_PRECONDITION: the database files belong to somebody else.
absl::Status DataDirectoryOwnedBy(std::string_view data_dir, uid_t owner);
/// FAILED_PRECONDITION: the place of the database holds something else.
absl::Status NotADatabase(std::string_view database_dir);
/// FAILED_PRECONDITION: another rowkeeper process holds the directory. `holder` is 0 when not known.
absl::Status DataDirectoryInUse(std::string_view data_dir, pid_t holder);
/// FAILED_PRECONDITION: a PostgreSQL that rowkeeper did not start runs on the directory.
absl::Status ForeignPostmaster(std::string_view database_dir, pid_t postmaster);
/// DEADLINE_EXCEEDED: a PostgreSQL left over from an earlier run does not end.
absl::Status LeftoverDoesNotStop(std::string_view database_dir, pid_t process);
/// NOT_FOUND: no PostgreSQL server programs. `looked_in` lists the places.
absl::Status BinariesNotFound(std::string_view looked_in);
/// FAILED_PRECONDITION: the directory's PostgreSQL major version is not installed.
absl::Status VersionNotInstalled(std::string_view database_dir, int wanted, std::string_view installed);
/// FAILED_PRECONDITION: running as root and no unprivileged user to run PostgreSQL as.
absl::Status NoUnprivilegedUser();
/// FAILED_PRECONDITION: the directory for the socket exists and is not private.
absl::Status SocketDirectoryNotPrivate(std::string_view directory, std::string_view problem);
/// INTERNAL: initdb or the creation of the database failed; `output` is what the program said.
absl::Status InitialisationFailed(std::string_view program, std::string_view output);
/// FAILED_PRECONDITION: the postmaster ended before it was ready; `log_excerpt` may be empty.
absl::Status DidNotStart(std::string_view log_excerpt, std::string_view log_file);
/// DEADLINE_EXCEEDED: neither ready nor ended in time.
absl::Status StartTimedOut(int seconds, std::string_view log_file);
/// UNAVAILABLE: nothing to attach to.
absl::Status NothingToAttachTo(std::string_view data_dir);
/// FAILED_PRECONDITION: there is no database in the directory yet.
absl::Status NoDatabase(std::string_view data_dir);
/// NOT_FOUND: a client program of PostgreSQL, such as pg_dump, is not at `path`.
absl::Status ClientProgramNotFound(std::string_view path, int major);
/// INTERNAL: a system call that does not fail on a healthy machine.
absl::Status SystemCallFailed(std::string_view call, int error_number);

}  // namespace rowkeeper::embedded
