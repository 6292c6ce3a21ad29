// Which spans a call of each kind has: their parents, times, attributes and status, as a collector gets them by OTLP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "tests/pg/server/blocker.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"
#include "tests/support/trace_collector.h"

namespace rowkeeper::testing {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;
using ::testing::Pair;
using Span = TraceCollector::Span;

constexpr char kCallerSpan[] = "b7ad6b7169203331";
const std::string kCallerSpanBytes = "\xb7\xad\x6b\x71\x69\x20\x33\x31";

/// A call that its caller has sampled.
struct Sampled {
  std::string trace = RandomHex(16);
  CallOptions options;

  explicit Sampled(CallOptions with = {}) : options(std::move(with)) {
    options.headers.emplace_back("traceparent", Cat("00-", trace, "-", kCallerSpan, "-01"));
  }
};

/// Of a span or a resource.
template <typename Message>
std::map<std::string, std::string> AttributesOf(const Message& message) {
  std::map<std::string, std::string> all;
  for (const auto& attribute : message.attributes()) {
    const auto& value = attribute.value();
    all[attribute.key()] = value.value_case() == value.kIntValue ? Cat(value.int_value()) : value.string_value();
  }
  return all;
}

std::vector<std::string> NamesOf(const std::vector<Span>& spans) {
  std::vector<std::string> names;
  for (const Span& span : spans) names.push_back(span.name());
  return names;
}

Span Named(const std::vector<Span>& spans, const std::string& name) {
  const auto found = std::find_if(spans.begin(), spans.end(), [&](const Span& span) { return span.name() == name; });
  EXPECT_NE(found, spans.end()) << name;
  return found == spans.end() ? Span() : *found;
}

/// What holds for the spans of every call: the last is its own, and the others are below it and within its time.
void ExpectWellFormed(const std::vector<Span>& spans) {
  ASSERT_FALSE(spans.empty());
  const Span& call = spans.back();
  EXPECT_EQ(call.kind(), Span::SPAN_KIND_SERVER);
  std::set<std::string> ids;
  for (const Span& span : spans) {
    EXPECT_EQ(span.trace_id(), call.trace_id());
    EXPECT_EQ(span.span_id().size(), 8);
    EXPECT_TRUE(ids.insert(span.span_id()).second) << span.name() << " has the id of another";
    EXPECT_LE(span.start_time_unix_nano(), span.end_time_unix_nano()) << span.name();
    if (span.span_id() == call.span_id()) continue;
    EXPECT_EQ(span.parent_span_id(), call.span_id()) << span.name();
    EXPECT_NE(span.kind(), Span::SPAN_KIND_SERVER);
    EXPECT_GE(span.start_time_unix_nano(), call.start_time_unix_nano()) << span.name();
    EXPECT_LE(span.end_time_unix_nano(), call.end_time_unix_nano()) << span.name();
  }
}

bool IsError(const Span& span) {
  return span.status().code() != opentelemetry::proto::trace::v1::Status::STATUS_CODE_UNSET;
}

class TracesTest : public PlannerTest {
 protected:
  static void SetUpTestSuite() {
    collector_ = new TraceCollector;
    InProcessServer::Options options;
    options.serve.traces.endpoint = collector_->endpoint();
    options.serve.traces.sample_ratio = 0;
    StartServer(options);
  }
  static void TearDownTestSuite() {
    PlannerTest::TearDownTestSuite();
    delete collector_;
  }

  static std::vector<Span> SpansOf(const Sampled& call) {
    std::vector<Span> spans = collector_->Await(call.trace);
    ExpectWellFormed(spans);
    return spans;
  }
  static TraceCollector& collector() { return *collector_; }

 private:
  static inline TraceCollector* collector_ = nullptr;
};

TEST_F(TracesTest, ACallHasASpanBelowItsCallers) {
  const std::string id = NewProfile();
  CallOptions options;
  options.headers = {{"x-request-id", "r-17"}, {"tracestate", "vendor=1"}};
  const Sampled call(options);
  server().MustCall("ProfileRepository.GetById", {{"id", id}}, call.options);
  const Span own = SpansOf(call).back();
  EXPECT_EQ(own.name(), "planner.v1.ProfileRepository/GetById");
  EXPECT_EQ(own.parent_span_id(), kCallerSpanBytes);
  EXPECT_EQ(own.trace_state(), "vendor=1");
  EXPECT_EQ(own.flags(), 0x301);
  EXPECT_FALSE(IsError(own));
  EXPECT_THAT(AttributesOf(own),
              AllOf(Contains(Pair("rpc.system.name", "grpc")), Contains(Pair("rpc.method", own.name())),
                    Contains(Pair("rpc.response.status_code", "OK")), Not(Contains(Key("error.type"))),
                    Contains(Pair("rowkeeper.request_id", "r-17")), Contains(Pair("rowkeeper.rows", "1"))));
}

TEST_F(TracesTest, APlainCallHasSpansForItsWaitAndItsStatement) {
  const std::string id = NewProfile();
  const Sampled call;
  server().MustCall("ProfileRepository.GetById", {{"id", id}}, call.options);
  const std::vector<Span> spans = SpansOf(call);
  EXPECT_EQ(Named(spans, "queue").kind(), Span::SPAN_KIND_INTERNAL);
  const Span statement = Named(spans, "SELECT profiles");
  EXPECT_EQ(statement.kind(), Span::SPAN_KIND_CLIENT);
  EXPECT_EQ(statement.flags(), 0x101);
  const auto told = AttributesOf(statement);
  EXPECT_THAT(told, AllOf(Contains(Pair("db.system.name", "postgresql")), Contains(Pair("db.operation.name", "SELECT")),
                          Contains(Pair("db.collection.name", "profiles")),
                          Contains(Pair("db.query.summary", "SELECT profiles")),
                          Contains(Pair("db.query.text", AllOf(HasSubstr("$1"), Not(HasSubstr(id))))),
                          Contains(Pair("rowkeeper.statement.purpose", "planner.v1.Profile/Get")),
                          Contains(Pair("db.response.returned_rows", "1"))));
  EXPECT_THAT(told, Contains(Pair("db.namespace", server().database().Value("SELECT current_database()"))));
}

TEST_F(TracesTest, TheCallersFlagDecides) {
  CallOptions unsampled;
  const std::string trace = RandomHex(16);
  unsampled.headers.emplace_back("traceparent", Cat("00-", trace, "-", kCallerSpan, "-00"));
  const std::string id = NewProfile();
  server().MustCall("ProfileRepository.GetById", {{"id", id}}, unsampled);
  const Sampled after;
  server().MustCall("ProfileRepository.GetById", {{"id", id}}, after.options);
  SpansOf(after);  // which come later than those of the first would
  const auto all = collector().spans();
  EXPECT_TRUE(std::none_of(all.begin(), all.end(), [](const Span& span) { return span.parent_span_id().empty(); }))
      << "a call without a traceparent is not sampled by a ratio of 0";
  EXPECT_TRUE(std::none_of(all.begin(), all.end(),
                           [&](const Span& span) { return absl::BytesToHexString(span.trace_id()) == trace; }));
}

TEST_F(TracesTest, CallsOfAUnitOfWorkNameIt) {
  const std::string owner = NewProfile();
  const Sampled begin;
  const Unit unit(&server(), Json::object(), begin.options);
  const std::string unit_id = unit.info().value("id", "");
  ASSERT_FALSE(unit_id.empty());
  CallOptions inside;
  inside.headers.emplace_back("rowkeeper-unit-of-work", unit.handle());
  const Sampled create(inside);
  server().MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", "T"}}}}, create.options);
  const Sampled commit;
  server().MustCall("UnitOfWork.Commit", {{"handle", unit.handle()}}, commit.options);

  EXPECT_EQ(SpansOf(begin).back().name(), "rowkeeper.v1.UnitOfWork/Begin");
  const auto spans = SpansOf(create);
  EXPECT_THAT(NamesOf(spans), ElementsAre("queue", "INSERT todos", "planner.v1.TodoRepository/Create"));
  EXPECT_THAT(AttributesOf(spans.back()), Contains(Pair("rowkeeper.unit_of_work", unit_id)));
  EXPECT_THAT(NamesOf(SpansOf(commit)), Contains("COMMIT"));
  EXPECT_THAT(AttributesOf(SpansOf(commit).back()), Contains(Pair("rowkeeper.unit_of_work", unit_id)));
}

TEST_F(TracesTest, RunHasASpanForEachStatementAndItsCommit) {
  const std::string owner = NewProfile();
  RunRequest run(&server());
  for (const char* title : {"A", "B"}) {
    run.Add("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", title}}}});
  }
  const Sampled call;
  ASSERT_TRUE(run.Send(call.options).ok());
  const auto spans = SpansOf(call);
  const auto names = NamesOf(spans);
  EXPECT_EQ(std::count(names.begin(), names.end(), "INSERT todos"), 2);
  EXPECT_EQ(std::count(names.begin(), names.end(), "queue"), 1);
  EXPECT_THAT(names, Contains("COMMIT"));
  EXPECT_EQ(names.back(), "rowkeeper.v1.UnitOfWork/Run");
  EXPECT_THAT(AttributesOf(Named(spans, "COMMIT")),
              AllOf(Contains(Pair("db.operation.name", "COMMIT")), Not(Contains(Key("db.query.text")))));
}

std::string Uuid(int number) { return Cat("00000000-0000-4000-8000-00000000000", number); }

TEST_F(TracesTest, StreamsHaveTheSpansOfAllTheirMessages) {
  const std::string owner = NewProfile();
  const Sampled in;
  StreamClient import(&server(), "TodoRepository.Import", in.options);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(import.Send({{"todos", Json::array({{{"id", Uuid(i)}, {"owner_id", owner}, {"title", "T"}}})}}));
    ASSERT_TRUE(import.Receive().has_value());
  }
  import.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&import)), "OK");
  const auto names = NamesOf(SpansOf(in));
  EXPECT_EQ(std::count(names.begin(), names.end(), "INSERT todos"), 3);
  EXPECT_EQ(names.back(), "planner.v1.TodoRepository/Import");

  const Sampled out;
  const auto exported = StartExport(&server(), "TodoRepository.Export", Json::object(), out.options);
  EXPECT_EQ(Summary(EndOf(exported.get())), "OK");
  const auto of_export = SpansOf(out);
  EXPECT_EQ(of_export.back().name(), "planner.v1.TodoRepository/Export");
  EXPECT_GE(of_export.size(), 2);
}

TEST_F(TracesTest, ACallThatIsRefusedIsNoErrorOfTheServer) {
  const Sampled call;
  EXPECT_EQ(ReasonOf(Call("ProfileRepository.GetById", {{"id", "no uuid"}}, call.options)), "INVALID_FIELD");
  const auto spans = SpansOf(call);
  EXPECT_THAT(NamesOf(spans), ElementsAre("planner.v1.ProfileRepository/GetById"));
  EXPECT_FALSE(IsError(spans.back()));
  EXPECT_THAT(AttributesOf(spans.back()), AllOf(Contains(Pair("rpc.response.status_code", "INVALID_ARGUMENT")),
                                                Contains(Pair("error.type", "INVALID_ARGUMENT")),
                                                Contains(Pair("rowkeeper.reason", "INVALID_FIELD"))));
}

TEST_F(TracesTest, AStatementThatFailsHasItsSqlstate) {
  const std::string handle = Unique();
  MustCall("ProfileRepository.Create", {{"profile", Profile(handle)}});
  const Sampled call;
  EXPECT_EQ(ReasonOf(Call("ProfileRepository.Create", {{"profile", Profile(handle)}}, call.options)),
            "UNIQUE_VIOLATION");
  const auto spans = SpansOf(call);
  EXPECT_FALSE(IsError(spans.back()));
  const Span statement = Named(spans, "INSERT profiles");
  EXPECT_TRUE(IsError(statement));
  EXPECT_THAT(AttributesOf(statement),
              AllOf(Contains(Pair("db.response.status_code", "23505")), Contains(Pair("error.type", "23505")),
                    Not(Contains(Key("db.response.returned_rows")))));
}

TEST_F(TracesTest, ACallThatFailsIsAnError) {
  const std::string id = NewProfile();
  Blocker blocker(&server(), Cat("SELECT 1 FROM profiles WHERE id = '", id, "' FOR UPDATE"));
  Sampled call;
  call.options.timeout = std::chrono::milliseconds(3000);  // within which the statement is sent, on a busy machine too
  EXPECT_EQ(Call("ProfileRepository.Update",
                 {{"profile", {{"id", id}, {"display_name", "B"}}}, {"update_mask", "display_name"}}, call.options)
                .status()
                .code(),
            absl::StatusCode::kDeadlineExceeded);
  const auto spans = SpansOf(call);
  const auto told = AttributesOf(spans.back());
  // Whether its deadline was noticed here or there: a caller that leaves is no error.
  EXPECT_EQ(IsError(spans.back()), told.at("rpc.response.status_code") == "DEADLINE_EXCEEDED");
  EXPECT_TRUE(IsError(Named(spans, "UPDATE profiles")));
}

TEST_F(TracesTest, NoValueIsInAnySpan) {
  const std::string secret = "secret" + Unique();
  const Sampled create, list, fail;
  server().MustCall("ProfileRepository.Create", {{"profile", Profile(secret)}}, create.options);
  server().MustCall("ProfileRepository.GetByHandle", {{"handle", secret}}, list.options);
  EXPECT_FALSE(Call("ProfileRepository.Create", {{"profile", Profile(secret)}}, fail.options).ok());
  for (const Sampled* call : {&create, &list, &fail}) {
    for (const Span& span : SpansOf(*call)) EXPECT_THAT(span.ShortDebugString(), Not(HasSubstr(secret)));
  }
}

TEST_F(TracesTest, WhatBecameOfSpansIsCounted) {
  const Sampled call;
  server().MustCall("ProfileRepository.List", Json::object(), call.options);
  SpansOf(call);
  EXPECT_TRUE(rowkeeper::testing::Eventually(
      [] { return server().MetricsText().find("rowkeeper_spans_waiting 0") != std::string::npos; }));
  const std::string metrics = server().MetricsText();
  EXPECT_THAT(metrics, HasSubstr("rowkeeper_spans_dropped_total{cause=\"buffer\"} 0"));
  EXPECT_THAT(metrics, HasSubstr("rowkeeper_span_export_failures_total 0"));
  EXPECT_THAT(metrics, Not(HasSubstr("rowkeeper_spans_exported_total 0")));
}

TEST(TracesOfManyTest, ACallThatRunsWithOthersHasTheirStatement) {
  constexpr int kCalls = 16;
  TraceCollector collector;
  InProcessServer::Options options;
  options.serve.traces.endpoint = collector.endpoint();
  options.serve.traces.sample_ratio = 0;
  options.time = InProcessServer::Options::Time::kStill;  // so that calls wait for their lane, and never too long
  InProcessServer server(CompileExample("planner/v1"), options);
  ASSERT_TRUE(server.ok());
  const Json profile = server.MustCall("ProfileRepository.Create",
                                       {{"profile", {{"email", "a@b.c"}, {"handle", "a"}, {"display_name", "A"}}}});
  server.MustCall("ProfileRepository.GetById", {{"id", profile["id"]}});
  std::vector<Sampled> calls(kCalls);
  std::vector<std::future<bool>> answers;
  {
    Blocker blocker(&server, "LOCK TABLE profiles IN ACCESS EXCLUSIVE MODE");
    for (const Sampled& call : calls) {
      answers.push_back(std::async(std::launch::async, [&] {
        return server.Call("ProfileRepository.GetById", {{"id", profile["id"]}}, call.options).ok();
      }));
    }
    ASSERT_TRUE(rowkeeper::testing::Eventually(
        [&] { return server.MetricsText().find(Cat("rowkeeper_calls_in_flight ", kCalls)) != std::string::npos; }));
    blocker.End();
  }
  for (auto& answer : answers) EXPECT_TRUE(answer.get());
  // A call is answered first, and hands its spans over then.
  ASSERT_TRUE(server.AdvanceUntil([&] {
    const auto all = collector.spans();
    return kCalls == std::count_if(all.begin(), all.end(),
                                   [](const Span& span) { return span.kind() == Span::SPAN_KIND_SERVER; });
  }));

  int merged = 0;
  std::set<std::string> ids;
  for (const Sampled& call : calls) {
    const auto spans = collector.Await(call.trace);
    ASSERT_FALSE(spans.empty());
    const Span statement = Named(spans, "SELECT profiles");
    EXPECT_EQ(statement.parent_span_id(), spans.back().span_id());
    EXPECT_THAT(NamesOf(spans), Contains("queue"));
    for (const Span& span : spans) EXPECT_TRUE(ids.insert(span.span_id()).second);
    const auto told = AttributesOf(statement);
    if (told.count("rowkeeper.merged_calls") == 0) continue;
    ++merged;
    EXPECT_THAT(std::stoi(told.at("rowkeeper.merged_calls")), AllOf(::testing::Ge(2), ::testing::Le(kCalls)));
  }
  EXPECT_GE(merged, 2);
}

TEST(TracesOfAllTest, ARatioOfOneSamplesCallsWithoutATrace) {
  TraceCollector collector;
  {
    InProcessServer::Options options;
    options.serve.traces.endpoint = collector.endpoint();
    options.serve.traces.sample_ratio = 1;
    options.serve.traces.service_name = "shop";
    InProcessServer server(CompileExample("planner/v1"), options);
    ASSERT_TRUE(server.ok());
    server.MustCall("ProfileRepository.List", Json::object());
    server.Stop();  // which sends what waits
  }
  const auto spans = collector.spans();
  const Span call = Named(spans, "planner.v1.ProfileRepository/List");
  EXPECT_THAT(call.parent_span_id(), IsEmpty());
  EXPECT_EQ(call.flags(), 0x101);
  const TraceCollector::Request request = collector.requests().at(0);
  EXPECT_THAT(AttributesOf(request.resource_spans(0).resource()),
              AllOf(Contains(Pair("service.name", "shop")), Contains(Key("service.version")),
                    Contains(Key("service.instance.id")), Contains(Key("host.name"))));
}

TEST(TracesOfStrangersTest, ACallWithoutAnIdentityHasASpan) {
  const TestSigningKey key(TestSigningKey::Kind::kEd25519, "one");
  const TemporaryDirectory directory;
  ReplaceTestFile(directory.path() + "/keys.json", JwkSet({key.Jwk()}));
  TraceCollector collector;
  InProcessServer::Options options;
  options.serve.identity.jwt_keys = directory.path();
  options.serve.identity.jwt_issuer = kTestIssuer;
  options.serve.identity.jwt_audiences = {kTestAudience};
  options.serve.traces.endpoint = collector.endpoint();
  InProcessServer server(CompileExample("planner/v1"), options);
  ASSERT_TRUE(server.ok());
  const Sampled call, stream;
  EXPECT_EQ(ReasonOf(server.Call("ProfileRepository.List", Json::object(), call.options)), "IDENTITY_REQUIRED");
  const auto exported = StartExport(&server, "TodoRepository.Export", Json::object(), stream.options);
  EXPECT_EQ(ReasonOf(EndOf(exported.get())), "IDENTITY_REQUIRED");
  for (const Sampled* one : {&call, &stream}) {
    const auto spans = collector.Await(one->trace);
    ASSERT_EQ(spans.size(), 1);
    EXPECT_THAT(AttributesOf(spans[0]), AllOf(Contains(Pair("rpc.response.status_code", "UNAUTHENTICATED")),
                                              Contains(Pair("rowkeeper.reason", "IDENTITY_REQUIRED"))));
    EXPECT_FALSE(IsError(spans[0]));
  }
}

}  // namespace
}  // namespace rowkeeper::testing
