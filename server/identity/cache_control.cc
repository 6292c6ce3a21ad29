#include "server/identity/cache_control.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "server/base/text.h"

namespace rowkeeper::identity {
namespace {

/// Of RFC 9111: what is more means this.
constexpr int64_t kMostSeconds = int64_t{1} << 31;

std::optional<int64_t> DeltaSeconds(absl::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) return std::nullopt;
  int64_t seconds = 0;
  return absl::SimpleAtoi(text, &seconds) ? std::min(seconds, kMostSeconds) : kMostSeconds;
}

std::optional<int64_t> MaxAge(std::string_view cache_control) {
  for (absl::string_view part : absl::StrSplit(ToAbsl(cache_control), ',')) {
    const std::string directive = absl::AsciiStrToLower(absl::StripAsciiWhitespace(part));
    absl::string_view value = directive;
    if (!absl::ConsumePrefix(&value, "max-age=")) continue;
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"') value = value.substr(1, value.size() - 2);
    return DeltaSeconds(value);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::seconds> FreshFor(std::string_view cache_control, std::string_view age) {
  const std::optional<int64_t> most = MaxAge(cache_control);
  if (!most.has_value()) return std::nullopt;
  const int64_t passed = DeltaSeconds(absl::StripAsciiWhitespace(ToAbsl(age))).value_or(0);
  return std::chrono::seconds(std::max<int64_t>(*most - passed, 0));
}

}  // namespace rowkeeper::identity
