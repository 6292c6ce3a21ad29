#include "server/schema/migration_errors.h"

#include <cstring>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "server/base/error_details.h"
#include "server/base/text.h"

namespace rowkeeper::schema {
namespace {

/// Drops "LINE 1: select …" and the caret below it: that line counts from the statement, not from the file.
std::string WithoutExcerpt(std::string_view message) {
  const std::vector<std::string> lines = absl::StrSplit(ToAbsl(message), '\n');
  std::vector<std::string> kept;
  for (size_t i = 0; i < lines.size(); ++i) {
    if (absl::StartsWith(lines[i], "LINE ")) {
      ++i;
      continue;
    }
    kept.push_back(lines[i]);
  }
  return absl::StrJoin(kept, "\n");
}

}  // namespace

absl::Status MigrationDirectoryMissing(std::string_view directory) {
  return absl::NotFoundError(Cat("there is no migrations directory ", directory,
                                 "; name the right one, or make it with: rowkeeper migrate new NAME"));
}

absl::Status MigrationFileUnusable(std::string_view path, std::string_view action, int error_number) {
  return absl::FailedPreconditionError(Cat("cannot ", action, " ", path, ": ", std::strerror(error_number)));
}

absl::Status MigrationFileMalformed(std::string_view path, int line, std::string_view problem) {
  return absl::InvalidArgumentError(Cat(path, ":", line, ": ", problem));
}

absl::Status DuplicateVersion(std::string_view version, std::string_view first, std::string_view second) {
  return absl::FailedPreconditionError(
      Cat(first, " and ", second, " have the same version ", version, "; give one of them another"));
}

absl::Status InvalidMigrationName(std::string_view name) {
  return absl::InvalidArgumentError(Cat(
      "\"", name, "\" is no name for a migration; write a few words of letters, digits and _, like add_todo_notes"));
}

absl::Status MigrationNotWritten(std::string_view name, std::string_view problem) {
  return absl::InvalidArgumentError(
      Cat("the migration \"", name, "\" is not written, for it could not be read back: ", problem,
          "; a name in the database or in the protos may hold a line break or the like: rename it, or write the "
          "migration by hand"));
}

absl::Status UnknownVersion(std::string_view version, std::string_view directory) {
  return absl::NotFoundError(
      Cat("no migration in ", directory, " has the version ", version, "; list them with: rowkeeper migrate status"));
}

std::string EditedAfterApply(std::string_view path, std::string_view applied_at) {
  return Cat(
      path, " was edited after it was applied (", applied_at,
      " UTC); restore its text and put the change into a new migration, or take it down with the old text and up "
      "again, or if the database already is as it says: rowkeeper migrate stamp VERSION, the newest version that is "
      "applied (all later ones then count as not applied, and earlier ones as applied)");
}

std::string OutOfOrder(std::string_view path, std::string_view newest_applied) {
  return Cat(path, " is not applied, but the newer ", newest_applied,
             " is; rename it to a version after that one, so that it runs in the same order everywhere");
}

std::string AppliedButMissing(std::string_view version, std::string_view name, std::string_view directory) {
  return Cat("version ", version, name.empty() ? "" : " (", name, name.empty() ? "" : ")",
             " is applied in the database, but has no file in ", directory,
             "; restore the file, or if it is gone for good: rowkeeper migrate stamp VERSION, the newest version of "
             "those that are applied and have a file");
}

std::string InterruptedAt(std::string_view path, int in_effect, int statements) {
  return Cat(path, " was interrupted: ", in_effect, " of its ", statements,
             " statements are in effect, and it cannot be run from its beginning again; finish it with: rowkeeper "
             "migrate repair (--dry-run says how), or if you have undone by hand what is in effect: rowkeeper migrate "
             "stamp VERSION, the newest version that is applied");
}

std::string InterruptedButMissing(std::string_view version, std::string_view directory) {
  return Cat("version ", version, " was interrupted, and has no file in ", directory,
             "; restore the file and run: rowkeeper migrate repair, or if you have undone by hand what is in effect: "
             "rowkeeper migrate stamp VERSION, the newest version that is applied");
}

absl::Status CannotRepair(std::string_view path, int line, std::string_view problem) {
  return absl::FailedPreconditionError(Cat(path, ":", line, ": ", problem));
}

absl::Status InterruptedSessionActive(std::string_view version, int pid, int seconds) {
  return absl::AbortedError(Cat("PostgreSQL process ", pid, " still runs a statement of version ", version,
                                ", whose runner was ended, after ", seconds,
                                " s; wait for it, or end it: SELECT pg_terminate_backend(", pid, ")"));
}

absl::Status VerificationFailed(std::string_view sentences) { return absl::FailedPreconditionError(ToAbsl(sentences)); }

absl::Status NothingToSquash(std::string_view directory) {
  return absl::InvalidArgumentError(
      Cat("there are no two migrations in ", directory, " up to this version; one file is not made of less than two"));
}

absl::Status HalfSquashed(std::string_view path, std::string_view applied, std::string_view version) {
  return absl::FailedPreconditionError(
      Cat(path, " stands for several files, of which ", applied, " is applied and ", version,
          " is not; bring this database to ", version,
          " with the files as they were before they were squashed, and go on with this one then"));
}

absl::Status SquashDiffers(std::string_view path, std::string_view differences) {
  return absl::FailedPreconditionError(
      Cat(path, " is not written, for it would not do what the files do that it stands for:\n", differences));
}

absl::Status CannotTakeDown(std::string_view version, std::string_view directory) {
  return absl::FailedPreconditionError(
      Cat("version ", version, " cannot be taken down: it has no file in ", directory, "; restore the file"));
}

absl::Status AtLine(std::string_view path, int line, const absl::Status& cause, std::string_view consequence) {
  return WithMessage(cause, Cat(path, ":", line, ": ", WithoutExcerpt(MessageOf(cause)),
                                consequence.empty() ? "" : "\n", consequence));
}

absl::Status HistoryUnreadable(std::string_view table, const absl::Status& cause) {
  return absl::Status(cause.code(),
                      Cat("the history table ", table, " cannot be read: ", WithoutExcerpt(MessageOf(cause))));
}

absl::Status ConnectionLost() { return absl::UnavailableError("the connection to the database was lost"); }

absl::Status MigrationLockLost() {
  return absl::AbortedError(
      "the connection that held the lock of the migration runners was lost, so another runner may be at work; see what "
      "is applied with: rowkeeper migrate status, and run this again");
}

absl::Status AnotherRunnerActive(std::string_view holder, int seconds) {
  return absl::AbortedError(Cat("another migration runner (", holder, ") is still at work after ", seconds,
                                " s; wait for it, or end it, and run this again"));
}

absl::Status ServerInTheWay(std::string_view what) {
  return absl::FailedPreconditionError(
      Cat(what,
          "; give that server the newer protos, or stop it, and run this again; or run this with --ignore-servers: "
          "the methods that need it are refused there from then on"));
}

}  // namespace rowkeeper::schema
