#include "server/schema/squash.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/pgtext/parser.h"
#include "server/pgtext/tree.h"
#include "server/schema/migration_errors.h"

namespace rowkeeper::schema {
namespace {

namespace fs = std::filesystem;
using Files = std::vector<MigrationFile>;
using Applied = std::vector<AppliedMigration>;

std::string NameIn(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// The files up to `version`.
absl::StatusOr<Files> FilesUpTo(Files files, std::string_view version, const std::string& directory) {
  if (version == "head") return files;
  const auto last = std::find_if(files.begin(), files.end(), [&](const MigrationFile& file) {
    return file.version == version || NameIn(file.path) == version;
  });
  if (last == files.end()) return UnknownVersion(version, directory);
  files.erase(last + 1, files.end());
  return files;
}

/// What takes back, for those that follow, what a statement sets in the session. Empty for what sets nothing.
std::string ResetOf(const SqlScript& script, const SqlStatement& statement) {
  nlohmann::json trees;
  const pgtext::ParseProblem problem = pgtext::Parse(std::string(script.TextOf(statement)), &trees);
  if (!problem.message.empty() || trees.size() != 1) return "";
  const nlohmann::json& set = pgtext::Member(trees[0], "VariableSetStmt");
  if (!set.is_object() || set.value("is_local", false) || set.value("kind", "") != "VAR_SET_VALUE") return "";
  return Cat("RESET ", set.value("name", ""), ";\n");
}

/// A block as one part of a larger one that has no transaction.
std::string PartOf(const MigrationFile& file, const MigrationBlock& block) {
  const SqlScript& script = block.script;
  if (script.statements.empty()) return "";
  const SqlStatement& last = script.statements.back();
  std::string_view text = std::string_view(script.text).substr(0, last.offset + last.size);
  text.remove_prefix(std::min(text.find_first_not_of("\r\n"), text.size()));
  std::set<std::string> resets;
  for (const SqlStatement& statement : script.statements) resets.insert(ResetOf(script, statement));
  return Cat("-- ", NameIn(file.path), "\n", block.transaction ? "BEGIN;\n" : "", text, ";\n",
             block.transaction ? "COMMIT;\n" : "", absl::StrJoin(resets, ""), "\n");
}

std::string LineOf(std::string_view mark, const SquashedFile& file) {
  return Cat(mark, file.version, " ", file.checksum, "\n");
}

/// The groups that files already stand for, then the one of all of them.
std::string SquashedLines(const Files& files) {
  std::string lines;
  for (const MigrationFile& file : files) {
    for (const SquashedGroup& group : file.squashed) {
      for (const SquashedFile& part : group.parts) lines += LineOf(kSquashedMark, part);
      lines += LineOf(kSquashedAsMark, group.whole);
    }
  }
  for (const MigrationFile& file : files) lines += LineOf(kSquashedMark, {file.version, file.checksum()});
  return lines;
}

std::string WholeText(const Files& files) {
  std::string text = "-- Stands for these files. A database that has applied all of them has applied this one.\n";
  text += SquashedLines(files);
  text += "-- migrate:up transaction:false\n\n";
  for (const MigrationFile& file : files) text += PartOf(file, file.up);
  text += "-- migrate:down transaction:false\n\n";
  for (auto file = files.rbegin(); file != files.rend(); ++file) text += PartOf(*file, file->down);
  return text;
}

const AppliedMigration* FindRow(const Applied& applied, std::string_view version) {
  const auto row = std::find_if(applied.begin(), applied.end(),
                                [&](const AppliedMigration& migration) { return migration.version == version; });
  return row == applied.end() ? nullptr : &*row;
}

/// Whether all parts are applied as they were.
bool IsAppliedInParts(const SquashedGroup& group, const Applied& applied) {
  return std::all_of(group.parts.begin(), group.parts.end(), [&](const SquashedFile& part) {
    const AppliedMigration* row = FindRow(applied, part.version);
    return row != nullptr && (row->checksum.empty() || row->checksum == part.checksum);
  });
}

bool HoldsVersion(const SquashedGroup& group, std::string_view version) {
  return std::any_of(group.parts.begin(), group.parts.end(),
                     [&](const SquashedFile& part) { return part.version == version; });
}

/// Puts the whole in the place of the parts. False, and nothing is done, where they are not all applied.
bool CollapseGroup(const SquashedGroup& group, Applied* applied) {
  const AppliedMigration* last = FindRow(*applied, group.whole.version);
  if (last == nullptr || !IsAppliedInParts(group, *applied)) return false;
  AppliedMigration whole = *last;
  whole.checksum = group.whole.checksum;
  applied->erase(std::remove_if(applied->begin(), applied->end(),
                                [&](const AppliedMigration& row) { return HoldsVersion(group, row.version); }),
                 applied->end());
  const auto before = [](const AppliedMigration& a, const AppliedMigration& b) { return a.version < b.version; };
  applied->insert(std::upper_bound(applied->begin(), applied->end(), whole, before), whole);
  return true;
}

}  // namespace

absl::StatusOr<Squash> PlanSquash(const MigratorOptions& options, std::string_view version, std::string_view name) {
  auto all = ReadMigrationDirectory(options.directory);
  if (!all.ok()) return all.status();
  const auto files = FilesUpTo(*std::move(all), version, options.directory);
  if (!files.ok()) return files.status();
  if (files->size() < 2) return NothingToSquash(options.directory);
  const auto named = PrepareMigration(name.empty() ? files->back().name : name, {{"SELECT 1"}, {"SELECT 1"}});
  if (!named.ok()) return named.status();
  Squash squash;
  squash.path = Cat(options.directory, "/", files->back().version, "_", named->name, ".sql");
  squash.text = WholeText(*files);
  for (const MigrationFile& file : *files) squash.replaced.push_back(file.path);
  const auto read = ParseMigrationFile(squash.path, squash.text);
  return read.ok() ? absl::StatusOr<Squash>(std::move(squash)) : read.status();
}

absl::Status WriteSquash(const Squash& squash) {
  const std::string written = squash.path + ".new";
  {
    std::ofstream file(written, std::ios::binary | std::ios::trunc);
    file << squash.text;
    file.close();
    if (!file) return MigrationFileUnusable(written, "write", errno);
  }
  std::error_code error;
  for (const std::string& path : squash.replaced) {
    fs::remove(path, error);
    if (error) return MigrationFileUnusable(path, "remove", error.value());
  }
  fs::rename(written, squash.path, error);
  return error ? MigrationFileUnusable(squash.path, "write", error.value()) : absl::OkStatus();
}

CollapsedHistory CollapseHistory(const Files& files, Applied applied) {
  CollapsedHistory history;
  history.applied = std::move(applied);
  for (const MigrationFile& file : files) {
    bool whole = false;
    for (const SquashedGroup& group : file.squashed) whole = CollapseGroup(group, &history.applied);
    if (whole) history.collapsed.push_back(&file);
  }
  return history;
}

absl::Status RefuseHalfSquashed(const Files& files, const Applied& applied) {
  for (const MigrationFile& file : files) {
    if (FindRow(applied, file.version) != nullptr) continue;
    for (const AppliedMigration& row : applied) {
      const bool part = std::any_of(file.squashed.begin(), file.squashed.end(),
                                    [&](const SquashedGroup& group) { return HoldsVersion(group, row.version); });
      if (part) return HalfSquashed(file.path, row.version, file.version);
    }
  }
  return absl::OkStatus();
}

}  // namespace rowkeeper::schema
