#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/pg/schema/diff_fixture.h"

namespace rowkeeper::schema {
namespace {

using ::testing::HasSubstr;

/// Parcels of a size, which is a native enum of these values.
std::string Parcels(const std::string& values, const std::string& column = "") {
  const std::string size =
      column.empty() ? "Size size = 2 [(rowkeeper.v1.column).type = COLUMN_TYPE_NATIVE_ENUM];" : column;
  return absl::StrCat(R"(syntax = "proto3";
package shop.v1;
import "rowkeeper/v1/annotations.proto";
enum Size { )",
                      values, R"( }
message Parcel {
  option (rowkeeper.v1.entity) = {indexes: {fields: ["id"], where: "size <> 'SMALL'", name: "by_id"}};
  int64 id = 1 [(rowkeeper.v1.column).primary_key = true];
)",
                      size, "\n}\n");
}

constexpr char kTwo[] = "SIZE_SMALL = 0; SIZE_LARGE = 1;";

class DiffEnums : public DiffTest {
 protected:
  void SetUp() override {
    DiffTest::SetUp();
    Create(Parcels(kTwo));
    database_.Run("INSERT INTO parcels (size) VALUES ('SMALL'), ('LARGE')");
  }

  std::string Labels() {
    return database_.Value("SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum");
  }
};

TEST_F(DiffEnums, GetLabelsInTheirPlacesAndLoseThemAgain) {
  const struct {
    const char* values;
    const char* labels;
  } cases[] = {
      {"SIZE_TINY = 0; SIZE_SMALL = 1; SIZE_LARGE = 2;", "TINY,SMALL,LARGE"},
      {"SIZE_DUST = 0; SIZE_TINY = 1; SIZE_SMALL = 2; SIZE_MIDDLE = 3; SIZE_LARGE = 4; SIZE_HUGE = 5;",
       "DUST,TINY,SMALL,MIDDLE,LARGE,HUGE"},
  };
  // What compares values with labels is of the type, too, and is no less so after the type was made anew.
  database_.Run("ALTER TABLE parcels ADD CONSTRAINT known CHECK (size <> 'LARGE' OR id > 0)");
  const std::string before = Fingerprint();
  for (const auto& [values, labels] : cases) {
    SCOPED_TRACE(labels);
    const std::vector<DiffFile> files = DiffFiles(Diff(Parcels(values)), "change");
    ASSERT_EQ(Up(files), "");
    EXPECT_EQ(Labels(), labels);
    EXPECT_EQ(Summary(Diff(Parcels(values))), "");
    ASSERT_EQ(Down(files), "");
    EXPECT_EQ(Labels(), "SMALL,LARGE");
    EXPECT_EQ(Fingerprint(), before);
  }
}

TEST_F(DiffEnums, InAnotherOrderAreAQuestion) {
  const std::string turned = Parcels("SIZE_LARGE = 0; SIZE_SMALL = 1;");
  EXPECT_THAT(Summary(Diff(turned)),
              HasSubstr("? Are the values of the enum type \"size\" to be sorted as LARGE, SMALL "
                        "in place of SMALL, LARGE?"));
  EXPECT_THAT(Summary(Diff(turned)), HasSubstr("? What is to become of what needs \"size\" of \"parcels\", which is to "
                                               "have another type: index by_id?"));
  database_.Run("DROP INDEX by_id");
  SchemaDiff answered = Diff(turned);
  EXPECT_EQ(answered.questions.size(), 1u);
  answered.questions.clear();
  const std::string before = Fingerprint();
  const std::vector<DiffFile> files = DiffFiles(answered, "change");
  ASSERT_EQ(Up(files), "");
  EXPECT_EQ(Labels(), "LARGE,SMALL");
  EXPECT_EQ(Summary(Diff(turned)), "");
  ASSERT_EQ(Down(files), "");
  EXPECT_EQ(Fingerprint(), before);
}

TEST_F(DiffEnums, ThatBecomeTextsAreAskedAboutWhatComparesThem) {
  database_.Run("ALTER TABLE parcels ADD CONSTRAINT known CHECK (size <> 'LARGE' OR id > 0)");
  const std::string text = Parcels(kTwo, "string size = 2;");
  EXPECT_THAT(Summary(Diff(text)), HasSubstr("have another type: constraint known on table parcels, index by_id?"));
  database_.Run("DROP INDEX by_id; ALTER TABLE parcels DROP CONSTRAINT known");
  const SchemaDiff diff = Diff(text);
  EXPECT_TRUE(diff.questions.empty()) << Summary(diff);
  ASSERT_EQ(Up(DiffFiles(diff, "change")), "");
  EXPECT_EQ(Summary(Diff(text)), "");
}

}  // namespace
}  // namespace rowkeeper::schema
