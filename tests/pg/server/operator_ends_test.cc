// What becomes of calls and units of work that an operator ends on the admin listener.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "tests/pg/server/blocker.h"
#include "tests/pg/server/running_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/support/scrape.h"

namespace rowkeeper::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kEnded[] = "CANCELLED ENDED_BY_OPERATOR";
constexpr char kUpdate[] = "planner.v1.TodoRepository.Update";

class OperatorEndsTest : public RunningTest {
 protected:
  static std::string Send(const std::string& body, const std::string& headers = "",
                          std::string_view path = "/status/running.json") {
    return Ask(Cat("POST ", path, " HTTP/1.1\r\nHost: localhost\r\n", headers,
                   "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: ", body.size(), "\r\n\r\n",
                   body));
  }
  static std::string Token() {
    std::string token = kAdminToken;
    std::replace(token.begin(), token.end(), ' ', '+');
    return Cat("token=", token);
  }
  static std::string End(const std::string& what, const std::string& name) {
    return Send(Cat(Token(), "&", what, "=", name));
  }
  static bool WaitsForLock(const Json& call) { return !call.value("waits_for", Json()).is_null(); }
  static double Ends(const std::string& target, const std::string& outcome) {
    return Scrape(server().MetricsText())
        .Sum("rowkeeper_operator_ends_total", {{"target", target}, {"outcome", outcome}});
  }
  static std::string TitleOf(const Json& todo) { return GetTodo(todo.value("id", "")).value("title", ""); }
};

TEST_F(OperatorEndsTest, ACallIsCancelledAndItsCallerIsToldWhoDidIt) {
  const Json todo = NewTodo(NewProfile());
  const double before = Ends("call", "asked");
  Blocker blocker(&server(), LockTodo(todo));
  auto update = Start("TodoRepository.Update", NewTitle(todo));
  const auto call = AwaitCall(kUpdate, WaitsForLock);
  EXPECT_THAT(End("call", NumberOf(call)), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("was asked to end.")));
  EXPECT_EQ(Summary(update.get()), kEnded);
  EXPECT_TRUE(rowkeeper::testing::Eventually(&server(), Cat("NOT ", kAnyWaiting))) << "its statement has ended, too";
  blocker.End();
  EXPECT_EQ(TitleOf(todo), todo.value("title", ""));
  EXPECT_EQ(Ends("call", "asked"), before + 1);
  EXPECT_THAT(End("call", NumberOf(call)), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("does not run any more")));
}

TEST_F(OperatorEndsTest, ACallThatWaitsForItsTurnInAUnitIsEndedAndTheUnitGoesOn) {
  const Json todo = NewTodo(NewProfile());
  const Unit unit(&server(), LongLease("two calls"));
  Blocker blocker(&server(), LockTodo(todo));
  auto first = Start("TodoRepository.Update", NewTitle(todo), unit.Inside());
  (void)AwaitCall(kUpdate, WaitsForLock);
  auto second = Start("TodoRepository.GetById", {{"id", todo["id"]}}, unit.Inside());
  const auto waiting = AwaitCall("planner.v1.TodoRepository.GetById",
                                 [](const Json& call) { return call.value("place", "") == "waits for its turn"; });
  EXPECT_THAT(End("call", NumberOf(waiting)), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(Summary(second.get()), kEnded);
  blocker.End();
  EXPECT_TRUE(first.get().ok());
  EXPECT_TRUE(unit.Commit().ok());
}

TEST_F(OperatorEndsTest, ACallThatRunsInAUnitFailsTheUnit) {
  const Json todo = NewTodo(NewProfile());
  const Unit unit(&server(), LongLease("fails"));
  Blocker blocker(&server(), LockTodo(todo));
  CallOptions first = unit.Inside();
  first.headers.emplace_back("rowkeeper-sequence", "1");
  auto update = Start("TodoRepository.Update", NewTitle(todo), first);
  const auto call = AwaitCall(kUpdate, WaitsForLock);
  EXPECT_THAT(End("call", NumberOf(call)), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(Summary(update.get()), kEnded);
  blocker.End();
  EXPECT_EQ(Summary(unit.Numbered("1", "TodoRepository.Update", NewTitle(todo))), kEnded) << "sent again";
  EXPECT_THAT(unit.Get().value("failure", ""), HasSubstr("an operator of the server ended the call"));
  const auto committed = unit.Commit();
  EXPECT_EQ(Summary(committed), "FAILED_PRECONDITION UNIT_OF_WORK_FAILED");
  EXPECT_THAT(std::string(committed.status().message()), HasSubstr("an operator of the server ended the call"));
  EXPECT_EQ(TitleOf(todo), todo.value("title", ""));
}

TEST_F(OperatorEndsTest, AUnitIsRolledBackAndItsCallerIsToldWhoDidIt) {
  const Json todo = NewTodo(NewProfile());
  const Unit unit(&server(), LongLease("idle"));
  unit.MustCall("TodoRepository.Update", NewTitle(todo));
  const std::string id = unit.info().value("id", "");
  const double before = Ends("unit", "ended");
  EXPECT_THAT(End("unit", id), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("is being rolled back")));
  EXPECT_TRUE(rowkeeper::testing::Eventually([&] { return UnitOf(id).empty(); }));
  const auto late = unit.Call("TodoRepository.GetById", {{"id", todo["id"]}});
  EXPECT_EQ(Summary(late), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(MetadataOf(late.status(), "cause"), "OPERATOR");
  EXPECT_THAT(std::string(late.status().message()), HasSubstr("an operator of the server ended it"));
  EXPECT_EQ(Summary(unit.Commit()), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(unit.Get().value("end", ""), "UNIT_OF_WORK_END_OPERATOR");
  EXPECT_EQ(TitleOf(todo), todo.value("title", ""));
  EXPECT_TRUE(Call("TodoRepository.Update", NewTitle(todo)).ok()) << "its locks are free";
  EXPECT_EQ(Ends("unit", "ended"), before + 1);
  EXPECT_THAT(End("unit", id), AllOf(StartsWith("HTTP/1.1 404"), HasSubstr("is not open any more")));
}

TEST_F(OperatorEndsTest, AUnitInWhichACallRunsIsRolledBackOnceThatIsStopped) {
  const Json todo = NewTodo(NewProfile());
  const Unit unit(&server(), LongLease("busy"));
  Blocker blocker(&server(), LockTodo(todo));
  auto update = Start("TodoRepository.Update", NewTitle(todo), unit.Inside());
  (void)AwaitCall(kUpdate, WaitsForLock);
  EXPECT_THAT(End("unit", unit.info().value("id", "")), StartsWith("HTTP/1.1 200"));
  const auto updated = update.get();
  EXPECT_EQ(Summary(updated), "ABORTED UNIT_OF_WORK_EXPIRED");
  EXPECT_EQ(MetadataOf(updated.status(), "cause"), "OPERATOR");
  blocker.End();
  EXPECT_EQ(TitleOf(todo), todo.value("title", ""));
}

/// Nothing stops it, so nothing else may be said of it.
TEST_F(OperatorEndsTest, ACommitThatIsUnderWayGoesOnAndIsAnsweredWithItsOutcome) {
  server().database().Run(
      "CREATE FUNCTION wait_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
      "IF NEW.title = 'at commit' THEN PERFORM pg_advisory_xact_lock(4711); END IF; RETURN NULL; END $$; "
      "CREATE CONSTRAINT TRIGGER wait_at_commit AFTER INSERT ON todos DEFERRABLE INITIALLY DEFERRED "
      "FOR EACH ROW EXECUTE FUNCTION wait_at_commit()");
  Blocker blocker(&server(), "SELECT pg_advisory_xact_lock(4711)");
  const std::string owner = NewProfile();
  const Unit unit(&server(), LongLease("commits"));
  unit.MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", "at commit"}}}});
  auto commit = std::async(std::launch::async, [&unit] { return unit.Commit(); });
  const auto call = AwaitCall("rowkeeper.v1.UnitOfWork.Commit",
                              [](const Json& one) { return one.value("place", "") == "at PostgreSQL"; });
  EXPECT_THAT(End("unit", unit.info().value("id", "")),
              AllOf(StartsWith("HTTP/1.1 409"), HasSubstr("its COMMIT is under way")));
  const double asked = Ends("call", "asked");
  EXPECT_THAT(End("call", NumberOf(call)), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("was asked to end.")));
  EXPECT_THAT(End("call", NumberOf(call)), AllOf(StartsWith("HTTP/1.1 200"), HasSubstr("was asked to end before")));
  EXPECT_EQ(Ends("call", "asked"), asked + 1);
  blocker.End();
  EXPECT_TRUE(commit.get().ok());
  EXPECT_EQ(server().database().Value(Cat("SELECT count(*) FROM todos WHERE owner_id = '", owner, "'")), "1");
}

TEST_F(OperatorEndsTest, AStreamIsEndedAndSaysWhoDidIt) {
  server().database().Run(Cat("INSERT INTO todos (owner_id, title, priority, notes) SELECT '", NewProfile(),
                              "', 'to do ' || i, 1, repeat('x', 2000) FROM generate_series(1, 5000) i"));
  const auto stream = StartExport(&server(), "TodoRepository.Export", Json::object());
  const auto call = AwaitCall("planner.v1.TodoRepository.Export",
                              [](const Json& one) { return one.value("place", "") == "waits for its caller"; });
  EXPECT_THAT(End("call", NumberOf(call)), StartsWith("HTTP/1.1 200"));
  EXPECT_EQ(Summary(EndOf(stream.get())), kEnded);
}

TEST_F(OperatorEndsTest, WhoHasNoTokenEndsNothing) {
  const Unit unit(&server(), LongLease("stays"));
  const std::string target = Cat("unit=", unit.info().value("id", ""));
  const double before = Scrape(server().MetricsText()).Sum("rowkeeper_operator_refused_total");
  for (const std::string& token : {std::string(), std::string("token=&"), std::string("token=a+word&"),
                                   Cat(Token(), "x&"), Cat(Token().substr(0, 20), "&")}) {
    EXPECT_THAT(Send(Cat(token, target)), AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("not the admin token"))) << token;
  }
  EXPECT_EQ(Scrape(server().MetricsText()).Sum("rowkeeper_operator_refused_total"), before + 5);
  EXPECT_EQ(unit.State(), "OPEN");
}

/// What a browser says of a form that another site had it send.
TEST_F(OperatorEndsTest, AFormOfAnotherSiteIsRefusedEvenWithTheToken) {
  const Unit unit(&server(), LongLease("stays"));
  const std::string body = Cat(Token(), "&unit=", unit.info().value("id", ""));
  for (const char* headers : {"Origin: https://evil.example\r\n", "Origin: null\r\n", "Sec-Fetch-Site: cross-site\r\n",
                              "Sec-Fetch-Site: same-site\r\nOrigin: http://localhost\r\n"}) {
    EXPECT_THAT(Send(body, headers), AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("another web site"))) << headers;
  }
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_THAT(Send(body, "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost\r\n"), StartsWith("HTTP/1.1 200"));
}

TEST_F(OperatorEndsTest, AFormThatAsksForNothingOrForTooMuchIsRefused) {
  for (const std::string& rest : {std::string(), std::string("&call=1&unit=2"), std::string("&call=")}) {
    EXPECT_THAT(Send(Cat(Token(), rest)), StartsWith("HTTP/1.1 400")) << rest;
  }
  for (const char* number : {"0", "-1", "x", "18446744073709551616", "1x"}) {
    EXPECT_THAT(End("call", number), StartsWith("HTTP/1.1 404")) << number;
  }
}

TEST_F(OperatorEndsTest, ThePageHasAButtonForEachAndNoScripts) {
  const Unit unit(&server(), LongLease("tea <set>"));
  const std::string id = unit.info().value("id", "");
  const std::string page = Page("/status/running");
  EXPECT_THAT(page, AllOf(HasSubstr("form-action 'self'"), HasSubstr("Referrer-Policy: same-origin"),
                          HasSubstr("<form id=\"act\" method=\"post\" action=\"/status/running\">"),
                          HasSubstr(Cat("name=\"unit\" value=\"", id, "\" aria-label=\"End unit of work ", id,
                                        ", tea &lt;set&gt;\""))));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("<script")), Not(HasSubstr(kAdminToken))));
  EXPECT_THAT(Page("/status"), HasSubstr("form-action 'none'"));
}

TEST(NoAdminTokenTest, NobodyEndsAnythingAndThereAreNoButtons) {
  InProcessServer::Options options;
  options.serve.admin_listen = "127.0.0.1:0";
  options.serve.units.max_idle_limit_s = 600;
  InProcessServer server(CompileExample("planner/v1"), options);
  ASSERT_TRUE(server.ok());
  const Unit unit(&server, LongLease("stays"));
  ListenAddress address;
  ASSERT_TRUE(ParseListenAddress(server.process().admin_address(), &address).ok());
  const std::string page = RawClient(address).Ask(HttpRequest("/status/running"));
  EXPECT_THAT(page, AllOf(HasSubstr(unit.info().value("id", "")), Not(HasSubstr("<form")), Not(HasSubstr("<button"))));
  const std::string body = Cat("token=&unit=", unit.info().value("id", ""));
  const std::string answer = RawClient(address).Ask(
      Cat("POST /status/running HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
          "Content-Length: ",
          body.size(), "\r\n\r\n", body));
  EXPECT_THAT(answer, AllOf(StartsWith("HTTP/1.1 403"), HasSubstr("has no admin token"), HasSubstr("--admin-token")));
  EXPECT_EQ(unit.State(), "OPEN");
}

}  // namespace
}  // namespace rowkeeper::testing
