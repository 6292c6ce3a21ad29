#include "server/schema/migration_script.h"

#include <algorithm>
#include <vector>

#include "server/base/text.h"
#include "server/schema/migration_errors.h"
#include "server/schema/migration_file.h"
#include "server/sql/migration_sql.h"
#include "server/sql/transaction_sql.h"

namespace rowkeeper::schema {
namespace {

/// How many files come before the place that `word` names.
absl::StatusOr<size_t> PlaceOf(const std::vector<MigrationFile>& files, const std::string& word,
                               const std::string& directory) {
  if (word == "base") return size_t{0};
  if (word == "head") return files.size();
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string& path = files[i].path;
    if (files[i].version == word || path.substr(path.rfind('/') + 1) == word) return i + 1;
  }
  return UnknownVersion(word, directory);
}

/// A block with the change of the history that belongs to it.
std::string BlockScript(const MigrationFile& file, const MigrationBlock& block, const std::string& record) {
  std::string script = Cat("-- ", file.path, "\n");
  if (block.transaction) script += Cat(sql::Begin(), ";\n");
  script += block.script.text;
  if (!script.empty() && script.back() != '\n') script += '\n';
  script += Cat(record, ";\n");
  if (block.transaction) script += Cat(sql::Commit(), ";\n");
  return script + "\n";
}

}  // namespace

absl::StatusOr<std::string> MigrationScript(const std::string& directory, const std::string& history_table,
                                            const VersionRange& range) {
  const auto files = ReadMigrationDirectory(directory);
  if (!files.ok()) return files.status();
  const auto from = PlaceOf(*files, range.from, directory);
  if (!from.ok()) return from.status();
  const auto to = PlaceOf(*files, range.to, directory);
  if (!to.ok()) return to.status();
  if (*from == *to) return std::string();
  const sql::TableName history = sql::ParseTableName(history_table);
  std::string script =
      Cat("\\set ON_ERROR_STOP on\n", sql::CreateHistory(history), ";\n", sql::ExtendHistory(history), ";\n\n");
  for (size_t i = *from; i < *to; ++i) {
    const MigrationFile& file = (*files)[i];
    script += BlockScript(file, file.up, sql::InsertHistory(history, {file.version, file.name, file.checksum(), ""}));
  }
  for (size_t i = *from; i > *to; --i) {
    const MigrationFile& file = (*files)[i - 1];
    script += BlockScript(file, file.down, sql::DeleteHistory(history, file.version));
  }
  return script;
}

}  // namespace rowkeeper::schema
