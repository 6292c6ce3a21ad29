#include "server/schema/unfinished_check.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_join.h"
#include "server/schema/interrupted_statement.h"
#include "server/schema/lint/repetition.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_session.h"

namespace rowkeeper::schema {
namespace {

/// How many statements a second run would run a second time.
absl::StatusOr<int> CountRunTwice(const UnfinishedBlock& unfinished, const SqlScript& script,
                                  const MigratorOptions& options) {
  const auto connection = OpenMigrationSession(options);
  if (!connection.ok()) return connection.status();
  const auto outcome = OutcomeOfBegun(unfinished, script, **connection);
  if (!outcome.ok()) return outcome.status();
  return unfinished.in_effect + (outcome->left_nothing() ? 0 : 1);
}

absl::StatusOr<bool> MayBeginAnew(const UnfinishedBlock& unfinished, const NextBlock& next,
                                  const MigratorOptions& options) {
  if (next.file == nullptr || next.file->version != unfinished.version || next.direction != unfinished.direction) {
    return false;
  }
  const MigrationBlock& block = BlockOf(*next.file, next.direction);
  if (!IsUnedited(unfinished, block)) return false;
  const auto twice = CountRunTwice(unfinished, block.script, options);
  if (!twice.ok()) return twice.status();
  return MayRunAgain(block.script, *twice);
}

std::string SentenceFor(const UnfinishedBlock& unfinished, const std::vector<MigrationFile>& files,
                        const std::string& directory) {
  const auto file =
      std::find_if(files.begin(), files.end(), [&](const MigrationFile& f) { return f.version == unfinished.version; });
  if (file == files.end()) return InterruptedButMissing(unfinished.version, directory);
  const size_t statements = BlockOf(*file, unfinished.direction).script.statements.size();
  return InterruptedAt(file->path, unfinished.in_effect, static_cast<int>(statements));
}

}  // namespace

absl::Status CheckUnfinished(const std::vector<UnfinishedBlock>& unfinished, const std::vector<MigrationFile>& files,
                             const NextBlock& next, const MigratorOptions& options) {
  std::vector<std::string> sentences;
  for (const UnfinishedBlock& block : unfinished) {
    const auto anew = MayBeginAnew(block, next, options);
    if (!anew.ok()) return anew.status();
    if (!*anew) sentences.push_back(SentenceFor(block, files, options.directory));
  }
  return sentences.empty() ? absl::OkStatus() : VerificationFailed(absl::StrJoin(sentences, "\n"));
}

}  // namespace rowkeeper::schema
