#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// Times, durations and dates between protobuf's numbers and the texts of PostgreSQL and ProtoJSON. Proleptic Gregorian
/// calendar, UTC, years 1 to 9999.
namespace rowkeeper {

/// A google.protobuf.Timestamp or Duration.
struct TimeValue {
  int64_t seconds = 0;
  int32_t nanos = 0;
};

/// A google.type.Date.
struct DateValue {
  int32_t year = 0;
  int32_t month = 0;
  int32_t day = 0;
};

/// nullptr when the value keeps the rules of its type, else what is wrong with it.
const char* TimestampProblem(const TimeValue& value);
const char* DurationProblem(const TimeValue& value);
const char* DateProblem(const DateValue& value);

/// `2024-05-06 07:08:09.123456+00`; nanoseconds are cut off to microseconds, toward the past. `value` has no problem.
void AppendTimestamp(const TimeValue& value, std::string* out);
/// `-0.500000 seconds`; nanoseconds are cut off to microseconds, toward zero. `value` has no problem.
void AppendInterval(const TimeValue& value, std::string* out);
/// `2024-05-06`. `value` has no problem.
void AppendDate(const DateValue& value, std::string* out);
/// `2024-05-06T07:08:09.123Z` with 0, 3, 6 or 9 digits.
void AppendRfc3339(const TimeValue& value, std::string* out);
/// `-1.500s` with 0, 3, 6 or 9 digits.
void AppendDurationSeconds(const TimeValue& value, std::string* out);

/// PostgreSQL's ISO output in any whole-second offset. False for BC, years over 9999, infinity and what is no time.
bool ParseTimestamp(std::string_view text, TimeValue* value);
/// PostgreSQL's output in any IntervalStyle. A day is 24 hours; months and years have no length in seconds: false.
bool ParseInterval(std::string_view text, TimeValue* value);
/// `2024-05-06`.
bool ParseDate(std::string_view text, DateValue* value);
/// `2024-05-06T07:08:09.5+02:00` or with `Z`, 1 to 9 digits. False when the instant is outside the years 1 to 9999 of
/// UTC, for leap seconds, and for what is no time.
bool ParseRfc3339(std::string_view text, TimeValue* value);
/// `-1.5s`, 1 to 9 digits. False for more than 315576000000 seconds.
bool ParseDurationSeconds(std::string_view text, TimeValue* value);

}  // namespace rowkeeper
