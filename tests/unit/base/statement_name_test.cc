#include "server/base/statement_name.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace rowkeeper {
namespace {

TEST(StatementNameTest, IsTheHashOfItsText) {
  // printf 'SELECT 1' | sha256sum | cut -c1-40
  EXPECT_EQ(StatementName("SELECT 1").str(), "rk_e004ebd5b5532a4b85984a62f8ad48a81aa3460c");
  EXPECT_EQ(StatementName("SELECT 1").str(), StatementName(std::string("SELECT ") + "1").str());
}

TEST(StatementNameTest, TextsThatDifferAnywhereHaveOtherNames) {
  std::string text(5000, 'x');
  std::set<std::string> names = {StatementName(text).str(), StatementName("").str()};
  for (char& c : text) {
    c = 'y';
    names.insert(StatementName(text).str());
    c = 'x';
  }
  EXPECT_EQ(names.size(), text.size() + 2);
}

TEST(StatementNameTest, PostgresKeepsAllOfIt) {
  EXPECT_EQ(StatementName("").str().size(), 43u);
  EXPECT_EQ(StatementName(std::string(100000, 'x')).str().size(), 43u);
}

}  // namespace
}  // namespace rowkeeper
