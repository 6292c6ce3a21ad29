#include <new>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/codec/key_text.h"
#include "server/codec/pg_array.h"
#include "server/codec/time_text.h"
#include "server/codec/utf8.h"
#include "server/codec/wire_format.h"

namespace rowkeeper::codec {
namespace {

using ::testing::ElementsAre;

std::string Timestamp(int64_t seconds, int32_t nanos) {
  std::string text;
  AppendTimestamp({seconds, nanos}, &text);
  return text;
}

std::string Interval(int64_t seconds, int32_t nanos) {
  std::string text;
  AppendInterval({seconds, nanos}, &text);
  return text;
}

TEST(TimestampTextTest, CoversTheYears1To9999) {
  EXPECT_EQ(Timestamp(-62135596800, 0), "0001-01-01 00:00:00.000000+00");
  EXPECT_EQ(Timestamp(253402300799, 999999999), "9999-12-31 23:59:59.999999+00");
  EXPECT_EQ(Timestamp(951782400, 0), "2000-02-29 00:00:00.000000+00");
  EXPECT_EQ(TimestampProblem({-62135596800, 0}), nullptr);
  EXPECT_NE(TimestampProblem({-62135596801, 0}), nullptr);
  EXPECT_NE(TimestampProblem({253402300800, 0}), nullptr);
  EXPECT_NE(TimestampProblem({0, -1}), nullptr);
  EXPECT_NE(TimestampProblem({0, 1000000000}), nullptr);
}

TEST(TimestampTextTest, CutsNanosecondsTowardThePast) {
  EXPECT_EQ(Timestamp(0, 1999), "1970-01-01 00:00:00.000001+00");
  EXPECT_EQ(Timestamp(-1, 999999999), "1969-12-31 23:59:59.999999+00");
}

TEST(TimestampTextTest, ReadsWhatPostgresWrites) {
  TimeValue value;
  ASSERT_TRUE(ParseTimestamp("2024-02-29 12:30:45.5+00", &value));
  EXPECT_EQ(value.seconds, 1709209845);
  EXPECT_EQ(value.nanos, 500000000);
  ASSERT_TRUE(ParseTimestamp("1970-01-01 05:30:00+05:30", &value));
  EXPECT_EQ(value.seconds, 0);
  ASSERT_TRUE(ParseTimestamp("1969-12-31 16:00:00-08", &value));
  EXPECT_EQ(value.seconds, 0);
}

TEST(TimestampTextTest, RefusesWhatATimestampCannotHold) {
  TimeValue value;
  for (const char* text : {"infinity", "-infinity", "0044-03-15 00:00:00+00 BC", "10000-01-01 00:00:00+00", "",
                           "2024-02-30 00:00:00+00", "2024-01-01 00:00:00", "0001-01-01 00:00:00+01"}) {
    EXPECT_FALSE(ParseTimestamp(text, &value)) << text;
  }
}

TEST(IntervalTextTest, WritesSecondsWithOneSign) {
  EXPECT_EQ(Interval(0, 0), "0.000000 seconds");
  EXPECT_EQ(Interval(1, 500000000), "1.500000 seconds");
  EXPECT_EQ(Interval(0, -500000999), "-0.500000 seconds");
  EXPECT_EQ(Interval(-315576000000, 0), "-315576000000.000000 seconds");
}

TEST(IntervalTextTest, RefusesMixedSignsAndMoreThanTenThousandYears) {
  EXPECT_NE(DurationProblem({1, -1}), nullptr);
  EXPECT_NE(DurationProblem({-1, 1}), nullptr);
  EXPECT_NE(DurationProblem({315576000001, 0}), nullptr);
  EXPECT_NE(DurationProblem({0, 1000000000}), nullptr);
  EXPECT_EQ(DurationProblem({0, -999999999}), nullptr);
}

TEST(IntervalTextTest, ReadsDaysAndClockButNoMonths) {
  TimeValue value;
  ASSERT_TRUE(ParseInterval("00:00:00", &value));
  EXPECT_EQ(value.seconds, 0);
  ASSERT_TRUE(ParseInterval("-87660000:00:00", &value));
  EXPECT_EQ(value.seconds, -315576000000);
  ASSERT_TRUE(ParseInterval("-00:00:00.5", &value));
  EXPECT_EQ(value.seconds, 0);
  EXPECT_EQ(value.nanos, -500000000);
  ASSERT_TRUE(ParseInterval("1 day -00:00:05", &value));
  EXPECT_EQ(value.seconds, 86395);
  ASSERT_TRUE(ParseInterval("-2 days +00:00:00.25", &value));
  EXPECT_EQ(value.seconds, -172799);
  EXPECT_EQ(value.nanos, -750000000);
  for (const char* text :
       {"1 mon", "1 year 2 days", "infinity", "2 days 1", "1:2:3", "87660000:00:01", "00:00:00 00:00:00"}) {
    EXPECT_FALSE(ParseInterval(text, &value)) << text;
  }
}

TEST(DateTextTest, KnowsTheCalendar) {
  EXPECT_EQ(DateProblem({2024, 2, 29}), nullptr);
  for (const DateValue& date :
       {DateValue{2023, 2, 29}, DateValue{1900, 2, 29}, DateValue{2024, 4, 31}, DateValue{0, 1, 1},
        DateValue{2024, 0, 1}, DateValue{2024, 1, 0}, DateValue{10000, 1, 1}}) {
    EXPECT_NE(DateProblem(date), nullptr) << date.year << "-" << date.month << "-" << date.day;
  }
}

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
