#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

/// Every so manieth pair, so that a run takes less than a minute; all of them where this variable is set.
constexpr size_t kStride = 12;
constexpr char kAllPairs[] = "ROWKEEPER_ALL_DIFF_PAIRS";

TEST_F(DiffWalk, PairsOfKindsGoThereAndBackOnTablesWithRows) {
  Create(ProtoWith({}));
  database_.Run(RowsBefore());
  const size_t stride = std::getenv(kAllPairs) != nullptr ? 1 : kStride;
  const std::vector<DiffKind>& kinds = DiffKinds();
  size_t place = 0;
  for (size_t i = 0; i < kinds.size(); ++i) {
    for (size_t k = i + 1; k < kinds.size(); ++k) {
      if (place++ % stride != 0) continue;
      SCOPED_TRACE(absl::StrCat(kinds[i].name, " and ", kinds[k].name));
      GoThereAndBack({&kinds[i], &kinds[k]});
      if (HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace rowkeeper::schema
