#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "server/catalogue/catalogue.h"
#include "server/schema/diff/diff_files.h"
#include "server/schema/diff/schema_diff.h"
#include "server/schema/lint/lint.h"
#include "tests/pg/schema/diff_kinds.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::schema {

/// A database that migrations bring from one declaration to another.
class DiffTest : public ::testing::Test {
 protected:
  void SetUp() override;

  /// Makes the tables that `proto` declares, as `migrate new --entity` does.
  void Create(const std::string& proto);
  /// What makes the database what `proto` declares; fails the test when that cannot be told.
  SchemaDiff Diff(const std::string& proto);
  /// Run one after another, as the migration runner does, each again where others are in its way; the first error, with
  /// its statement.
  std::string Up(const std::vector<DiffFile>& files);
  /// Newest first.
  std::string Down(const std::vector<DiffFile>& files);
  /// Again where others are in the way; the last error, with its statement.
  std::string RunBesideOthers(const std::vector<std::string>& statements, MigrationBody::Transaction transaction);
  /// Everything about the schema, one fact a line.
  std::string Fingerprint();

  testing::ScratchDatabase database_{"diff"};
  std::unique_ptr<db::Connection> connection_;
  DiffOptions options_;

 private:
  std::string RunBlock(const std::vector<std::string>& statements, MigrationBody::Transaction transaction);
};

/// Walks over the kinds of change.
class DiffWalk : public DiffTest {
 protected:
  /// Brings a database of the declaration before to that with some changes, back, and there again, and back. Rows stay,
  /// and there is nothing left to do after each step.
  void GoThereAndBack(const std::vector<const DiffKind*>& kinds);
  /// The same file by file: what each undoes is what it did. `mend` does what down leaves to people.
  void GoFileByFile(const std::string& proto, const std::string& mend = "");
  /// What `migrate lint` says of the files that make the change.
  LintReport Lint(const std::string& proto);
  /// Does what down leaves to people.
  void Mend(const std::vector<const DiffKind*>& kinds);
  /// All items, in columns that no change touches.
  std::string Rows();
};

/// The steps and the questions of a diff, one a line.
std::string Summary(const SchemaDiff& diff);

}  // namespace rowkeeper::schema
