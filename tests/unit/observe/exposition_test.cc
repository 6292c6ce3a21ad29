#include "server/observe/exposition.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <string>

#include "server/observe/counters.h"
#include "server/observe/process_usage.h"

namespace rowkeeper::observe {
namespace {

using ::testing::HasSubstr;

TEST(ExpositionTest, SamplesOfOneMetricStandTogether) {
  Exposition exposition;
  const Metric open = {"rowkeeper_open", MetricType::kGauge, "What is open"};
  const Metric closed = {"rowkeeper_closed_total", MetricType::kCounter, "What was closed"};
  exposition.Add(open, 2, {{"kind", "import"}});
  exposition.Add(closed, 12345678901);
  exposition.Add(open, 0.5, {{"kind", "a \"b\"\n\\"}});
  EXPECT_EQ(exposition.Text(),
            "# HELP rowkeeper_open What is open\n"
            "# TYPE rowkeeper_open gauge\n"
            "rowkeeper_open{kind=\"import\"} 2\n"
            "rowkeeper_open{kind=\"a \\\"b\\\"\\n\\\\\"} 0.5\n"
            "# HELP rowkeeper_closed_total What was closed\n"
            "# TYPE rowkeeper_closed_total counter\n"
            "rowkeeper_closed_total 12345678901\n");
}

TEST(ExpositionTest, BucketsOfHistogramsAreCumulative) {
  DurationHistogram histogram;
  histogram.Record(std::chrono::microseconds(50));
  histogram.Record(std::chrono::microseconds(150));
  histogram.Record(std::chrono::seconds(20));
  Exposition exposition;
  exposition.Add({"rowkeeper_wait_seconds", MetricType::kHistogram, "Waits"}, histogram.Take(), {{"kind", "x"}});
  const std::string text = exposition.Text();
  EXPECT_THAT(text, HasSubstr("rowkeeper_wait_seconds_count{kind=\"x\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("rowkeeper_wait_seconds_sum{kind=\"x\"} 20.0002\n"));
  EXPECT_THAT(text, HasSubstr("rowkeeper_wait_seconds_bucket{kind=\"x\",le=\"0.0001\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("rowkeeper_wait_seconds_bucket{kind=\"x\",le=\"0.00025\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rowkeeper_wait_seconds_bucket{kind=\"x\",le=\"10\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("rowkeeper_wait_seconds_bucket{kind=\"x\",le=\"+Inf\"} 3\n"));
}

TEST(ExpositionTest, OfManyMethodsOnlyTheCodesThatOccurredAreWritten) {
  constexpr int kMethods = 500;
  Counters counters;
  for (int method = 0; method < kMethods; ++method) {
    CallDurations* const calls = counters.Method("p.R" + std::to_string(method) + ".Get");
    if (method % 2 == 0) calls->Record(absl::StatusCode::kOk, std::chrono::microseconds(200));
    if (method % 4 == 0) calls->Record(absl::StatusCode::kNotFound, std::chrono::microseconds(200));
  }
  Exposition exposition;
  const Metric metric = {"rpc_server_call_duration_seconds", MetricType::kHistogram, "Calls"};
  counters.VisitCalls([&](const std::string& method, absl::StatusCode code, const DurationHistogram& durations) {
    exposition.Add(metric, durations.Take(), {{"rpc_method", method}, {"code", absl::StatusCodeToString(code)}});
  });
  const std::string text = exposition.Text();
  constexpr int64_t kLinesOfOne = DurationHistogram::kBounds.size() + 3;  // +Inf, sum and count
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2 + (kMethods / 2 + kMethods / 4) * kLinesOfOne);
}

TEST(ProcessUsageTest, IsThatOfThisProcess) {
  const auto usage = ReadProcessUsage();
  ASSERT_TRUE(usage.has_value());
  const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
  EXPECT_GT(usage->start_time_seconds, now - 600);
  EXPECT_LT(usage->start_time_seconds, now + 2);
  EXPECT_GE(usage->threads, 1);
  EXPECT_GE(usage->open_files, 3);
  EXPECT_GT(usage->resident_bytes, 1u << 20);
  EXPECT_GT(usage->virtual_bytes, usage->resident_bytes);
}

}  // namespace
}  // namespace rowkeeper::observe
