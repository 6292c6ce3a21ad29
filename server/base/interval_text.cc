#include <array>

#include "server/base/time_scanner.h"
#include "server/base/time_text.h"

// PostgreSQL writes an interval in one of four styles, which a role or a pooler may have chosen for a session:
//   postgres           -1 days +02:03:04.5
//   postgres_verbose   @ 1 day -2 hours -3 mins -4.5 secs ago
//   iso_8601           P-1DT2H3M4.5S
//   sql_standard       +0-0 -1 +2:03:04.5, or without signs in the middle: -1 2:03:04.5
namespace rowkeeper {
namespace {

constexpr int64_t kMaxSeconds = 315576000000;  // 10000 years
constexpr int64_t kMicros = 1000000;

/// An interval so far. Numbers that are too large for a Duration make it false for good.
class Sum {
 public:
  /// `number` units of `seconds` and a fraction of them.
  bool Add(bool negative, int64_t number, int32_t nanos, int64_t seconds) {
    if (number > kMaxSeconds / seconds + 1) return false;
    const int64_t micros = number * seconds * kMicros + nanos / 1000 * seconds;
    micros_ += negative ? -micros : micros;
    return true;
  }
  void Negate() { micros_ = -micros_; }
  TimeValue value() const { return {micros_ / kMicros, static_cast<int32_t>(micros_ % kMicros * 1000)}; }

 private:
  int64_t micros_ = 0;
};

bool TakeSign(TimeScanner* scanner) {
  if (scanner->Take('-')) return true;
  scanner->Take('+');
  return false;
}

/// `:MM:SS.ffffff` behind the hours.
bool AddClock(TimeScanner* scanner, bool negative, int64_t hours, Sum* sum) {
  int32_t minute = 0;
  int32_t second = 0;
  int32_t nanos = 0;
  return scanner->Take(':') && scanner->Digits(2, &minute) && scanner->Take(':') && scanner->Digits(2, &second) &&
         scanner->Fraction(&nanos) && sum->Add(negative, hours, 0, 3600) && sum->Add(negative, minute, 0, 60) &&
         sum->Add(negative, second, nanos, 1);
}

/// postgres, and sql_standard, whose days have no word behind them and whose first sign is that of all unless the clock
/// has one too.
bool ParsePlain(TimeScanner scanner, Sum* sum) {
  scanner.Take("+0-0 ");
  bool negative = TakeSign(&scanner);
  int64_t number = 0;
  if (!scanner.Number(&number)) return false;
  if (scanner.done()) return number == 0;
  if (scanner.next() == ':') return AddClock(&scanner, negative, number, sum) && scanner.done();
  const bool word = scanner.Take(" days") || scanner.Take(" day");
  if (!sum->Add(negative, number, 0, 86400)) return false;
  if (scanner.done()) return word;
  if (!scanner.Take(' ')) return false;
  const bool own_sign = scanner.next() == '-' || scanner.next() == '+' || word;
  if (own_sign) negative = TakeSign(&scanner);
  return scanner.Number(&number) && AddClock(&scanner, negative, number, sum) && scanner.done();
}

bool ParseVerbose(TimeScanner scanner, Sum* sum) {
  struct Unit {
    std::string_view many;
    std::string_view one;
    int64_t seconds;
  };
  constexpr std::array<Unit, 4> kUnits = {
      {{" days", " day", 86400}, {" hours", " hour", 3600}, {" mins", " min", 60}, {" secs", " sec", 1}}};
  if (scanner.done()) return false;
  TimeScanner rest = scanner;
  if (rest.Take(" 0") && rest.done()) return true;
  while (!scanner.done()) {
    if (scanner.Take(" ago")) {
      sum->Negate();
      return scanner.done();
    }
    if (!scanner.Take(' ')) return false;
    const bool negative = TakeSign(&scanner);
    int64_t number = 0;
    int32_t nanos = 0;
    if (!scanner.Number(&number) || !scanner.Fraction(&nanos)) return false;
    bool known = false;
    for (const Unit& unit : kUnits) {
      if (!scanner.Take(unit.many) && !scanner.Take(unit.one)) continue;
      known = sum->Add(negative, number, nanos, unit.seconds);
      break;
    }
    if (!known) return false;
  }
  return true;
}

bool ParseIso(TimeScanner scanner, Sum* sum) {
  bool clock = false;
  bool empty = true;
  for (; !scanner.done(); empty = false) {
    if (!clock && scanner.Take('T')) clock = true;
    const bool negative = TakeSign(&scanner);
    int64_t number = 0;
    int32_t nanos = 0;
    if (!scanner.Number(&number) || !scanner.Fraction(&nanos)) return false;
    const int64_t seconds = !clock              ? (scanner.Take('D') ? 86400 : 0)
                            : scanner.Take('H') ? 3600
                            : scanner.Take('M') ? 60
                            : scanner.Take('S') ? 1
                                                : 0;
    if (seconds == 0 || !sum->Add(negative, number, nanos, seconds)) return false;
  }
  return !empty;
}

}  // namespace

bool ParseInterval(std::string_view text, TimeValue* value) {
  TimeScanner scanner(text);
  Sum sum;
  const bool read = scanner.Take('@')   ? ParseVerbose(scanner, &sum)
                    : scanner.Take('P') ? ParseIso(scanner, &sum)
                                        : ParsePlain(scanner, &sum);
  *value = sum.value();
  return read && DurationProblem(*value) == nullptr;
}

}  // namespace rowkeeper
