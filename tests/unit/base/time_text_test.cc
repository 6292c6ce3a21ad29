#include "server/base/time_text.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace rowkeeper {
namespace {

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

TEST(IntervalTextTest, ReadsEveryStyleOfPostgres) {
  struct Case {
    int64_t seconds;
    int32_t nanos;
    std::vector<const char*> texts;
  };
  const Case cases[] = {
      {0, 0, {"00:00:00", "@ 0", "PT0S", "0"}},
      {-86400, 0, {"-1 days", "@ 1 day ago", "P-1D", "-1 0:00:00"}},
      {183845, 500000000, {"2 days 03:04:05.5", "@ 2 days 3 hours 4 mins 5.5 secs", "P2DT3H4M5.5S", "2 3:04:05.5"}},
      {-183845,
       -500000000,
       {"-2 days -03:04:05.5", "@ 2 days 3 hours 4 mins 5.5 secs ago", "P-2DT-3H-4M-5.5S", "-2 3:04:05.5"}},
      {-161754,
       -999999000,
       {"-2 days +03:04:05.000001", "@ 2 days -3 hours -4 mins -5.000001 secs ago", "P-2DT3H4M5.000001S",
        "+0-0 -2 +3:04:05.000001"}},
      {86399, 500000000, {"1 day -00:00:00.5", "@ 1 day -0.5 secs", "P1DT-0.5S", "+0-0 +1 -0:00:00.5"}},
      {0, -250000000, {"-00:00:00.25", "@ 0.25 secs ago", "PT-0.25S", "-0:00:00.25"}},
      {315576000000, 0, {"87660000:00:00", "@ 87660000 hours", "PT87660000H", "3652500 0:00:00"}},
      {61, 0, {"00:01:01", "@ 1 min 1 sec", "PT1M1S", "0:01:01"}},
  };
  for (const Case& one : cases) {
    for (const char* text : one.texts) {
      TimeValue value;
      EXPECT_TRUE(ParseInterval(text, &value)) << text;
      EXPECT_EQ(value.seconds, one.seconds) << text;
      EXPECT_EQ(value.nanos, one.nanos) << text;
    }
  }
  for (const char* text : {"@ 1 mon", "@ 1 year 2 days", "@", "@ 1 day1 hour", "@ ago x", "P", "P1M", "P1Y2D", "PT1D",
                           "1-2", "+1-2 +3 +0:00:00", "5", "1 2", "PT87660001H", "@ 9223372036854775807 hours"}) {
    TimeValue value;
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

std::string Rfc3339(std::string_view text) {
  TimeValue value;
  if (!ParseRfc3339(text, &value)) return "refused";
  std::string canonical;
  AppendRfc3339(value, &canonical);
  return canonical;
}

TEST(Rfc3339Test, TakesEveryOffsetThatKeepsTheInstantInTheYears1To9999) {
  EXPECT_EQ(Rfc3339("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(Rfc3339("0001-01-01T23:59:00+23:59"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(Rfc3339("9999-12-31T23:59:59.999999999Z"), "9999-12-31T23:59:59.999999999Z");
  EXPECT_EQ(Rfc3339("9999-12-31T00:00:59-23:59"), "9999-12-31T23:59:59Z");
  EXPECT_EQ(Rfc3339("2024-02-29T00:00:00-00:00"), "2024-02-29T00:00:00Z");
}

TEST(Rfc3339Test, RefusesInstantsOutsideThoseYearsAndWhatIsNoTime) {
  for (const char* text : {"0001-01-01T00:00:00+14:00",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "9999-12-31T23:59:59.9-23:59",
                           "0000-12-31T23:59:59Z",
                           "0000-12-31T23:59:59-01:00",
                           "10000-01-01T00:00:00Z",
                           "10000-01-01T00:00:00+14:00",
                           "-001-01-01T00:00:00Z",
                           "2016-12-31T23:59:60Z",
                           "2026-01-31T24:00:00Z",
                           "2026-01-31T23:60:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-13-01T00:00:00Z",
                           "2026-01-31T00:00:00",
                           "2026-01-31T00:00:00+24:00",
                           "2026-01-31T00:00:00-00:60",
                           "2026-01-31T00:00:00+99:99:99",
                           "2026-01-31T00:00:00.Z",
                           "2026-01-31T00:00:00.1234567890Z",
                           "2026-01-31T00:00:00Z ",
                           "2026-01-31 00:00:00Z",
                           "2026-01-31",
                           "infinity",
                           "now",
                           ""}) {
    EXPECT_EQ(Rfc3339(text), "refused") << text;
  }
}

std::string DurationSeconds(std::string_view text) {
  TimeValue value;
  if (!ParseDurationSeconds(text, &value)) return "refused";
  std::string canonical;
  AppendDurationSeconds(value, &canonical);
  return canonical;
}

TEST(DurationSecondsTest, TakesTenThousandYearsOfEitherSign) {
  EXPECT_EQ(DurationSeconds("315576000000s"), "315576000000s");
  EXPECT_EQ(DurationSeconds("-315576000000s"), "-315576000000s");
  EXPECT_EQ(DurationSeconds("-0.5s"), "-0.500s");
  EXPECT_EQ(DurationSeconds("0.000000001s"), "0.000000001s");
}

TEST(DurationSecondsTest, RefusesLongerOnesAndWhatIsNone) {
  for (const char* text :
       {"315576000001s", "-315576000001s", "9223372036854775807s", "-9223372036854775808s", "9223372036854775808s",
        "1e3s", "--1s", "- 1s", ".5s", "1.s", "0.1234567890s", "1", "s", "infs", "nans", ""}) {
    EXPECT_EQ(DurationSeconds(text), "refused") << text;
  }
}

TEST(DateTextTest, ReadsDaysOfTheYears1To9999Alone) {
  DateValue date;
  for (const char* text : {"0001-01-01", "9999-12-31", "2024-02-29"}) EXPECT_TRUE(ParseDate(text, &date)) << text;
  for (const char* text : {"0000-12-31", "10000-1-01", "12345-1-01", "-001-01-01", "2026-02-29", "2026-1-001",
                           " 2026-01-1", "2026-01-31 ", "infinity", "now", ""}) {
    EXPECT_FALSE(ParseDate(text, &date)) << text;
  }
}

}  // namespace
}  // namespace rowkeeper
