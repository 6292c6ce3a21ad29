#include "server/observe/tracer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "tests/support/fake_clock.h"

namespace rowkeeper::observe {
namespace {

using rowkeeper::testing::FakeClock;
using std::chrono::milliseconds;
using ::testing::ElementsAre;

constexpr char kCallersTrace[] = "0af7651916cd43dd8448eb211c80319c";
constexpr char kCallersSpan[] = "b7ad6b7169203331";

class TraceLog : public TraceSink {
 public:
  void Add(CallTrace trace) override {
    const absl::MutexLock lock(&mutex_);
    traces_.push_back(std::move(trace));
  }
  std::vector<CallTrace> traces() const {
    const absl::MutexLock lock(&mutex_);
    return traces_;
  }

 private:
  mutable absl::Mutex mutex_;
  std::vector<CallTrace> traces_ ABSL_GUARDED_BY(mutex_);
};

/// "key=value" of a span, in their order.
std::vector<std::string> AttributesOf(const Span& span) {
  std::vector<std::string> all;
  for (const SpanAttribute& attribute : span.attributes) {
    const auto* const text = std::get_if<std::string>(&attribute.value);
    all.push_back(Cat(attribute.key, "=", text != nullptr ? *text : Cat(std::get<int64_t>(attribute.value))));
  }
  return all;
}

class TracerTest : public ::testing::Test {
 protected:
  Tracer Make(double ratio) { return Tracer({ratio, &clock_, &log_}); }
  static TraceParent Caller(bool sampled) { return {kCallersTrace, kCallersSpan, sampled}; }
  std::shared_ptr<CallSpans> Begin(const std::optional<TraceParent>& parent = std::nullopt,
                                   std::string_view state = "") {
    return Make(1).Begin(parent, {"/t.Todos/Get", clock_.Now(), state});
  }
  void End(CallSpans* spans, const absl::Status& status = absl::OkStatus()) {
    EndedCall end;
    end.status = &status;
    spans->End(end);
  }
  /// Of the only call that has ended.
  CallTrace Ended() const {
    EXPECT_EQ(log_.traces().size(), 1);
    return log_.traces().empty() ? CallTrace() : log_.traces().front();
  }

  FakeClock clock_;
  TraceLog log_;
};

TEST_F(TracerTest, TheCallerDecidesWhateverTheRatioIs) {
  for (const double ratio : {0.0, 0.5, 1.0}) {
    EXPECT_TRUE(Make(ratio).Samples(Caller(true))) << ratio;
    EXPECT_FALSE(Make(ratio).Samples(Caller(false))) << ratio;
  }
}

TEST_F(TracerTest, OfOtherCallsTheRatioIsSampled) {
  constexpr int kCalls = 20000;
  for (const double ratio : {0.0, 0.1, 0.5, 1.0}) {
    const Tracer tracer = Make(ratio);
    int sampled = 0;
    for (int i = 0; i < kCalls; ++i) sampled += tracer.Samples(std::nullopt) ? 1 : 0;
    // Of a fair coin the deviation is 71: this is seven times as much.
    EXPECT_NEAR(sampled, ratio * kCalls, ratio > 0 && ratio < 1 ? 500 : 0) << ratio;
  }
}

TEST_F(TracerTest, ACallBelongsToTheTraceOfItsCaller) {
  const auto spans = Begin(Caller(true), "vendor=1");
  End(spans.get());
  const CallTrace trace = Ended();
  EXPECT_EQ(TraceIdText(trace.id), kCallersTrace);
  EXPECT_EQ(trace.state, "vendor=1");
  ASSERT_EQ(trace.spans.size(), 1);
  EXPECT_EQ(SpanIdText(trace.spans[0].parent), kCallersSpan);
  EXPECT_EQ(trace.spans[0].id, spans->span_id());
  EXPECT_NE(SpanIdText(trace.spans[0].id), kCallersSpan);
}

TEST_F(TracerTest, AStateThatIsTooLongOrOfNobodyIsLeftOut) {
  End(Begin(Caller(true), std::string(513, 'a')).get());
  End(Begin(std::nullopt, "vendor=1").get());
  for (const CallTrace& trace : log_.traces()) EXPECT_EQ(trace.state, "");
}

TEST_F(TracerTest, ACallWithoutATraceBeginsOne) {
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) {
    const auto spans = Begin();
    EXPECT_TRUE(ParseTraceParent(Cat("00-", TraceIdText(spans->trace_id()), "-", SpanIdText(spans->span_id()), "-01"))
                    .has_value());
    ids.insert(TraceIdText(spans->trace_id()));
    ids.insert(SpanIdText(spans->span_id()));
  }
  EXPECT_EQ(ids.size(), 200);
}

TEST_F(TracerTest, SpansHaveTheTimesOfTheirClock) {
  const auto start = clock_.WallNow();
  const auto spans = Begin();
  const auto came_at = clock_.Now();
  clock_.Advance(milliseconds(5));
  spans->AddQueue(came_at, clock_.Now());
  clock_.Advance(milliseconds(2));
  spans->AddConnection(milliseconds(2));
  clock_.Advance(milliseconds(30));
  ExecutedSpan statement;
  statement.time = milliseconds(30);
  statement.operation = "SELECT";
  statement.table = "todos";
  spans->AddStatement(statement);
  clock_.Advance(milliseconds(1));
  End(spans.get());

  std::vector<std::string> told;
  for (const Span& span : Ended().spans) {
    told.push_back(Cat(span.name, " ", (span.start - start) / milliseconds(1), "-",
                       (span.end - start) / milliseconds(1), span.parent == spans->span_id() ? " below" : ""));
  }
  EXPECT_THAT(told,
              ElementsAre("queue 0-5 below", "connection 5-7 below", "SELECT todos 7-37 below", "t.Todos/Get 0-38"));
}

TEST_F(TracerTest, AStatementIsDescribedByTheConventions) {
  const auto spans = Begin();
  ExecutedSpan statement;
  statement.operation = "SELECT";
  statement.table = "todos";
  statement.purpose = "t.Todo/Get";
  statement.name = "rk_1";
  statement.text = "SELECT 1 WHERE id = $1";
  statement.database = "shop";
  statement.host = "db1";
  statement.port = "5433";
  statement.backend = 7;
  statement.query_id = -9;
  statement.rows = 2;
  spans->AddStatement(statement);
  End(spans.get());
  const CallTrace trace = Ended();
  EXPECT_EQ(trace.spans[0].kind, Span::Kind::kClient);
  EXPECT_EQ(trace.spans[0].status, Span::Status::kUnset);
  EXPECT_THAT(AttributesOf(trace.spans[0]),
              ElementsAre("db.system.name=postgresql", "db.namespace=shop", "server.address=db1", "server.port=5433",
                          "db.operation.name=SELECT", "db.collection.name=todos", "db.query.summary=SELECT todos",
                          "db.query.text=SELECT 1 WHERE id = $1", "rowkeeper.statement.purpose=t.Todo/Get",
                          "rowkeeper.statement.name=rk_1", "rowkeeper.query_id=-9", "rowkeeper.backend=7",
                          "db.response.returned_rows=2"));
}

TEST_F(TracerTest, AStatementThatFailsIsAnErrorWithItsSqlstate) {
  const auto spans = Begin();
  const absl::Status error = absl::AbortedError("x");
  ExecutedSpan statement;
  statement.operation = "COMMIT";
  statement.error = &error;
  statement.sqlstate = "40001";
  spans->AddStatement(statement);
  statement.operation = "_OTHER";
  statement.sqlstate = "";
  spans->AddStatement(statement);
  End(spans.get());
  const CallTrace trace = Ended();
  EXPECT_EQ(trace.spans[0].status, Span::Status::kError);
  EXPECT_THAT(AttributesOf(trace.spans[0]),
              ElementsAre("db.system.name=postgresql", "db.operation.name=COMMIT", "db.query.summary=COMMIT",
                          "db.response.status_code=40001", "error.type=40001"));
  EXPECT_EQ(trace.spans[1].name, "postgresql");
  EXPECT_THAT(AttributesOf(trace.spans[1]),
              ElementsAre("db.system.name=postgresql", "db.query.summary=postgresql", "error.type=_OTHER"));
}

TEST_F(TracerTest, OnlyFaultsOfTheServerAreErrorsOfACall) {
  const std::set<absl::StatusCode> faults = {absl::StatusCode::kUnknown,     absl::StatusCode::kDeadlineExceeded,
                                             absl::StatusCode::kInternal,    absl::StatusCode::kUnimplemented,
                                             absl::StatusCode::kUnavailable, absl::StatusCode::kDataLoss};
  for (int code = 0; code <= 16; ++code) {
    const absl::Status status(static_cast<absl::StatusCode>(code), "secret");
    End(Begin().get(), status);
    const Span span = log_.traces().back().spans.back();
    EXPECT_EQ(span.status == Span::Status::kError, faults.count(status.code()) == 1) << status;
    const std::string name = absl::StatusCodeToString(status.code());
    std::vector<std::string> expected = {"rpc.system.name=grpc", "rpc.method=t.Todos/Get",
                                         Cat("rpc.response.status_code=", name)};
    if (code != 0) expected.push_back(Cat("error.type=", name));
    EXPECT_EQ(AttributesOf(span), expected);
  }
}

TEST_F(TracerTest, ACallTellsItsReasonRowsUnitAndRequest) {
  const absl::Status status = ShuttingDown();
  EndedCall end;
  end.status = &status;
  end.rows = 0;
  end.request_id = "r-\xff";
  end.unit_of_work = "u1";
  Begin()->End(end);
  EXPECT_THAT(AttributesOf(Ended().spans.back()),
              ::testing::IsSupersetOf({"rowkeeper.reason=SHUTTING_DOWN", "rowkeeper.rows=0",
                                       "rowkeeper.request_id=r-\xef\xbf\xbd", "rowkeeper.unit_of_work=u1"}));
}

TEST_F(TracerTest, WhatIsDoneForManyCallsIsToldByEach) {
  const auto one = Begin();
  const auto other = Begin();
  const auto shared = one->MakeShared();
  ExecutedSpan statement;
  statement.operation = "SELECT";
  shared->AddStatement(statement);
  for (const auto& spans : {one, other}) {
    spans->AddSharedBy(5, *shared);
    End(spans.get());
  }
  const auto traces = log_.traces();
  ASSERT_EQ(traces.size(), 2);
  for (size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(traces[i].spans.size(), 2);
    EXPECT_EQ(traces[i].spans[0].parent, traces[i].spans[1].id);
    EXPECT_THAT(AttributesOf(traces[i].spans[0]), ::testing::Contains("rowkeeper.merged_calls=5"));
  }
  EXPECT_NE(traces[0].spans[0].id, traces[1].spans[0].id);
}

TEST_F(TracerTest, ACallHasAnEndToItsSpansAndTheirTexts) {
  const auto spans = Begin();
  ExecutedSpan statement;
  statement.operation = "SELECT";
  const std::string text(5000, 'x');
  statement.text = text;
  for (size_t i = 0; i < CallSpans::kMostSpans + 3; ++i) spans->AddStatement(statement);
  End(spans.get());
  const CallTrace trace = Ended();
  EXPECT_EQ(trace.spans.size(), CallSpans::kMostSpans + 1);
  EXPECT_EQ(trace.left_out, 3);
  EXPECT_THAT(AttributesOf(trace.spans.back()), ::testing::Contains("rowkeeper.spans_left_out=3"));
  EXPECT_LT(BytesOf(trace), CallSpans::kMostSpans * (CallSpans::kMostTextBytes + 1024));
  EXPECT_GT(BytesOf(trace), CallSpans::kMostSpans * CallSpans::kMostTextBytes / 2);
}

TEST_F(TracerTest, WhatComesAfterTheEndIsNotKept) {
  const auto spans = Begin();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 100; ++n) spans->AddConnection(milliseconds(0));
      End(spans.get());
      spans->AddConnection(milliseconds(0));
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(log_.traces().size(), 1);
}

}  // namespace
}  // namespace rowkeeper::observe
