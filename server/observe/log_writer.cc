#include "server/observe/log_writer.h"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <ctime>
#include <utility>

#include "absl/time/time.h"
#include "server/observe/log.h"

namespace rowkeeper::observe {
namespace {

/// Lines of calls may wait so long for others.
constexpr std::chrono::milliseconds kGatherTime{10};

std::string UtcTime(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  const auto since_epoch = std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32];
  char text[48];
  std::strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, sizeof(text), "%s.%03dZ", date, static_cast<int>(since_epoch % 1000));
  return text;
}

LogEntry Own(LogLevel level, LogFormat format, std::initializer_list<LogField> fields) {
  std::string line;
  for (const LogField& field : fields) AppendField(format, field, &line);
  return {level, std::chrono::system_clock::now(), std::move(line)};
}

LogEntry Summary(const BurstSummary& summary, LogFormat format) {
  LogEntry entry = Own(summary.level, format,
                       {{"msg", "more lines like it"},
                        {"lines", static_cast<int64_t>(summary.lines)},
                        {"in_s", static_cast<double>(summary.window.count()) / 1000},
                        {"like", summary.kind.message}});
  auto& line = std::get<std::string>(entry.what);
  const std::pair<std::string_view, const std::string&> rest[] = {
      {"method", summary.kind.method}, {"status", summary.kind.status}, {"reason", summary.kind.reason}};
  for (const auto& [key, value] : rest) {
    if (!value.empty()) AppendField(format, {key, value}, &line);
  }
  return entry;
}

bool IsUrgent(const LogEntry& entry) {
  return entry.level >= LogLevel::kWarning || std::holds_alternative<std::string>(entry.what);
}

}  // namespace

std::string FormatLine(const LogEntry& entry, LogFormat format) {
  std::string line;
  AppendField(format, {"time", UtcTime(entry.time)}, &line);
  AppendField(format, {"level", LogLevelName(entry.level)}, &line);
  line.push_back(format == LogFormat::kText ? ' ' : ',');
  if (const auto* fields = std::get_if<std::string>(&entry.what)) {
    line.append(*fields);
  } else {
    line.append(CallFields(std::get<CallRecord>(entry.what), format));
  }
  if (format == LogFormat::kJson) line = "{" + line + "}";
  line.push_back('\n');
  return line;
}

void WriteToStderr(std::string_view lines) {
  while (!lines.empty()) {
    const ssize_t written = ::write(STDERR_FILENO, lines.data(), lines.size());
    if (written >= 0) {
      lines.remove_prefix(static_cast<size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{STDERR_FILENO, POLLOUT, 0};
      (void)::poll(&ready, 1, -1);
    } else if (errno != EINTR) {
      return;
    }
  }
}

LogWriter::LogWriter(const Options& options) : options_(options), bursts_(options.bursts) {
  thread_ = std::thread([this] { Loop(); });
}

LogWriter::~LogWriter() {
  {
    const absl::MutexLock lock(&mutex_);
    stopping_ = true;
    work_ready_.Signal();
  }
  thread_.join();
}

void LogWriter::Push(LogEntry entry) {
  const bool urgent = IsUrgent(entry);
  const size_t limit =
      entry.level >= LogLevel::kWarning ? options_.queue_lines + options_.queue_lines / 4 : options_.queue_lines;
  const absl::MutexLock lock(&mutex_);
  if (queue_.size() >= limit) {
    ++dropped_;
    return;
  }
  queue_.push_back(std::move(entry));
  urgent_ = urgent_ || urgent || queue_.size() > options_.queue_lines / 2;
  if (waiting_ == Waiting::kNo || (waiting_ == Waiting::kForUrgent && !urgent_)) return;
  waiting_ = Waiting::kNo;
  work_ready_.Signal();
}

void LogWriter::PushUnlessBurst(LogEntry entry, const LineKind& kind) {
  if (bursts_.Admit(entry.level, kind, std::chrono::steady_clock::now())) Push(std::move(entry));
}

uint64_t LogWriter::dropped() const {
  const absl::MutexLock lock(&mutex_);
  return dropped_;
}

bool LogWriter::WaitForWork() {
  while (queue_.empty() && !stopping_) {
    // A window that begins now ends later than this wait, if it is the first one, or after another one.
    const Bursts::time_point next = bursts_.next_end();
    const auto now = std::chrono::steady_clock::now();
    if (next <= now) return true;
    waiting_ = Waiting::kForAny;
    if (next == Bursts::time_point::max()) {
      work_ready_.Wait(&mutex_);
    } else {
      work_ready_.WaitWithTimeout(&mutex_, absl::FromChrono(next - now));
    }
    waiting_ = Waiting::kNo;
  }
  return !stopping_ || !queue_.empty();
}

void LogWriter::Gather() {
  const absl::Time end = absl::Now() + absl::FromChrono(kGatherTime);
  while (!urgent_ && !stopping_) {
    waiting_ = Waiting::kForUrgent;
    const bool timed_out = work_ready_.WaitWithDeadline(&mutex_, end);
    waiting_ = Waiting::kNo;
    if (timed_out) return;
  }
}

void LogWriter::Loop() {
  std::vector<LogEntry> entries;
  entries.reserve(64);
  while (true) {
    uint64_t dropped = 0;
    bool last = false;
    {
      const absl::MutexLock lock(&mutex_);
      last = !WaitForWork();
      Gather();
      entries.swap(queue_);
      urgent_ = false;
      dropped = dropped_ - told_dropped_;
      told_dropped_ = dropped_;
    }
    Write(entries, dropped, last ? bursts_.TakeAll() : bursts_.TakeEnded(std::chrono::steady_clock::now()));
    entries.clear();
    if (last) return;
  }
}

void LogWriter::Write(const std::vector<LogEntry>& entries, uint64_t dropped,
                      const std::vector<BurstSummary>& summaries) {
  constexpr size_t kBytesAtOnce = 64 * 1024;
  std::string lines;
  const auto add = [&](const LogEntry& entry) {
    lines.append(FormatLine(entry, options_.format));
    if (lines.size() < kBytesAtOnce) return;
    WriteToStderr(lines);
    lines.clear();
  };
  for (const LogEntry& entry : entries) add(entry);
  for (const BurstSummary& summary : summaries) add(Summary(summary, options_.format));
  if (dropped > 0) {
    add(Own(LogLevel::kWarning, options_.format,
            {{"msg", "log lines were dropped: standard error is too slow"}, {"lines", static_cast<int64_t>(dropped)}}));
  }
  WriteToStderr(lines);
}

}  // namespace rowkeeper::observe
