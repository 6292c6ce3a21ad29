#include "server/observe/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <vector>

#include "server/base/utf8.h"

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

}  // namespace
}  // namespace rowkeeper::observe
