// The reference's page about errors says what there is, and nothing else.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "server/base/limits.h"
#include "server/base/reason.h"
#include "server/base/text.h"

namespace rowkeeper {
namespace {

using Row = std::vector<std::string>;

std::string Page() {
  std::ifstream file("proto/reference/errors.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The rows of the table whose first column is headed so.
std::vector<Row> TableOf(const std::string& heading) {
  std::vector<Row> rows;
  bool inside = false;
  const std::string page = Page();
  const std::vector<std::string> lines = absl::StrSplit(page, '\n');
  for (const std::string& line : lines) {
    Row row = absl::StrSplit(line, " | ");
    const bool is_row = absl::StartsWith(line, "| ");
    if (is_row) row.front().erase(0, 2);
    if (is_row && inside && !absl::StartsWith(line, "| ---")) rows.push_back(row);
    if (is_row && row.front() == heading) inside = true;
    if (!is_row) inside = false;
  }
  return rows;
}

/// What stands between backticks.
std::vector<std::string> Quoted(const std::string& text) {
  std::vector<std::string> words;
  const std::vector<std::string> parts = absl::StrSplit(text, '`');
  for (size_t i = 1; i < parts.size(); i += 2) words.push_back(parts[i]);
  return words;
}

TEST(ErrorReferenceTest, EveryReasonStandsInTheRowOfItsCodeAndNoOther) {
  std::map<std::string, std::string> codes;
  for (const Row& row : TableOf("code")) {
    for (const std::string& word : Quoted(row.at(1))) {
      EXPECT_TRUE(ReasonFromName(word).has_value()) << word << " is no reason";
      EXPECT_TRUE(codes.emplace(word, row.at(0)).second) << word << " stands there twice";
    }
  }
  for (size_t number = 0; number < kReasonCount; ++number) {
    const auto reason = static_cast<Reason>(number);
    EXPECT_EQ(codes[std::string(ReasonName(reason))], absl::StatusCodeToString(CodeOf(reason))) << ReasonName(reason);
  }
}

TEST(ErrorReferenceTest, EveryLimitStandsThereAndWhetherItIsFixed) {
  std::map<std::string, bool> fixed;
  for (const Row& row : TableOf("limit")) {
    for (const std::string& word : Quoted(row.at(0))) {
      EXPECT_TRUE(LimitFromName(word).has_value()) << word << " is no limit";
      EXPECT_TRUE(fixed.emplace(word, absl::StrContains(row.at(0), "(fixed: ")).second)
          << word << " stands there twice";
    }
    const std::vector<std::string> reasons = Quoted(row.at(2));
    EXPECT_FALSE(reasons.empty()) << row.at(0);
    for (const std::string& word : reasons) EXPECT_TRUE(ReasonFromName(word).has_value()) << word;
  }
  for (size_t number = 0; number < kLimitCount; ++number) {
    const auto limit = static_cast<Limit>(number);
    const auto found = fixed.find(std::string(LimitName(limit)));
    ASSERT_NE(found, fixed.end()) << LimitName(limit);
    EXPECT_EQ(found->second, IsFixed(limit)) << LimitName(limit);
  }
}

}  // namespace
}  // namespace rowkeeper
