#pragma once

// The map of this folder, which finds what is unsafe in migration files:
//   lint.h               files in, findings out; block_linter.cc goes through a block
//   effect.h             what a statement does: locks, scans, rewrites. statement_effects.h finds it in a parse tree,
//                        with alter_effects.cc for tables and tree_names.h for names and types
//   known_schema.h       what earlier statements and files made
//   migration_plan.h     what files that are about to run do to tables that others use
//   repetition.h         what fails when a file is run again
//   rules.h              all rules, and which of them an effect breaks
//   allow_comments.h     `-- rowkeeper:allow RULE reason`

#include <string>
#include <vector>

#include "server/schema/lint/rules.h"
#include "server/schema/migration_file.h"

namespace rowkeeper::schema {

/// A rule that a statement breaks.
struct LintFinding {
  std::string path;
  /// 1-based.
  int line = 1;
  const LintRule* rule = nullptr;
  /// What it is about, as people write it: `"todos"`, `"todos"."title"`, `"ck_title"`. May be empty.
  std::string subject;
};

/// A statement that was not looked at.
struct NotLinted {
  std::string path;
  int line = 1;
  std::string why;
};

struct LintReport {
  /// In the order of the files and their lines.
  std::vector<LintFinding> findings;
  std::vector<NotLinted> not_linted;
  /// How many files were looked at.
  int files = 0;
};

struct LintOptions {
  /// Only files of a later version are looked at; all are read, since they tell what later ones find.
  std::string after;
};

/// Looks at the up blocks of `files`, which are in the order of their versions. Tables and indexes that a file makes
/// itself are nobody's yet: rules about locks and data do not hold for them in that file. Pure.
LintReport LintMigrations(const std::vector<MigrationFile>& files, const LintOptions& options);

/// The rules that one statement breaks by itself, on tables that exist. Empty where it cannot be parsed.
std::vector<const LintRule*> LintStatement(const std::string& statement);

}  // namespace rowkeeper::schema
