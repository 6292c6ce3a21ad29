#include "server/schema/diff/diff_files.h"

#include <algorithm>
#include <filesystem>

#include "server/base/one_line.h"
#include "server/base/text.h"
#include "server/schema/lint/allow_comments.h"
#include "server/schema/lint/lint.h"
#include "server/sql/ddl_change.h"

namespace rowkeeper::schema {
namespace {

using Transaction = MigrationBody::Transaction;
using Statements = std::vector<std::string>;

/// Steps of one file.
enum class FileKind {
  kAdopt,
  kEnumLabels,
  kChange,
  kRewrite,
  kExpand,
  kFill,
  kIndexes,
  kValidate,
  kSwitch,
  kDrop,
  kContract
};

FileKind FileOf(StepKind kind) {
  switch (kind) {
    case StepKind::kAdopt:
      return FileKind::kAdopt;
    case StepKind::kEnumLabels:
      return FileKind::kEnumLabels;
    case StepKind::kRewrite:
      return FileKind::kRewrite;
    case StepKind::kExpand:
      return FileKind::kExpand;
    case StepKind::kFill:
      return FileKind::kFill;
    case StepKind::kSwitch:
      return FileKind::kSwitch;
    case StepKind::kContract:
      return FileKind::kContract;
    case StepKind::kIndexes:
      return FileKind::kIndexes;
    case StepKind::kValidate:
      return FileKind::kValidate;
    case StepKind::kDrop:
      return FileKind::kDrop;
    case StepKind::kChange:
    case StepKind::kConstraints:
    case StepKind::kNotNull:
    case StepKind::kRename:
    case StepKind::kMark:
      break;
  }
  return FileKind::kChange;
}

/// What the name of a file that begins with such a step ends in.
std::string_view Ending(StepKind kind) {
  switch (kind) {
    case StepKind::kAdopt:
      return "_comments";
    case StepKind::kEnumLabels:
      return "_labels";
    case StepKind::kChange:
      return "";
    case StepKind::kRewrite:
      return "_types";
    case StepKind::kExpand:
      return "_expand";
    case StepKind::kFill:
      return "_fill";
    case StepKind::kSwitch:
      return "_switch";
    case StepKind::kContract:
      return "_contract";
    case StepKind::kIndexes:
      return "_indexes";
    case StepKind::kConstraints:
      return "_constraints";
    case StepKind::kValidate:
      return "_validate";
    case StepKind::kNotNull:
      return "_not_null";
    case StepKind::kDrop:
      return "_drop";
    case StepKind::kRename:
      return "_rename";
    case StepKind::kMark:
      return "_marks";
  }
  return "";
}

/// A comment of one line before a statement.
std::string Commented(const std::string& words, const std::string& statement) {
  return Cat("-- ", OneLine(words), "\n", statement);
}

/// What a statement of this file may wait for a lock.
Statements LockTimeout(FileKind kind, Transaction transaction) {
  if (kind == FileKind::kIndexes) return {};  // each of its statements has its own
  if (kind == FileKind::kFill) return {};     // rows alone are locked
  if (transaction == Transaction::kOne) return {sql::SetLocalLockTimeout(sql::kChangeLockTimeout)};
  return {sql::SetSessionLockTimeout(sql::kChangeLockTimeout)};
}

/// Why people need not allow what breaks this rule: the protos decided it. Empty where they did not.
std::string_view Decision(std::string_view rule, FileKind kind) {
  if (kind == FileKind::kSwitch && rule == "renaming-column")
    return "another column takes its place in this transaction";
  if (kind == FileKind::kSwitch && rule == "require-concurrent-index-deletion")
    return "another index takes its place in this transaction";
  if (kind == FileKind::kContract && rule == "ban-drop-column") return "another column has taken its place";
  if (rule == "ban-drop-column") return "the field is reserved in the protos";
  if (rule == "ban-drop-table") return "the protos name it in dropped_entities";
  if (rule == "renaming-column") return "the field has another name in the protos";
  return rule == "renaming-table" ? "the entity has another table in the protos" : "";
}

std::string WithAllowances(const std::string& statement, FileKind kind) {
  std::string allowances;
  for (const LintRule* rule : LintStatement(statement)) {
    const std::string_view decision = Decision(rule->name, kind);
    if (!decision.empty()) allowances += Cat(WriteAllowComment(rule->name, decision), "\n");
  }
  return Cat(allowances, statement);
}

MigrationBody MakeBody(FileKind kind, const std::vector<const Step*>& steps) {
  MigrationBody body;
  if (kind == FileKind::kIndexes || kind == FileKind::kValidate || kind == FileKind::kFill) {
    body.transaction = Transaction::kNone;
  }
  if (kind == FileKind::kIndexes) body.down_transaction = Transaction::kNone;
  body.up = LockTimeout(kind, body.transaction);
  body.down = LockTimeout(kind, body.down_transaction);
  for (const Step* step : steps) {
    for (size_t i = 0; i < step->up.size(); ++i) {
      const std::string statement = WithAllowances(step->up[i], kind);
      body.up.push_back(i == 0 ? Commented(step->summary, statement) : statement);
    }
  }
  for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
    body.down.insert(body.down.end(), (*step)->down.begin(), (*step)->down.end());
  }
  if (body.down.empty()) body.down = {sql::DoNothing()};
  return body;
}

/// A statement that fails, below what answers it.
std::string TextOf(const Question& question) {
  std::string statement;
  for (const std::string& answer : question.answers) statement += Commented(Cat("  ", answer), "");
  const std::string how = "; answer it as the file says, or remove this statement, and run it again";
  return Commented(Cat("QUESTION: ", question.question),
                   Cat(statement, sql::AskQuestion(OneLine(Cat(question.question, how)))));
}

}  // namespace

std::vector<DiffFile> DiffFiles(const SchemaDiff& diff, std::string_view name) {
  std::vector<const Step*> ordered;
  for (const Step& step : diff.steps) ordered.push_back(&step);
  std::stable_sort(ordered.begin(), ordered.end(), [](const Step* a, const Step* b) { return a->kind < b->kind; });
  std::vector<DiffFile> files;
  for (auto first = ordered.begin(); first != ordered.end();) {
    const FileKind kind = FileOf((*first)->kind);
    const auto end = std::find_if(first, ordered.end(), [&](const Step* step) { return FileOf(step->kind) != kind; });
    files.push_back({Cat(name, Ending((*first)->kind)), MakeBody(kind, {first, end})});
    first = end;
  }
  if (files.size() == 1) files.front().name = std::string(name);
  if (diff.questions.empty()) return files;
  if (files.empty()) files.push_back({std::string(name), {{}, {sql::DoNothing()}}});
  Statements asked;
  for (const Question& question : diff.questions) asked.push_back(TextOf(question));
  Statements& up = files.front().body.up;
  up.insert(up.begin(), asked.begin(), asked.end());
  return files;
}

absl::StatusOr<std::vector<std::string>> WriteDiffFiles(const std::string& directory,
                                                        const std::vector<DiffFile>& files) {
  std::vector<NewMigration> migrations;
  for (const DiffFile& file : files) {
    auto migration = PrepareMigration(file.name, file.body);
    if (!migration.ok()) return migration.status();
    migrations.push_back(*std::move(migration));
  }
  std::vector<std::string> paths;
  for (const NewMigration& migration : migrations) {
    auto path = WriteMigration(directory, migration);
    if (!path.ok()) {
      std::error_code ignored;
      for (const std::string& written : paths) std::filesystem::remove(written, ignored);
      return path.status();
    }
    paths.push_back(*std::move(path));
  }
  return paths;
}

}  // namespace rowkeeper::schema
