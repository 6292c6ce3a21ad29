#include <gtest/gtest.h>

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

TEST_F(DiffKindsTest, AllAtOnceGoThereAndBack) {
  Create(ProtoWith({}));
  database_.Run(RowsBefore());
  std::vector<const DiffKind*> all;
  for (const DiffKind& kind : DiffKinds()) all.push_back(&kind);
  GoThereAndBack(all);
}

}  // namespace
}  // namespace rowkeeper::schema
