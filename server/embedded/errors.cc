#include "server/embedded/errors.h"

#include <pwd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "server/base/text.h"

namespace rowkeeper::embedded {
namespace {

constexpr std::string_view kElsewhere =
    "choose another data directory with --data-dir, or name a running PostgreSQL with --database-url";

std::string UserName(uid_t uid) {
  const passwd* entry = getpwuid(uid);
  return entry != nullptr ? std::string(entry->pw_name) : Cat("uid ", uid);
}

}  // namespace

absl::Status DataDirectoryUnusable(std::string_view data_dir, std::string_view action, int error_number) {
  const std::string message =
      Cat("cannot ", action, " the data directory ", data_dir, ": ", std::strerror(error_number), "; ", kElsewhere);
  return error_number == EACCES || error_number == EPERM ? absl::PermissionDeniedError(message)
                                                         : absl::FailedPreconditionError(message);
}

absl::Status DataDirectoryClosedTo(std::string_view data_dir, std::string_view user) {
  return absl::FailedPreconditionError(
      Cat("the data directory ", data_dir, " cannot be entered by the system user ", user,
          ", as whom PostgreSQL runs (it refuses to run as root); open the way to it with chmod o+x, or ", kElsewhere));
}

absl::Status DataDirectoryOwnedBy(std::string_view data_dir, uid_t owner) {
  return absl::FailedPreconditionError(Cat("the database in ", data_dir, " belongs to ", UserName(owner),
                                           "; run rowkeeper as that user, or ", kElsewhere));
}

absl::Status NotADatabase(std::string_view database_dir) {
  return absl::FailedPreconditionError(
      Cat(database_dir, " is not a PostgreSQL database (no PG_VERSION in it); move it away, or ", kElsewhere));
}

absl::Status DataDirectoryInUse(std::string_view data_dir, pid_t holder) {
  const std::string who = holder > 0 ? Cat("process ", holder) : std::string("another process");
  return absl::FailedPreconditionError(
      Cat("the data directory ", data_dir, " is in use by rowkeeper ", who, "; stop it, or ", kElsewhere));
}

absl::Status ForeignPostmaster(std::string_view database_dir, pid_t postmaster) {
  return absl::FailedPreconditionError(Cat("a PostgreSQL that rowkeeper did not start (process ", postmaster,
                                           ") runs on ", database_dir, "; stop it with pg_ctl -D ", database_dir,
                                           " stop, or name it with --database-url"));
}

absl::Status LeftoverDoesNotStop(std::string_view database_dir, pid_t process) {
  return absl::DeadlineExceededError(Cat("PostgreSQL process ", process, ", left over from an earlier run on ",
                                         database_dir, ", does not end; kill it and start again"));
}

absl::Status BinariesNotFound(std::string_view looked_in) {
  return absl::NotFoundError(Cat("no PostgreSQL server programs (initdb, postgres) in ", looked_in,
                                 "; install the package postgresql, or name a running PostgreSQL with "
                                 "--database-url"));
}

absl::Status VersionNotInstalled(std::string_view database_dir, int wanted, std::string_view installed) {
  return absl::FailedPreconditionError(Cat("the database in ", database_dir, " was made by PostgreSQL ", wanted,
                                           ", but only ", installed, " is installed; install the package postgresql-",
                                           wanted, ", or convert it with pg_upgrade, or ", kElsewhere));
}

absl::Status NoUnprivilegedUser() {
  return absl::FailedPreconditionError(
      "PostgreSQL refuses to run as root, and the system has neither a user postgres nor a user nobody to run it as; "
      "install the package postgresql, which makes the user postgres");
}

absl::Status SocketDirectoryNotPrivate(std::string_view directory, std::string_view problem) {
  return absl::FailedPreconditionError(
      Cat("the socket directory ", directory, " ", problem, "; remove it and start again"));
}

absl::Status InitialisationFailed(std::string_view program, std::string_view output) {
  return absl::InternalError(
      Cat(program, " failed while making a new database: ", std::string(absl::StripAsciiWhitespace(ToAbsl(output)))));
}

absl::Status DidNotStart(std::string_view log_excerpt, std::string_view log_file) {
  return absl::FailedPreconditionError(
      Cat("PostgreSQL did not start", log_excerpt.empty() ? "" : Cat(": ", log_excerpt), "; its log is ", log_file));
}

absl::Status StartTimedOut(int seconds, std::string_view log_file) {
  return absl::DeadlineExceededError(Cat("PostgreSQL was not ready within ", seconds, " s; its log is ", log_file));
}

absl::Status NothingToAttachTo(std::string_view data_dir) {
  return absl::UnavailableError(Cat("no PostgreSQL runs on the data directory ", data_dir,
                                    "; start one with: rowkeeper serve --data-dir ", data_dir));
}

absl::Status NoDatabase(std::string_view data_dir) {
  return absl::FailedPreconditionError(
      Cat("there is no database in the data directory ", data_dir, "; name another one with --data-dir"));
}

absl::Status ClientProgramNotFound(std::string_view path, int major) {
  return absl::NotFoundError(Cat(path, " is not there; install the package postgresql-client-", major));
}

absl::Status SystemCallFailed(std::string_view call, int error_number) {
  return absl::InternalError(Cat(call, " failed: ", std::strerror(error_number)));
}

}  // namespace rowkeeper::embedded
