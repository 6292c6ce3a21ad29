// The exporter against a collector that speaks OTLP over real gRPC, and answers what a test tells it.
#include "server/wire/otlp/trace_exporter.h"

#include <gmock/gmock.h>
#include <grpcpp/support/status.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "google/rpc/error_details.pb.h"
#include "server/base/error_details.h"
#include "server/base/text.h"
#include "server/wire/otlp/otlp_sender.h"
#include "server/wire/status.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/trace_collector.h"

namespace rowkeeper::wire {
namespace {

using rowkeeper::testing::Eventually;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::TraceCollector;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

grpc::Status Code(grpc::StatusCode code) { return grpc::Status(code, "as told"); }

grpc::Status BusyFor(seconds delay) {
  absl::Status status = absl::ResourceExhaustedError("busy");
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(delay.count());
  SetDetail(info, &status);
  return ToGrpcStatus(status);
}

/// Names of the spans of each batch that was taken.
std::vector<std::vector<std::string>> BatchesOf(const TraceCollector& collector) {
  std::vector<std::vector<std::string>> batches;
  for (const auto& request : collector.requests()) {
    std::vector<std::string>& names = batches.emplace_back();
    for (const auto& span : request.resource_spans(0).scope_spans(0).spans()) names.push_back(span.name());
  }
  return batches;
}

observe::CallTrace Trace(const std::string& name) {
  observe::CallTrace trace;
  trace.id.fill('\x2a');
  observe::Span span;
  span.id = 0x0102030405060708;
  span.name = name;
  trace.spans.push_back(std::move(span));
  return trace;
}

class TraceExporterTest : public ::testing::Test {
 protected:
  void Start(const TraceExporterOptions& options = {}) {
    const auto address = ParseCollectorAddress(collector_.endpoint());
    ASSERT_TRUE(address.ok()) << address.status();
    sender_ = std::make_unique<OtlpSender>(*address, TraceResource{{"service.name", "t"}}, "1.2.3");
    exporter_ = std::make_unique<TraceExporter>(options, sender_.get(), &clock_);
  }
  uint64_t Dropped(SpanLoss loss) const { return exporter_->stats().dropped[static_cast<size_t>(loss)]; }
  void AwaitFailures(uint64_t failures) {
    ASSERT_TRUE(Eventually([&] { return exporter_->stats().failures >= failures; })) << failures;
  }

  FakeClock clock_;
  TraceCollector collector_;
  std::unique_ptr<OtlpSender> sender_;
  std::unique_ptr<TraceExporter> exporter_;
};

TEST_F(TraceExporterTest, TracesGoTogetherASecondAfterTheFirst) {
  Start();
  exporter_->Add(Trace("a"));
  clock_.Advance(milliseconds(600));
  exporter_->Add(Trace("b"));
  EXPECT_THAT(BatchesOf(collector_), IsEmpty());
  EXPECT_EQ(exporter_->stats().waiting, 2);
  clock_.Advance(milliseconds(400));
  ASSERT_TRUE(Eventually([&] { return exporter_->stats().exported == 2; }));
  EXPECT_THAT(BatchesOf(collector_), ElementsAre(ElementsAre("a", "b")));
  EXPECT_EQ(exporter_->stats().waiting, 0);
}

TEST_F(TraceExporterTest, AFullBatchGoesAtOnce) {
  TraceExporterOptions options;
  options.batch_spans = 2;
  Start(options);
  for (const char* name : {"a", "b", "c"}) exporter_->Add(Trace(name));
  ASSERT_TRUE(Eventually([&] { return exporter_->stats().exported == 2; }));
  EXPECT_EQ(exporter_->stats().waiting, 1) << "the third one waits for its second";
}

TEST_F(TraceExporterTest, ABatchIsFullByItsBytes) {
  TraceExporterOptions options;
  options.batch_bytes = 3000;
  Start(options);
  exporter_->Add(Trace(std::string(2000, 'a')));
  exporter_->Add(Trace(std::string(2000, 'b')));
  ASSERT_TRUE(Eventually([&] { return collector_.spans().size() >= 1; }));
  EXPECT_EQ(BatchesOf(collector_).at(0).size(), 1);
}

/// A statement that failed, and its call, whose caller is of another process.
observe::CallTrace CallWithAStatement() {
  observe::CallTrace trace = Trace("child");
  trace.state = "vendor=1";
  observe::Span& child = trace.spans[0];
  child.parent = 0xf1;
  child.kind = observe::Span::Kind::kClient;
  child.status = observe::Span::Status::kError;
  child.start = std::chrono::system_clock::time_point(seconds(1700000000));
  child.end = child.start + milliseconds(5);
  child.attributes = {{"text", "x"}, {"number", int64_t{-7}}};
  observe::Span call;
  call.id = 0xf1;
  call.parent = 0xee;
  call.kind = observe::Span::Kind::kServer;
  trace.spans.push_back(call);
  return trace;
}

TEST_F(TraceExporterTest, ASpanArrivesWithIdsKindAndTimes) {
  Start();
  exporter_->Add(CallWithAStatement());
  clock_.Advance(seconds(1));
  ASSERT_TRUE(Eventually([&] { return collector_.spans().size() == 2; }));
  const auto child = collector_.spans().at(0);
  EXPECT_EQ(child.trace_id(), std::string(16, '\x2a'));
  EXPECT_EQ(child.span_id(), "\x01\x02\x03\x04\x05\x06\x07\x08");
  EXPECT_EQ(child.parent_span_id(), std::string("\0\0\0\0\0\0\0\xf1", 8));
  EXPECT_EQ(child.trace_state(), "vendor=1");
  EXPECT_EQ(child.kind(), TraceCollector::Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(child.start_time_unix_nano(), 1700000000000000000);
  EXPECT_EQ(child.end_time_unix_nano(), 1700000000005000000);
  EXPECT_EQ(child.flags(), 0x101);
  const auto call = collector_.spans().at(1);
  EXPECT_EQ(call.kind(), TraceCollector::Span::SPAN_KIND_SERVER);
  EXPECT_EQ(call.flags(), 0x301) << "its parent is of another process";
}

TEST_F(TraceExporterTest, ASpanArrivesWithItsServerStatusAndAttributes) {
  Start();
  exporter_->Add(CallWithAStatement());
  clock_.Advance(seconds(1));
  ASSERT_TRUE(Eventually([&] { return collector_.spans().size() == 2; }));
  const TraceCollector::Request request = collector_.requests().at(0);
  const auto& all = request.resource_spans(0);
  EXPECT_EQ(all.resource().attributes(0).key(), "service.name");
  EXPECT_EQ(all.resource().attributes(0).value().string_value(), "t");
  EXPECT_EQ(all.scope_spans(0).scope().name(), "rowkeeper");
  EXPECT_EQ(all.scope_spans(0).scope().version(), "1.2.3");
  const auto& child = all.scope_spans(0).spans(0);
  EXPECT_EQ(child.status().code(), opentelemetry::proto::trace::v1::Status::STATUS_CODE_ERROR);
  EXPECT_EQ(child.attributes(0).value().string_value(), "x");
  EXPECT_EQ(child.attributes(1).value().int_value(), -7);
  EXPECT_FALSE(all.scope_spans(0).spans(1).has_status());
}

TEST_F(TraceExporterTest, WhatACollectorCannotTakeNowIsSentAgainAfterLongerAndLongerPauses) {
  Start();
  collector_.Answer(
      {Code(grpc::StatusCode::UNAVAILABLE), Code(grpc::StatusCode::ABORTED), Code(grpc::StatusCode::DATA_LOSS)});
  exporter_->Add(Trace("a"));
  clock_.Advance(seconds(1));
  AwaitFailures(1);
  clock_.Advance(milliseconds(999));
  EXPECT_EQ(collector_.calls(), 1);
  clock_.Advance(milliseconds(1));
  AwaitFailures(2);
  clock_.Advance(milliseconds(1999));
  EXPECT_EQ(collector_.calls(), 2);
  clock_.Advance(milliseconds(1));
  AwaitFailures(3);
  clock_.Advance(seconds(4));
  ASSERT_TRUE(Eventually([&] { return exporter_->stats().exported == 1; }));
  EXPECT_THAT(BatchesOf(collector_), ElementsAre(ElementsAre("a")));
}

TEST_F(TraceExporterTest, ABusyCollectorIsAskedAgainWhenItSays) {
  Start();
  collector_.Answer({BusyFor(seconds(20))});
  exporter_->Add(Trace("a"));
  clock_.Advance(seconds(1));
  AwaitFailures(1);
  clock_.Advance(milliseconds(19999));
  EXPECT_EQ(collector_.calls(), 1);
  clock_.Advance(milliseconds(1));
  ASSERT_TRUE(Eventually([&] { return exporter_->stats().exported == 1; }));
}

TEST_F(TraceExporterTest, WhatACollectorRefusesIsDropped) {
  for (const grpc::StatusCode code : {grpc::StatusCode::INVALID_ARGUMENT, grpc::StatusCode::RESOURCE_EXHAUSTED,
                                      grpc::StatusCode::UNIMPLEMENTED, grpc::StatusCode::INTERNAL}) {
    exporter_ = nullptr;
    Start();
    collector_.Answer({Code(code)});
    exporter_->Add(Trace("a"));
    clock_.Advance(seconds(1));
    ASSERT_TRUE(Eventually([&] { return Dropped(SpanLoss::kRefused) == 1; })) << code;
    EXPECT_EQ(exporter_->stats().failures, 1);
  }
  EXPECT_THAT(BatchesOf(collector_), IsEmpty());
}

TEST_F(TraceExporterTest, SpansThatACollectorRejectsAreDropped) {
  Start();
  collector_.Reject(1);
  exporter_->Add(Trace("a"));
  exporter_->Add(Trace("b"));
  clock_.Advance(seconds(1));
  ASSERT_TRUE(Eventually([&] { return exporter_->stats().exported == 1; }));
  EXPECT_EQ(Dropped(SpanLoss::kRefused), 1);
}

TEST_F(TraceExporterTest, ACollectorThatWasAwayGetsWhatFitsTheBuffer) {
  TraceExporterOptions options;
  options.buffer_bytes = 5 * BytesOf(Trace("0"));
  options.batch_spans = 2;
  Start(options);
  collector_.Stop();
  for (int i = 0; i < 9; ++i) exporter_->Add(Trace(Cat(i)));
  EXPECT_EQ(Dropped(SpanLoss::kBuffer), 4);
  AwaitFailures(1);
  EXPECT_EQ(exporter_->stats().waiting, 5);
  collector_.Listen();
  ASSERT_TRUE(clock_.AdvanceUntil([&] { return exporter_->stats().exported == 5; }, minutes(4), seconds(1)));
  EXPECT_THAT(BatchesOf(collector_), ElementsAre(ElementsAre("0", "1"), ElementsAre("2", "3"), ElementsAre("4")));
  exporter_->Add(Trace("x"));
  EXPECT_EQ(Dropped(SpanLoss::kBuffer), 4) << "there is room again";
}

TEST_F(TraceExporterTest, ABatchIsGivenUpAfterFiveMinutes) {
  Start();
  collector_.Stop();
  exporter_->Add(Trace("a"));
  ASSERT_TRUE(clock_.AdvanceUntil([&] { return Dropped(SpanLoss::kUnreachable) == 1; }, minutes(6), seconds(1)));
  EXPECT_EQ(exporter_->stats().waiting, 0);
  EXPECT_GE(exporter_->stats().failures, 10);
}

TEST_F(TraceExporterTest, SpansThatACallHadTooManyOfCount) {
  Start();
  observe::CallTrace trace = Trace("a");
  trace.left_out = 12;
  exporter_->Add(std::move(trace));
  EXPECT_EQ(Dropped(SpanLoss::kCallLimit), 12);
}

TEST_F(TraceExporterTest, FlushSendsWhatWaits) {
  TraceExporterOptions options;
  options.batch_spans = 2;
  Start(options);
  collector_.Hold();
  for (int i = 0; i < 5; ++i) exporter_->Add(Trace(Cat(i)));
  ASSERT_TRUE(Eventually([&] { return collector_.calls() == 1; }));
  collector_.LetGo();
  exporter_->Flush(clock_.Now() + seconds(1));
  EXPECT_EQ(exporter_->stats().exported, 5);
  EXPECT_EQ(collector_.spans().size(), 5);
  exporter_->Add(Trace("late"));
  EXPECT_EQ(Dropped(SpanLoss::kShutdown), 1);
}

TEST_F(TraceExporterTest, FlushEndsAtTheFirstFailure) {
  TraceExporterOptions options;
  options.batch_spans = 1;
  Start(options);
  collector_.Answer({Code(grpc::StatusCode::UNAVAILABLE)});
  for (int i = 0; i < 3; ++i) exporter_->Add(Trace(Cat(i)));
  AwaitFailures(1);
  exporter_->Flush(Clock::time_point::max());
  EXPECT_EQ(Dropped(SpanLoss::kShutdown), 3);
  EXPECT_EQ(collector_.calls(), 1);
}

TEST_F(TraceExporterTest, FlushWaitsNoLongerThanItMay) {
  Start();
  collector_.Hold();
  exporter_->Add(Trace("a"));
  clock_.Advance(seconds(1));
  ASSERT_TRUE(Eventually([&] { return collector_.calls() == 1; }));
  exporter_->Add(Trace("b"));
  exporter_->Flush(clock_.Now());
  EXPECT_EQ(Dropped(SpanLoss::kShutdown), 2);
  EXPECT_THAT(BatchesOf(collector_), IsEmpty());
}

TEST(CollectorAddressTest, IsAUrlOfGrpc) {
  using Security = CollectorAddress::Security;
  const auto of = [](const std::string& text) {
    const auto address = ParseCollectorAddress(text);
    if (!address.ok()) return std::string("none");
    return Cat(address->target, address->security == Security::kTls ? " by TLS" : "");
  };
  EXPECT_EQ(of("http://127.0.0.1:4317"), "127.0.0.1:4317");
  EXPECT_EQ(of("http://[::1]:4317/"), "[::1]:4317");
  EXPECT_EQ(of("https://otel.internal:443"), "otel.internal:443 by TLS");
  EXPECT_EQ(of("unix:/run/otel.sock"), "unix:/run/otel.sock");
  for (const char* text : {"", "localhost:4317", "http://", "http://:4317", "http://host", "http://host:",
                           "http://host:x", "http://host:4317/v1/traces", "ftp://host:1", "unix:relative"}) {
    EXPECT_EQ(of(text), "none") << text;
  }
}

}  // namespace
}  // namespace rowkeeper::wire
