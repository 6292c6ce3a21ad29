#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

/// What can go wrong with migrations, one constructor each. For the operator, not for callers: messages name the file
/// (with the line where there is one) and say what to do.
namespace rowkeeper::schema {

/// NOT_FOUND: the migrations directory is not there.
absl::Status MigrationDirectoryMissing(std::string_view directory);
/// FAILED_PRECONDITION: a file that cannot be read or written.
absl::Status MigrationFileUnusable(std::string_view path, std::string_view action, int error_number);
/// INVALID_ARGUMENT: `path`:`line`: `problem`.
absl::Status MigrationFileMalformed(std::string_view path, int line, std::string_view problem);
/// FAILED_PRECONDITION: two files of one version.
absl::Status DuplicateVersion(std::string_view version, std::string_view first, std::string_view second);
/// INVALID_ARGUMENT: a name that cannot be part of a file name.
absl::Status InvalidMigrationName(std::string_view name);
/// INVALID_ARGUMENT: a new file that would not do what it is made for; `problem` says why.
absl::Status MigrationNotWritten(std::string_view name, std::string_view problem);
/// NOT_FOUND: a version that no file has.
absl::Status UnknownVersion(std::string_view version, std::string_view directory);
/// Sentences for what `up` refuses to go on with; VerificationFailed makes a FAILED_PRECONDITION of several.
std::string EditedAfterApply(std::string_view path, std::string_view applied_at);
std::string OutOfOrder(std::string_view path, std::string_view newest_applied);
std::string AppliedButMissing(std::string_view version, std::string_view name, std::string_view directory);
/// A file without a transaction, of whose `statements` so many are in effect, and the next one may be.
std::string InterruptedAt(std::string_view path, int in_effect, int statements);
std::string InterruptedButMissing(std::string_view version, std::string_view directory);
absl::Status VerificationFailed(std::string_view sentences);
/// INVALID_ARGUMENT: there are no two files to be one.
absl::Status NothingToSquash(std::string_view directory);
/// FAILED_PRECONDITION: of the files that `path` stands for, `applied` is applied and the newest, `version`, is not.
absl::Status HalfSquashed(std::string_view path, std::string_view applied, std::string_view version);
/// FAILED_PRECONDITION: the file does not make what those make that it stands for. `differences`: one a line.
absl::Status SquashDiffers(std::string_view path, std::string_view differences);
/// FAILED_PRECONDITION: a file that cannot be finished; `problem` says why, and what to do.
absl::Status CannotRepair(std::string_view path, int line, std::string_view problem);
/// ABORTED: PostgreSQL still runs a statement of an interrupted file after `seconds`.
absl::Status InterruptedSessionActive(std::string_view version, int pid, int seconds);
/// FAILED_PRECONDITION: a file that is to be taken down is not there.
absl::Status CannotTakeDown(std::string_view version, std::string_view directory);
/// A copy of `cause` (a script's error) with the place in front and PostgreSQL's excerpt, which repeats it, left out.
absl::Status AtLine(std::string_view path, int line, const absl::Status& cause, std::string_view consequence);
/// A copy of `cause` that says which table could not be read.
absl::Status HistoryUnreadable(std::string_view table, const absl::Status& cause);
/// UNAVAILABLE: a session of the runner ended; AtLine says what that means.
absl::Status ConnectionLost();
/// ABORTED: the session that held the runner's lock ended, so that another runner may be at work.
absl::Status MigrationLockLost();
/// ABORTED: another runner held the lock for all of `seconds`. `holder` describes it.
absl::Status AnotherRunnerActive(std::string_view holder, int seconds);

/// FAILED_PRECONDITION: a server counts on what a file takes away. `what` says what, and which server.
absl::Status ServerInTheWay(std::string_view what);

}  // namespace rowkeeper::schema
