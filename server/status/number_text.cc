#include "server/status/number_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "absl/time/time.h"
#include "server/base/text.h"

namespace rowkeeper::status {
namespace {

/// Three digits that tell something, with so many decimals at most: "0.42", "4.2", "42", "4,200".
std::string Digits(double value, int most_decimals = 2) {
  std::array<char, 64> buffer{};
  const int wanted = value == std::floor(value) || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  const int decimals = std::min(wanted, most_decimals);
  const int size = std::snprintf(buffer.data(), buffer.size(), "%.*f", decimals, value);
  if (size < 0 || static_cast<size_t>(size) >= buffer.size()) return "?";
  std::string text(buffer.data(), static_cast<size_t>(size));
  const size_t end = std::min(text.find('.'), text.size());
  for (size_t at = end; at > 3 && decimals == 0; at -= 3) text.insert(at - 3, ",");
  return text;
}

std::string TimeInWords(double ms) {
  if (ms < 1000) return Cat(Digits(ms), " ms");
  if (ms < 120'000) return Cat(Digits(std::round(ms / 100) / 10, 1), " s");
  return Cat(Digits(std::round(ms / 60'000)), " min");
}

std::string FormatUtc(const Moment& moment, const char* format) {
  return absl::FormatTime(format, absl::FromChrono(moment.time), absl::UTCTimeZone());
}

}  // namespace

std::string ToText(const Number& number) {
  if (!std::isfinite(number.value)) return "none";
  switch (number.unit) {
    case Unit::kCount:
      return Digits(number.value);
    case Unit::kPerSecond:
      return Cat(Digits(number.value), "/s");
    case Unit::kMilliseconds:
      return TimeInWords(number.value);
    case Unit::kPercent:
      return Cat(Digits(std::round(number.value)), " %");
  }
  return "?";
}

std::string ToText(const Moment& moment) { return FormatUtc(moment, "%Y-%m-%d %H:%M:%S UTC"); }

std::string ToIsoText(const Moment& moment) { return FormatUtc(moment, "%Y-%m-%dT%H:%M:%SZ"); }

double RoundUpNicely(double value) {
  if (!(value > 0) || !std::isfinite(value)) return 1;
  const double power = std::pow(10, std::floor(std::log10(value)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (value <= step * power) return step * power;
  }
  return 10 * power;
}

}  // namespace rowkeeper::status
