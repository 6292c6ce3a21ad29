#include "server/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/base/utf8.h"
#include "server/observe/call_record.h"
#include "server/observe/caught.h"

namespace rowkeeper::observe {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Field(LogFormat format, const LogField& field) {
  std::string line;
  AppendField(format, field, &line);
  return line;
}

TEST(LogFormatTest, TextQuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(Field(LogFormat::kText, {"id", "0b52-ab"}), "id=0b52-ab");
  EXPECT_EQ(Field(LogFormat::kText, {"m", "two words"}), "m=\"two words\"");
  EXPECT_EQ(Field(LogFormat::kText, {"m", ""}), "m=\"\"");
  EXPECT_EQ(Field(LogFormat::kText, {"m", "a=b"}), "m=\"a=b\"");
  EXPECT_EQ(Field(LogFormat::kText, {"m", "say \"hi\"\\\n"}), "m=\"say \\\"hi\\\"\\\\\\n\"");
  EXPECT_EQ(Field(LogFormat::kText, {"n", 12}), "n=12");
  EXPECT_EQ(Field(LogFormat::kText, {"b", true}), "b=true");
  EXPECT_EQ(Field(LogFormat::kText, {"d", 0.25}), "d=0.25");
}

TEST(LogFormatTest, EveryByteStringIsOneValidJsonValueThatReadsBack) {
  for (int first = 0; first < 256; ++first) {
    const std::string text{static_cast<char>(first), 'x', '"'};
    const std::string json = "{" + Field(LogFormat::kJson, {"v", text}) + "}";
    ASSERT_EQ(json.find('\n'), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(json)["v"].get<std::string>(), RepairUtf8(text)) << first;
    EXPECT_EQ(Field(LogFormat::kText, {"v", text}).find('\n'), std::string::npos);
  }
}

TEST(LogFormatTest, NumbersThatJsonLacksAreNull) {
  EXPECT_EQ(Field(LogFormat::kJson, {"d", std::numeric_limits<double>::infinity()}), "\"d\":null");
}

TEST(LogTest, LevelsAndFormatsAreParsedByName) {
  LogLevel level = LogLevel::kInfo;
  EXPECT_TRUE(ParseLogLevel("warning", &level).ok());
  EXPECT_EQ(level, LogLevel::kWarning);
  EXPECT_THAT(std::string(ParseLogLevel("loud", &level).message()), HasSubstr("debug, info, warning, error"));
  LogFormat format = LogFormat::kText;
  EXPECT_TRUE(ParseLogFormat("json", &format).ok());
  EXPECT_EQ(format, LogFormat::kJson);
  EXPECT_FALSE(ParseLogFormat("xml", &format).ok());
}

std::string CaptureLog(const LogOptions& options, const std::function<void()>& body) {
  ::testing::internal::CaptureStderr();
  StartLog(options);
  body();
  StopLog();
  return ::testing::internal::GetCapturedStderr();
}

TEST(LogTest, JsonLinesHoldTimeLevelMessageAndFields) {
  LogOptions options;
  options.format = LogFormat::kJson;
  const std::string output = CaptureLog(options, [] {
    Log(LogLevel::kWarning, "pool is full", {{"waiting", 3}, {"who", "a \"b\""}});
    spdlog::info("plain \"words\"");
    Log(LogLevel::kDebug, "not shown");
  });
  std::istringstream lines(output);
  std::string line;
  ASSERT_TRUE(std::getline(lines, line));
  const auto first = nlohmann::json::parse(line);
  EXPECT_EQ(first["level"], "warning");
  EXPECT_EQ(first["msg"], "pool is full");
  EXPECT_EQ(first["waiting"], 3);
  EXPECT_EQ(first["who"], "a \"b\"");
  EXPECT_THAT(first["time"].get<std::string>(), ::testing::MatchesRegex("2...-..-..T..:..:..\\....Z"));
  ASSERT_TRUE(std::getline(lines, line));
  EXPECT_EQ(nlohmann::json::parse(line)["msg"], "plain \"words\"");
  EXPECT_FALSE(std::getline(lines, line)) << line;
}

TEST(LogTest, TextLinesAreLogfmt) {
  const std::string output = CaptureLog({}, [] { Log(LogLevel::kInfo, "started", {{"port", 50051}}); });
  EXPECT_THAT(output, HasSubstr(" level=info msg=started port=50051\n"));
}

TEST(LogTest, LevelChoosesWhatIsWritten) {
  LogOptions options;
  options.level = LogLevel::kError;
  const std::string output = CaptureLog(options, [] {
    EXPECT_FALSE(LogEnabled(LogLevel::kWarning));
    Log(LogLevel::kWarning, "hidden");
    Log(LogLevel::kError, "shown");
  });
  EXPECT_THAT(output, Not(HasSubstr("hidden")));
  EXPECT_THAT(output, EndsWith("msg=shown\n"));
}

TEST(LogTest, StoppingWritesEverythingThatIsQueued) {
  LogOptions options;
  options.queue_lines = 100000;
  const std::string output = CaptureLog(options, [] {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([t] {
        for (int i = 0; i < 1000; ++i) Log(LogLevel::kInfo, "line", {{"thread", t}, {"i", i}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 4000);
}

TEST(LogTest, CallLinesAreWordsWithCommas) {
  CallLines lines;
  for (const char* words : {"", "error", "errors,", ",slow", "errors slow", "all,slow", "none,errors", "slow,none"}) {
    EXPECT_FALSE(ParseCallLines(words, &lines).ok()) << words;
  }
  EXPECT_TRUE(ParseCallLines("slow,errors", &lines).ok());
  EXPECT_EQ(CallLinesText(lines), "errors,slow");
}

CallRecord Answered(absl::Status status) {
  CallRecord record;
  record.method = "p.R.Get";
  record.status = std::move(status);
  return record;
}

TEST(LogTest, ABurstIsSummarisedAndEachKindHasItsFirstLines) {
  LogOptions options;
  options.bursts.lines = 3;
  options.bursts.window = std::chrono::hours(1);
  const std::string output = CaptureLog(options, [] {
    for (int i = 0; i < 5000; ++i) {
      Log(LogLevel::kWarning, "pool is full", {{"waiting", i}});
      spdlog::warn("connection to the database lost: backend={} reason=08006", i);
      LogCall(Answered(absl::UnavailableError("down")));
      if (i == 4000) Log(LogLevel::kError, "another kind");
    }
    EXPECT_EQ(SummarisedLogLines(), 3 * 4997u);
  });
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 3 * 4 + 1) << output;
  EXPECT_THAT(output, HasSubstr("msg=\"another kind\""));
  EXPECT_THAT(output, HasSubstr("level=warning msg=\"more lines like it\" lines=4997 in_s=3600 like=\"pool is full\""));
  EXPECT_THAT(output, HasSubstr("like=call method=p.R.Get status=UNAVAILABLE"));
  EXPECT_THAT(output, HasSubstr("like=\"connection to the database lost: backend= reason=\""));
}

TEST(LogTest, NoLineWithALogIdIsSummarised) {
  LogOptions options;
  options.bursts.lines = 3;
  options.bursts.window = std::chrono::hours(1);
  std::vector<std::string> ids;
  const std::string output = CaptureLog(options, [&ids] {
    for (int i = 0; i < 100; ++i) {
      ids.push_back(ErrorLogId(Caught("a worker", "p.R.Get", std::runtime_error("broken"))));
      for (const char* const part : {"field", "words"}) ids.push_back(Cat(part, i));
      Log(LogLevel::kError, "a call was dropped", {{"method", "p.R.Get"}, {"log_id", Cat("field", i)}});
      spdlog::warn("statement (Todo/List) failed: sqlstate=XX000 log_id=words{} words", i);
      Log(LogLevel::kWarning, "without one", {{"log_id", ""}});
      spdlog::warn("statement (Todo/List) failed: sqlstate=42501 log_id= words {}", i);
    }
    EXPECT_EQ(SummarisedLogLines(), 2 * 97u) << "those that name no id";
  });
  for (const std::string& id : ids) EXPECT_THAT(output, HasSubstr("log_id=" + id)) << id;
}

TEST(LogTest, WhoeverAsksForAllCallsGetsAllLines) {
  LogOptions options;
  options.calls.all = true;
  options.bursts.lines = 1;
  const std::string output = CaptureLog(options, [] {
    for (int i = 0; i < 100; ++i) LogCall(Answered(absl::NotFoundError("no row")));
  });
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 100);
}

TEST(LogTest, LinesSayForWhichCallTheyWereLogged) {
  CallContext context;
  context.request_id = "r1";
  const std::string output = CaptureLog({}, [&context] {
    Log(LogLevel::kInfo, "outside");
    const CallScope scope(&context);
    Log(LogLevel::kInfo, "inside", {{"n", 1}});
    spdlog::info("plain words");
    const CallScope none(nullptr);
    Log(LogLevel::kInfo, "inner");
  });
  EXPECT_THAT(output, HasSubstr("msg=outside\n"));
  EXPECT_THAT(output, HasSubstr("msg=inside n=1 request_id=r1\n"));
  EXPECT_THAT(output, HasSubstr("msg=\"plain words\" request_id=r1\n"));
  EXPECT_THAT(output, HasSubstr("msg=inner\n"));
}

TEST(LogTest, LevelAndCallsChangeWhileItRuns) {
  const std::string output = CaptureLog({}, [] {
    Log(LogLevel::kDebug, "before");
    SetLogLevel(LogLevel::kDebug);
    Log(LogLevel::kDebug, "after");
    spdlog::debug("plain");
    SetLogLevel(LogLevel::kError);
    spdlog::warn("hidden");
  });
  SetLogLevel(LogLevel::kInfo);
  EXPECT_THAT(output, Not(HasSubstr("before")));
  EXPECT_THAT(output, HasSubstr("msg=after"));
  EXPECT_THAT(output, HasSubstr("msg=plain"));
  EXPECT_THAT(output, Not(HasSubstr("hidden")));
}

/// Standard error as a pipe that nobody reads for a while.
class StuckStderr {
 public:
  StuckStderr() : saved_(dup(STDERR_FILENO)) {
    EXPECT_EQ(pipe(pipe_), 0);
    dup2(pipe_[1], STDERR_FILENO);
    close(pipe_[1]);
  }
  /// Reads until the writer is gone, in the background.
  std::thread ReadOn(std::string* output) {
    return std::thread([this, output] {
      char buffer[65536];
      for (ssize_t n = read(pipe_[0], buffer, sizeof buffer); n > 0; n = read(pipe_[0], buffer, sizeof buffer)) {
        output->append(buffer, static_cast<size_t>(n));
      }
    });
  }
  void Restore() { dup2(saved_, STDERR_FILENO); }
  ~StuckStderr() {
    close(saved_);
    close(pipe_[0]);
  }

 private:
  const int saved_;
  int pipe_[2] = {-1, -1};
};

/// The sum of all lines that tell of dropped ones.
uint64_t ToldAsDropped(const std::string& output) {
  static constexpr std::string_view kTold = "msg=\"log lines were dropped: standard error is too slow\" lines=";
  uint64_t sum = 0;
  for (size_t at = output.find(kTold); at != std::string::npos; at = output.find(kTold, at)) {
    at += kTold.size();
    sum += std::stoull(output.substr(at, 20));
  }
  return sum;
}

TEST(LogTest, WhenStandardErrorIsStuckLinesAreDroppedCountedAndTold) {
  StuckStderr stuck;
  LogOptions options;
  options.calls.all = true;
  options.queue_lines = 16;
  StartLog(options);
  // The pipe takes 64 KiB, the writer holds as much again.
  const std::string words(100000, 'x');
  for (int i = 0; i < 3; ++i) Log(LogLevel::kInfo, words);
  for (int i = 0; i < 1000; ++i) LogCall(Answered(absl::OkStatus()));
  Log(LogLevel::kError, "this matters");
  const uint64_t dropped = DroppedLogLines();
  EXPECT_GE(dropped, 900u);
  std::string output;
  std::thread reader = stuck.ReadOn(&output);
  StopLog();
  stuck.Restore();
  reader.join();
  EXPECT_THAT(output, HasSubstr("msg=\"this matters\"")) << "calls cannot crowd out errors";
  EXPECT_EQ(ToldAsDropped(output), dropped);
}

}  // namespace
}  // namespace rowkeeper::observe
