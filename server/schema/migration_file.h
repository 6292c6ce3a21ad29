#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/schema/sql_script.h"

namespace rowkeeper::schema {

/// What is under `-- migrate:up` or `-- migrate:down`.
struct MigrationBlock {
  SqlScript script;
  /// 1-based line in the file of the script's first line.
  int first_line = 1;
  /// False for `transaction:false`.
  bool transaction = true;
};

/// A file that another one stands for.
struct SquashedFile {
  std::string version;
  /// As MigrationFile::checksum() was.
  std::string checksum;
};
/// Files, oldest first, in whose place one stands that has the version of the last one.
struct SquashedGroup {
  std::vector<SquashedFile> parts;
  SquashedFile whole;
};
/// Begin lines above `-- migrate:up`; version and checksum follow. The second kind ends a group that one of the parts
/// stood for already; what follows the last of these is the group that the file itself stands for.
inline constexpr std::string_view kSquashedMark = "-- rowkeeper:squashed ";
inline constexpr std::string_view kSquashedAsMark = "-- rowkeeper:squashed-as ";

/// One file in dbmate's format. Immutable once read.
struct MigrationFile {
  /// The leading digits of the file name; ordered as text, as dbmate does.
  std::string version;
  /// The rest of the file name, without `_` and `.sql`.
  std::string name;
  /// As opened.
  std::string path;
  MigrationBlock up;
  MigrationBlock down;
  /// The last group is the one that it stands for itself. Empty for most.
  std::vector<SquashedGroup> squashed;

  /// Of the up block alone, with its transaction:false: a down block may be mended after its up was applied.
  std::string checksum() const { return up.script.checksum + (up.transaction ? "" : " transaction:false"); }
};

/// Which block of a file.
enum class Direction { kUp, kDown };
const MigrationBlock& BlockOf(const MigrationFile& file, Direction direction);

/// Errors: INVALID_ARGUMENT with file and line: no up or no down block, one twice, down before up, text before up, an
/// unknown option, an open quote.
absl::StatusOr<MigrationFile> ParseMigrationFile(std::string_view path, std::string_view contents);

/// Every `<digits>….sql` directly in `directory`, ordered by version. Other files and folders do not matter. Errors:
/// those of ParseMigrationFile; NOT_FOUND for the directory; FAILED_PRECONDITION for a version that two files have.
absl::StatusOr<std::vector<MigrationFile>> ReadMigrationDirectory(const std::string& directory);

/// The whole of a file. Errors: FAILED_PRECONDITION.
absl::StatusOr<std::string> ReadFile(const std::string& path);

/// What a new migration does, as statements without semicolons; the default is for its author to fill in.
struct MigrationBody {
  std::vector<std::string> up;
  std::vector<std::string> down;
  /// How a block is run: all of it in a transaction of its own, or statement by statement.
  enum class Transaction { kOne, kNone };
  Transaction transaction = Transaction::kOne;
  Transaction down_transaction = Transaction::kOne;
};

/// A file that can be written.
struct NewMigration {
  /// As it stands in the file's name.
  std::string name;
  std::string text;
};
/// Spaces and dashes in `name` become `_`. Errors: INVALID_ARGUMENT for the name, or for a body that would not be read
/// back as it is.
absl::StatusOr<NewMigration> PrepareMigration(std::string_view name, const MigrationBody& body);

/// Makes `directory` when it is missing, and in it a migration whose version is the present UTC time, or later
/// than the newest file. Returns the path. Errors: FAILED_PRECONDITION when it cannot be written.
absl::StatusOr<std::string> WriteMigration(const std::string& directory, const NewMigration& migration);

/// Both.
absl::StatusOr<std::string> NewMigrationFile(const std::string& directory, std::string_view name,
                                             const MigrationBody& body = {});

}  // namespace rowkeeper::schema
