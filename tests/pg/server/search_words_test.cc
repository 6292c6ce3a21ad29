// How many words a search has is counted before PostgreSQL is asked, and must never be fewer than it then looks for.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/base/text.h"
#include "server/plan/filter/search_words.h"
#include "tests/support/scratch_database.h"

namespace rowkeeper::testing {
namespace {

std::string Utf8(char32_t c) {
  const auto tail = [c](int shift) { return static_cast<char>(0x80 | (c >> shift & 0x3F)); };
  if (c < 0x80) return {static_cast<char>(c)};
  if (c < 0x800) return {static_cast<char>(0xC0 | c >> 6), tail(0)};
  if (c < 0x10000) return {static_cast<char>(0xE0 | c >> 12), tail(6), tail(0)};
  return {static_cast<char>(0xF0 | c >> 18), tail(12), tail(6), tail(0)};
}

class SearchWordsTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(database_.ok()); }

  /// Lexemes that a search for `text` looks for.
  int Lexemes(const std::string& text) {
    return std::stoi(database_.Value(Cat("SELECT count(*) FROM regexp_matches(websearch_to_tsquery('simple', $t$", text,
                                         "$t$)::text, $r$'[^']*'$r$, 'g')")));
  }

  ScratchDatabase database_{"words"};
};

TEST_F(SearchWordsTest, EachCharacterEndsAWordHereWhereItDoesInPostgres) {
  // Of each code point: 1 where it is a part of a word, 2 where it ends one.
  const std::string parsed = database_.Value(
      "SELECT string_agg((SELECT count(*) FROM ts_parse('default', 'a' || chr(c) || 'b') WHERE tokid <> 12)::text, '' "
      "ORDER BY c) FROM generate_series(128, 131071) AS c WHERE c NOT BETWEEN 55296 AND 57343");
  size_t place = 0;
  int parts = 0, ends = 0, more = 0;
  for (char32_t c = 128; c < 131072; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    ASSERT_LT(place, parsed.size());
    const int theirs = parsed[place++] - '0';
    const int ours = plan::CountSearchWords("a" + Utf8(c) + "b");
    EXPECT_GE(ours, theirs) << static_cast<uint32_t>(c);
    (theirs == 1 ? parts : ends) += 1;
    if (ours > theirs) ++more;
  }
  EXPECT_EQ(place, parsed.size());
  EXPECT_GT(parts, 10000);
  EXPECT_GT(ends, 1000);
  EXPECT_LT(more, parts / 10) << "letters are no separators";  // PostgreSQL knows as many as its C library
}

TEST_F(SearchWordsTest, NeverFewerThanPostgresLooksFor) {
  const std::vector<std::string> texts = {"a b c",
                                          "a\u3000b\u3000c",
                                          "a\u00a0b\u2014c\u3001d",
                                          "well-known",
                                          "a-b-c-d x-y",
                                          "\"a b\" -c or d",
                                          "http://a.b.cd/e/f?g=h",
                                          "a/b/c.d a@b.c",
                                          "x-1 1-2 1.5-a 1e5 -7",
                                          "a_b_c",
                                          "a.b-c.d",
                                          "<b>x</b> &amp; y",
                                          "\u043c\u043e\u0441\u043a\u0432\u0430\u00bb\u043f\u0438\u0442\u0435\u0440",
                                          "e\u0301t\u0435\u0301",
                                          "\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e",
                                          "\u65e5\u672c\u8a9e\u3001\u6f22\u5b57"};
  for (const std::string& text : texts) EXPECT_GE(plan::CountSearchWords(text), Lexemes(text)) << text;
  EXPECT_EQ(plan::CountSearchWords("well-known words"), Lexemes("well-known words"));
}

}  // namespace
}  // namespace rowkeeper::testing
