#include <gtest/gtest.h>

#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

using DiffKindsTest = DiffWalk;

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
    GoFileByFile(ProtoWith({&kind}), kind.mend);
    if (HasFatalFailure()) return;
  }
}

TEST_F(DiffKindsTest, FilesAreSafeExceptWhereRowsAreWrittenAgain) {
  Create(ProtoWith({}));
  database_.Run(RowsBefore());
  for (const DiffKind& kind : DiffKinds()) {
    SCOPED_TRACE(kind.name);
    for (const LintFinding& finding : Lint(ProtoWith({&kind})).findings) {
      EXPECT_EQ(finding.rule->name, "changing-column-type")
          << finding.path << ":" << finding.line << " " << finding.subject;
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
