#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "server/schema/lint/lint.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

class DiffKindsTest : public DiffWalk {
 protected:
  /// What each file undoes is what it did.
  void GoFileByFile(const DiffKind& kind) {
    for (const DiffFile& file : DiffFiles(Diff(ProtoWith({&kind})), "change")) {
      SCOPED_TRACE(file.name);
      const std::string before = Fingerprint();
      ASSERT_EQ(Up({file}), "");
      const std::string after = Fingerprint();
      ASSERT_NE(after, before);
      ASSERT_EQ(Down({file}), "");
      Mend({&kind});
      ASSERT_EQ(Fingerprint(), before);
      ASSERT_EQ(Up({file}), "");
      ASSERT_EQ(Fingerprint(), after);
    }
  }
};

TEST_F(DiffKindsTest, FindNothingToDoInWhatWasDeclared) {
  Create(ProtoWith({}));
  EXPECT_EQ(Summary(Diff(ProtoWith({}))), "");
  EXPECT_TRUE(DiffFiles(Diff(ProtoWith({})), "change").empty());
}

TEST_F(DiffKindsTest, EachGoesThereAndBackOnEmptyTables) {
  Create(ProtoWith({}));
  for (const DiffKind& kind : DiffKinds()) {
    SCOPED_TRACE(kind.name);
    GoThereAndBack({&kind});
    if (HasFatalFailure()) return;
  }
}

TEST_F(DiffKindsTest, EachFileUndoesWhatItDidOnTablesWithRows) {
  for (const DiffKind& kind : DiffKinds()) {
    SCOPED_TRACE(kind.name);
    database_.Run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    Create(ProtoWith({}));
    database_.Run(RowsBefore());
    GoFileByFile(kind);
    if (HasFatalFailure()) return;
  }
}

TEST_F(DiffKindsTest, FilesAreSafeExceptWhereRowsAreWrittenAgain) {
  Create(ProtoWith({}));
  database_.Run(RowsBefore());
  for (const DiffKind& kind : DiffKinds()) {
    SCOPED_TRACE(kind.name);
    std::vector<MigrationFile> files;
    for (const DiffFile& file : DiffFiles(Diff(ProtoWith({&kind})), "change")) {
      const auto migration = PrepareMigration(file.name, file.body);
      ASSERT_TRUE(migration.ok()) << migration.status();
      auto read = ParseMigrationFile(absl::StrCat(1000 + files.size(), "_", migration->name, ".sql"), migration->text);
      ASSERT_TRUE(read.ok()) << read.status();
      files.push_back(*std::move(read));
    }
    for (const LintFinding& finding : LintMigrations(files, {}).findings) {
      EXPECT_EQ(finding.rule->name, "changing-column-type")
          << finding.path << ":" << finding.line << " " << finding.subject << "\n"
          << files[std::stoi(finding.path) - 1000].up.script.text;
    }
  }
}

TEST_F(DiffKindsTest, AllAtOnceGoThereAndBack) {
  Create(ProtoWith({}));
  database_.Run(RowsBefore());
  std::vector<const DiffKind*> all;
  for (const DiffKind& kind : DiffKinds()) all.push_back(&kind);
  GoThereAndBack(all);
}

}  // namespace
}  // namespace rowkeeper::schema
