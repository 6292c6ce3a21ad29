#include <new>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/codec/key_text.h"
#include "server/codec/pg_array.h"
#include "server/codec/utf8.h"
#include "server/codec/wire_format.h"

namespace rowkeeper::codec {
namespace {

using ::testing::ElementsAre;

TEST(UuidTextTest, AcceptsTheCanonicalFormAndBareDigitsInAnyCase) {
  for (const char* text : {"123E4567-E89B-12d3-a456-426614174000", "123e4567e89b12d3a456426614174000"}) {
    std::string canonical;
    EXPECT_TRUE(AppendUuidOfText(text, &canonical));
    EXPECT_EQ(canonical, "123e4567-e89b-12d3-a456-426614174000");
  }
}

TEST(UuidTextTest, RefusesEverythingElse) {
  for (const char* text : {"", "{123e4567-e89b-12d3-a456-426614174000}", "123e4567-e89b-12d3-a456-42661417400",
                           "123e4567-e89b-12d3-a456-42661417400g", "123e4567e-89b-12d3-a456-426614174000",
                           "123e4567-e89b12d3a456-426614174000", "urn:uuid:123e4567-e89b-12d3-a456-426614174000"}) {
    std::string canonical;
    EXPECT_FALSE(AppendUuidOfText(text, &canonical)) << text;
  }
}

TEST(DecimalTest, FitsPrecisionAndScaleWithoutRounding) {
  for (const char* text : {"0", "-1.5", "+12345.12", "00012345", "0.10"})
    EXPECT_EQ(DecimalProblem(text, 7, 2), "") << text;
  for (const char* text :
       {"", "-", "1.", ".5", "1e3", "NaN", "Infinity", "1,5", " 1", "0x10", "1.234", "1.000", "123456"}) {
    EXPECT_NE(DecimalProblem(text, 7, 2), "") << text;
  }
  EXPECT_EQ(DecimalProblem("0.5", 1, 1), "");
  EXPECT_NE(DecimalProblem("1.5", 1, 1), "");
}

std::vector<std::string> Elements(std::string_view literal) {
  ArrayScanner scanner(literal);
  std::vector<std::string> elements;
  std::string_view element;
  while (true) {
    switch (scanner.Step(&element)) {
      case ArrayScanner::Next::kElement:
        elements.emplace_back(element);
        continue;
      case ArrayScanner::Next::kNull:
        elements.emplace_back("<null>");
        continue;
      case ArrayScanner::Next::kError:
        elements.emplace_back("<error>");
        return elements;
      case ArrayScanner::Next::kEnd:
        return elements;
    }
  }
}

TEST(ArrayTest, ReadsPostgresLiterals) {
  EXPECT_THAT(Elements("{}"), ElementsAre());
  EXPECT_THAT(Elements("{1,-2}"), ElementsAre("1", "-2"));
  EXPECT_THAT(Elements("[-3:-2]={1,2}"), ElementsAre("1", "2"));
  EXPECT_THAT(Elements(R"({"a \"b\" \\ {,}",plain,"",NULL,"NULL"})"),
              ElementsAre(R"(a "b" \ {,})", "plain", "", "<null>", "NULL"));
}

TEST(ArrayTest, ToldApartFromWhatIsNoArrayOfOneDimension) {
  for (const char* literal : {"", "{", "{1", "{1,}", "{{1},{2}}", "{\"a}", "{\"a\\", "1,2", "[1:1][1:2]={{1,2}}",
                              "[0:1]{1,2}", "[0:1=", "[0:1]="}) {
    EXPECT_EQ(Elements(literal).back(), "<error>") << literal;
  }
}

TEST(ArrayTest, QuotesSoThatElementsComeBack) {
  const std::string nasty = "a\"b\\c{},NULL\n";
  std::string literal = "{";
  AppendQuotedElement(nasty, &literal);
  EXPECT_THAT(Elements(literal + "}"), ElementsAre(nasty));
}

TEST(Utf8Test, RefusesOverlongFormsSurrogatesAndWhatIsAboveUnicode) {
  for (const char* text :
       {"\xc0\x80", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "abcdefgh\xff", "\xe2\x82"}) {
    EXPECT_FALSE(IsValidUtf8(text)) << text;
  }
  EXPECT_TRUE(IsValidUtf8("eight by te and \xf0\x9f\x98\x80"));
  EXPECT_EQ(CountCharacters("a\xc3\xa9\xf0\x9f\x98\x80"), 3u);
}

TEST(LengthPrefixTest, PrecedesWhatWasAppendedWhateverItsLength) {
  for (const size_t size : {0, 1, 127, 128, 16383, 16384, 3000000}) {
    const std::string payload(size, 'x');
    std::string expected = "before";
    AppendLengthDelimited(payload, &expected);
    std::string out = "before";
    EXPECT_FALSE(AppendLengthPrefixed(&out, [&] {
      out += payload;
      return false;
    }));
    EXPECT_EQ(out, expected);
  }
}

TEST(LengthPrefixTest, LetsAnExceptionPass) {
  std::string out;
  const auto fail = [&]() -> bool {
    out.append(200, 'x');
    throw std::bad_alloc();
  };
  EXPECT_THROW(AppendLengthPrefixed(&out, fail), std::bad_alloc);
}

}  // namespace
}  // namespace rowkeeper::codec
