#include "server/pgtext/without_constants.h"

#include <gtest/gtest.h>

namespace rowkeeper::pgtext {
namespace {

std::string Shown(const std::string& text) { return WithoutConstants(text, 100); }

TEST(WithoutConstants, KeepsWordsAndNothingElse) {
  EXPECT_EQ(Shown("SELECT * FROM items WHERE id = 4711 AND name='Eve'"), "SELECT * FROM items WHERE id = ? AND name=?");
  EXPECT_EQ(Shown("select  $$a$$,\n\tE'\\'x', U&'y', x'1F', 1.5e3, $1 from \"a b\" -- 12\n"),
            "select ?, ?, ?, ?, ?, $1 from \"a b\"");
  EXPECT_EQ(Shown("/* 12 */ COMMIT"), "COMMIT");
  EXPECT_EQ(Shown(""), "");
}

TEST(WithoutConstants, ShowsNothingOfAConstantThatWasCut) {
  EXPECT_EQ(Shown("INSERT INTO items VALUES (4711, 'Eve, and a lo"), "INSERT INTO items VALUES (?,...");
  EXPECT_EQ(Shown("DO $body$ BEGIN PERFORM 'x'"), "DO...");
  EXPECT_EQ(Shown("SELECT 1 /* a comment that"), "SELECT ?...");
  EXPECT_EQ(Shown("'"), "...");
}

TEST(WithoutConstants, IsCutBetweenCharacters) {
  EXPECT_EQ(WithoutConstants("SELECT a", 8), "SELECT a");
  EXPECT_EQ(WithoutConstants("SELECT ab", 8), "SELECT a...");
  EXPECT_EQ(WithoutConstants("SELECT \"äb\"", 9), "SELECT \"...");
}

}  // namespace
}  // namespace rowkeeper::pgtext
