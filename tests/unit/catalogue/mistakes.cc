#include "tests/unit/catalogue/mistakes.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/unit/catalogue/temporary_protos.h"

namespace rowkeeper::catalogue {
namespace {

std::string Message(const std::string& name, const std::string& options, const std::string& fields) {
  return absl::StrCat("message ", name, " {\n  option (rowkeeper.v1.entity) = {", options, "};\n", fields, "}\n");
}

std::string Line(const std::string& text) { return text.empty() ? "" : absl::StrCat("  ", text, "\n"); }

}  // namespace

std::string EntityText(const std::string& name, const std::string& options, const std::string& fields) {
  const std::string key = "string id = 1 [(rowkeeper.v1.column) = {type: COLUMN_TYPE_UUID, primary_key: true}];";
  return Message(name, options, absl::StrCat(Line(key), Line(fields)));
}

std::string ItemText(const std::string& fields) { return EntityText("Item", "", fields); }

std::string KeyedText(const std::string& fields) { return Message("Item", "", Line(fields)); }

std::string RepositoryText(const std::string& entity, const std::string& methods) {
  return absl::StrCat("service ItemRepository {\n  option (rowkeeper.v1.repository).entity = \"", entity, "\";\n",
                      Line(methods), "}\n");
}

std::string MistakeName(const ::testing::TestParamInfo<Mistake>& info) { return info.param.name; }

TEST_P(MistakeTest, IsReportedWithPlaceAndRemedy) {
  EXPECT_THAT(ErrorsOf(GetParam().body), ::testing::ElementsAreArray(GetParam().errors));
}

}  // namespace rowkeeper::catalogue
