#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/sql/idempotency_sql.h"
#include "tests/pg/schema/diff_fixture.h"
#include "tests/support/random_catalogue.h"
#include "tests/support/sql_file.h"
#include "tests/support/tenant_catalogue.h"

namespace rowkeeper::schema {
namespace {

/// Whole catalogues.
class DiffCatalogues : public DiffTest {
 protected:
  SchemaDiff DiffOf(const catalogue::Catalogue& catalogue) {
    auto diff = DiffSchema(catalogue, {}, *connection_);
    EXPECT_TRUE(diff.ok()) << diff.status();
    return diff.ok() ? *std::move(diff) : SchemaDiff();
  }
};

TEST_F(DiffCatalogues, OfAllShapesAreMadeFromNothingAndGoWithoutATrace) {
  const std::string before = Fingerprint();
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(absl::StrCat("seed ", seed));
    const auto catalogue = testing::CompileProtoText(testing::RandomCatalogueProto({seed, /*entities=*/6}));
    ASSERT_NE(catalogue, nullptr);
    const std::vector<DiffFile> files = DiffFiles(DiffOf(*catalogue), "make");
    ASSERT_EQ(Up(files), "");
    ASSERT_EQ(Summary(DiffOf(*catalogue)), "");
    ASSERT_EQ(Down(files), "");
    ASSERT_EQ(Fingerprint(), before);
  }
}

TEST_F(DiffCatalogues, WithTenantsAreMadeFromNothingAndGoWithoutATrace) {
  const std::string before = Fingerprint();
  for (const char* example : {"planner/v1", "tracker/v1"}) {
    SCOPED_TRACE(example);
    const auto catalogue = testing::WithTenants(*testing::CompileExample(example));
    ASSERT_NE(catalogue, nullptr);
    const std::vector<DiffFile> files = DiffFiles(DiffOf(*catalogue), "make");
    ASSERT_EQ(Up(files), "");
    ASSERT_EQ(Summary(DiffOf(*catalogue)), "");
    ASSERT_EQ(Down(files), "");
    ASSERT_EQ(Fingerprint(), before);
  }
}

/// The example catalogues, whose migrations people wrote.
class DiffExamples : public DiffCatalogues, public ::testing::WithParamInterface<const char*> {};

TEST_P(DiffExamples, NeedOnlyCommentsAndAreThenTheSameAsWhatDiffMakes) {
  const std::string name = GetParam();
  const auto catalogue = testing::CompileExample(name + "/v1");
  ASSERT_NE(catalogue, nullptr);
  for (const auto& migration : testing::ReadMigrations("migrations/" + name)) database_.Run(migration.up);
  const SchemaDiff diff = DiffOf(*catalogue);
  EXPECT_TRUE(diff.questions.empty()) << Summary(diff);
  for (const Step& step : diff.steps) EXPECT_EQ(step.kind, StepKind::kAdopt) << step.summary;
  ASSERT_EQ(Up(DiffFiles(diff, "adopt")), "");
  EXPECT_EQ(Summary(DiffOf(*catalogue)), "");
  const std::string migrated = Fingerprint();
  database_.Run("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  database_.Run(absl::StrJoin(sql::CreateIdempotencyKeys(), ";\n"));
  ASSERT_EQ(Up(DiffFiles(DiffOf(*catalogue), "make")), "");
  EXPECT_EQ(Fingerprint(), migrated);
}

INSTANTIATE_TEST_SUITE_P(Examples, DiffExamples, ::testing::Values("planner", "tracker"));

}  // namespace
}  // namespace rowkeeper::schema
