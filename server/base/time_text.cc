#include "server/base/time_text.h"

#include <charconv>

#include "absl/time/civil_time.h"
#include "server/base/time_scanner.h"

namespace rowkeeper {
namespace {

constexpr int64_t kMinTimestamp = -62135596800;  // 0001-01-01T00:00:00Z
constexpr int64_t kMaxTimestamp = 253402300799;  // 9999-12-31T23:59:59Z
constexpr int64_t kMaxDuration = 315576000000;   // 10000 years
constexpr int32_t kNanosPerSecond = 1000000000;
constexpr int64_t kSecondsPerDay = 86400;

/// Days from 1970-01-01.
int64_t DaysOf(const DateValue& date) { return absl::CivilDay(date.year, date.month, date.day) - absl::CivilDay(); }

DateValue DateOf(int64_t days) {
  const absl::CivilDay day = absl::CivilDay() + days;
  return {static_cast<int32_t>(day.year()), day.month(), day.day()};
}

/// CivilDay turns a day that the month lacks into one of the next month.
bool HasDay(const DateValue& date) { return absl::CivilDay(date.year, date.month, date.day).day() == date.day; }

void AppendPadded(int64_t number, int width, std::string* out) {
  char digits[20];
  for (int i = width - 1; i >= 0; --i, number /= 10) digits[i] = static_cast<char>('0' + number % 10);
  out->append(digits, static_cast<size_t>(width));
}

void AppendDateAndTime(int64_t seconds, char between, std::string* out) {
  int64_t days = seconds / kSecondsPerDay;
  int64_t rest = seconds % kSecondsPerDay;
  if (rest < 0) {
    rest += kSecondsPerDay;
    --days;
  }
  AppendDate(DateOf(days), out);
  out->push_back(between);
  AppendPadded(rest / 3600, 2, out);
  out->push_back(':');
  AppendPadded(rest / 60 % 60, 2, out);
  out->push_back(':');
  AppendPadded(rest % 60, 2, out);
}

/// Nothing, or a point and the shortest of 3, 6 or 9 digits that is exact.
void AppendFraction(int32_t nanos, std::string* out) {
  if (nanos == 0) return;
  out->push_back('.');
  if (nanos % 1000000 == 0) return AppendPadded(nanos / 1000000, 3, out);
  if (nanos % 1000 == 0) return AppendPadded(nanos / 1000, 6, out);
  AppendPadded(nanos, 9, out);
}

bool ScanDate(TimeScanner* scanner, DateValue* date) {
  return scanner->Digits(4, &date->year) && scanner->Take('-') && scanner->Digits(2, &date->month) &&
         scanner->Take('-') && scanner->Digits(2, &date->day) && DateProblem(*date) == nullptr;
}

bool ScanDateAndTime(TimeScanner* scanner, char between, TimeValue* value) {
  DateValue date;
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  if (!ScanDate(scanner, &date) || !scanner->Take(between) || !scanner->Digits(2, &hour) || !scanner->Take(':') ||
      !scanner->Digits(2, &minute) || !scanner->Take(':') || !scanner->Digits(2, &second) ||
      !scanner->Fraction(&value->nanos) || hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  value->seconds = DaysOf(date) * kSecondsPerDay + hour * 3600 + minute * 60 + second;
  return true;
}

/// `+05`, `-03:30`, `+00:19:32`: seconds east of UTC.
bool ScanOffset(TimeScanner* scanner, int64_t* offset) {
  const bool west = scanner->Take('-');
  if (!west && !scanner->Take('+')) return false;
  int32_t hour = 0;
  int32_t minute = 0;
  int32_t second = 0;
  if (!scanner->Digits(2, &hour)) return false;
  if (scanner->Take(':') && !scanner->Digits(2, &minute)) return false;
  if (scanner->Take(':') && !scanner->Digits(2, &second)) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  *offset = hour * 3600 + minute * 60 + second;
  if (west) *offset = -*offset;
  return true;
}

void Negate(TimeValue* value) {
  value->seconds = -value->seconds;
  value->nanos = -value->nanos;
}

void AppendSigned(const TimeValue& value, std::string* out) {
  if (value.seconds < 0 || value.nanos < 0) out->push_back('-');
  char digits[24];
  const auto result = std::to_chars(digits, digits + sizeof digits, value.seconds < 0 ? -value.seconds : value.seconds);
  out->append(digits, result.ptr);
}

}  // namespace

const char* TimestampProblem(const TimeValue& value) {
  if (value.nanos < 0 || value.nanos >= kNanosPerSecond) return "nanos must be 0 to 999999999";
  if (value.seconds < kMinTimestamp || value.seconds > kMaxTimestamp) {
    return "is outside 0001-01-01T00:00:00Z to 9999-12-31T23:59:59.999999999Z";
  }
  return nullptr;
}

const char* DurationProblem(const TimeValue& value) {
  if (value.nanos <= -kNanosPerSecond || value.nanos >= kNanosPerSecond) {
    return "nanos must be -999999999 to 999999999";
  }
  if (value.seconds < -kMaxDuration || value.seconds > kMaxDuration) return "is longer than 315576000000 seconds";
  if ((value.seconds > 0 && value.nanos < 0) || (value.seconds < 0 && value.nanos > 0)) {
    return "seconds and nanos must have the same sign";
  }
  return nullptr;
}

const char* DateProblem(const DateValue& value) {
  if (value.year < 1 || value.year > 9999) return "year must be 1 to 9999";
  if (value.month < 1 || value.month > 12) return "month must be 1 to 12";
  if (value.day < 1 || value.day > 31 || !HasDay(value)) return "the month has no such day";
  return nullptr;
}

void AppendDate(const DateValue& value, std::string* out) {
  AppendPadded(value.year, 4, out);
  out->push_back('-');
  AppendPadded(value.month, 2, out);
  out->push_back('-');
  AppendPadded(value.day, 2, out);
}

void AppendTimestamp(const TimeValue& value, std::string* out) {
  AppendDateAndTime(value.seconds, ' ', out);
  out->push_back('.');
  AppendPadded(value.nanos / 1000, 6, out);
  out->append("+00");
}

void AppendInterval(const TimeValue& value, std::string* out) {
  AppendSigned(value, out);
  out->push_back('.');
  AppendPadded((value.nanos < 0 ? -value.nanos : value.nanos) / 1000, 6, out);
  out->append(" seconds");
}

void AppendRfc3339(const TimeValue& value, std::string* out) {
  AppendDateAndTime(value.seconds, 'T', out);
  AppendFraction(value.nanos, out);
  out->push_back('Z');
}

void AppendDurationSeconds(const TimeValue& value, std::string* out) {
  AppendSigned(value, out);
  AppendFraction(value.nanos < 0 ? -value.nanos : value.nanos, out);
  out->push_back('s');
}

bool ParseTimestamp(std::string_view text, TimeValue* value) {
  TimeScanner scanner(text);
  int64_t offset = 0;
  if (!ScanDateAndTime(&scanner, ' ', value) || !ScanOffset(&scanner, &offset) || !scanner.done()) return false;
  value->seconds -= offset;
  return TimestampProblem(*value) == nullptr;
}

bool ParseRfc3339(std::string_view text, TimeValue* value) {
  TimeScanner scanner(text);
  int64_t offset = 0;
  if (!ScanDateAndTime(&scanner, 'T', value)) return false;
  if (!scanner.Take('Z') && !ScanOffset(&scanner, &offset)) return false;
  value->seconds -= offset;
  return scanner.done() && TimestampProblem(*value) == nullptr;
}

bool ParseDurationSeconds(std::string_view text, TimeValue* value) {
  TimeScanner scanner(text);
  const bool negative = scanner.Take('-');
  if (!scanner.Number(&value->seconds) || !scanner.Fraction(&value->nanos) || !scanner.Take('s')) return false;
  if (negative) Negate(value);
  return scanner.done() && DurationProblem(*value) == nullptr;
}

bool ParseDate(std::string_view text, DateValue* value) {
  TimeScanner scanner(text);
  return ScanDate(&scanner, value) && scanner.done();
}

}  // namespace rowkeeper
