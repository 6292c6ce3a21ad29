#include "server/app/log_settings.h"

#include <charconv>

#include "server/base/errors.h"

namespace rowkeeper::app {
namespace {

constexpr char kLevel[] = "log-level";
constexpr char kCalls[] = "log-calls";
constexpr char kSlowCall[] = "slow-call-ms";
constexpr int kLongestSlowCall = 86400000;

absl::Status ParseSlowCall(const std::string& text, std::chrono::milliseconds* limit) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest != end || value < 0 || value > kLongestSlowCall) {
    return InvalidField(kSlowCall, "is a number of milliseconds from 0 to 86400000");
  }
  *limit = std::chrono::milliseconds(value);
  return absl::OkStatus();
}

std::string ValueOf(const std::map<std::string, ReloadedValue>& values, const char* name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second.text;
}

}  // namespace

const std::vector<std::string>& ReloadableLogOptions() {
  static const auto* const options = new std::vector<std::string>{kLevel, kCalls, kSlowCall};
  return *options;
}

absl::StatusOr<observe::LogOptions> ToLogOptions(const ServeSettings& settings) {
  observe::LogOptions options;
  absl::Status status = observe::ParseLogLevel(settings.log_level, &options.level);
  if (status.ok()) status = observe::ParseLogFormat(settings.log_format, &options.format);
  if (status.ok()) status = observe::ParseCallLines(settings.log_calls, &options.calls);
  if (!status.ok()) return status;
  options.slow_call = std::chrono::milliseconds(settings.slow_call_ms);
  return options;
}

absl::Status ChangeLog(const LogChange& change) {
  observe::LogLevel level = observe::CurrentLogLevel();
  observe::CallLines calls = observe::CurrentCallLines();
  std::chrono::milliseconds slow_call = observe::SlowCallLimit();
  absl::Status status;
  if (!change.level.empty()) status = observe::ParseLogLevel(change.level, &level);
  if (status.ok() && !change.calls.empty()) status = observe::ParseCallLines(change.calls, &calls);
  if (status.ok() && !change.slow_call_ms.empty()) status = ParseSlowCall(change.slow_call_ms, &slow_call);
  if (!status.ok()) return status;
  observe::SetCallLines(calls);
  observe::SetSlowCallLimit(slow_call);
  observe::SetLogLevel(level);
  observe::Log(observe::LogLevel::kWarning, "the log was changed",
               {{kLevel, observe::LogLevelName(level)},
                {kCalls, observe::CallLinesText(calls)},
                {kSlowCall, static_cast<int64_t>(slow_call.count())}});
  return absl::OkStatus();
}

LogChange ToLogChange(const std::map<std::string, ReloadedValue>& values) {
  return {ValueOf(values, kLevel), ValueOf(values, kCalls), ValueOf(values, kSlowCall)};
}

}  // namespace rowkeeper::app
