// Whatever is logged while a call runs says for which call: every kind of call is made with a request id of its own,
// and the statements that it led to are looked for in the log.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/log_capture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kTrace[] = "0af7651916cd43dd8448eb211c80319c";

using Header = std::pair<std::string, std::string>;

CallOptions As(const std::string& id, const std::vector<Header>& more = {}) {
  CallOptions options;
  options.headers = {{"x-request-id", id}, {"traceparent", Cat("00-", kTrace, "-b7ad6b7169203331-01")}};
  options.headers.insert(options.headers.end(), more.begin(), more.end());
  return options;
}

Json NewProfile(const std::string& handle) {
  return {{"profile", {{"email", handle + "@example.org"}, {"handle", handle}, {"display_name", "Ada"}}}};
}

/// Makes calls of every kind; gives their request ids.
std::vector<std::string> CallInEveryWay(InProcessServer* server) {
  server->MustCall("ProfileRepository.List", Json::object(), As("read"));
  const Json ada = server->MustCall("ProfileRepository.Create", NewProfile("ada"), As("write"));
  EXPECT_FALSE(server->Call("ProfileRepository.Create", NewProfile("ada"), As("mistake")).ok());
  server->MustCall("ProfileRepository.Create", NewProfile("bob"), As("keyed", {{"idempotency-key", "k"}}));

  const Json unit = server->MustCall("UnitOfWork.Begin", Json::object(), As("begin"));
  const Json about = {{"handle", unit["handle"]}};
  const Header inside = {"rowkeeper-unit-of-work", unit.value("handle", "")};
  server->MustCall("ProfileRepository.Create", NewProfile("cay"), As("step", {inside}));
  Json savepoint = about;
  savepoint["name"] = "here";
  server->MustCall("UnitOfWork.Savepoint", savepoint, As("savepoint"));
  server->MustCall("UnitOfWork.RollbackTo", savepoint, As("back"));
  server->MustCall("UnitOfWork.Release", savepoint, As("release"));
  server->MustCall("UnitOfWork.Commit", about, As("commit"));

  RunRequest run(server);
  run.Add("ProfileRepository.Create", NewProfile("dee"));
  EXPECT_TRUE(run.Send(As("run")).ok());

  StreamClient import(server, "TodoRepository.Import", As("import"));
  const Json todo = {{"id", kNoId}, {"owner_id", ada["id"]}, {"title", "T"}};
  EXPECT_TRUE(import.Send({{"todos", Json::array({todo})}}));
  import.SendNoMore();
  EXPECT_EQ(Summary(EndOf(&import)), "OK");
  const auto exported = StartExport(server, "TodoRepository.Export", Json::object(), As("export"));
  EXPECT_EQ(Summary(EndOf(exported.get())), "OK");
  return {"read", "write",   "mistake", "keyed", "begin",  "step",  "savepoint",
          "back", "release", "commit",  "run",   "import", "export"};
}

/// Those of one call: its own, and those of what it led to.
struct LinesOfCall {
  int call = 0;
  int others = 0;
};

LinesOfCall LinesOf(const std::string& id, const std::string& log) {
  LinesOfCall found;
  std::istringstream lines(log);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(Cat(" request_id=", id, " trace_id=", kTrace)) == std::string::npos) continue;
    ++(line.find(" msg=call ") == std::string::npos ? found.others : found.call);
  }
  return found;
}

TEST(LogCallsTest, EveryLineOfACallNamesIt) {
  LogCapture capture;
  std::vector<std::string> ids;
  {
    InProcessServer::Options options;
    options.pool.echo = true;
    InProcessServer server(CompileExample("planner/v1"), options);
    ASSERT_TRUE(server.ok());
    CreateKeyTable(&server.database());
    ids = CallInEveryWay(&server);
  }
  const std::string log = capture.Read();
  for (const std::string& id : ids) {
    const LinesOfCall lines = LinesOf(id, log);
    EXPECT_EQ(lines.call, 1) << id;
    EXPECT_GE(lines.others, 1) << id << ": the statements that it led to are not said to be its own";
  }
  EXPECT_THAT(log, HasSubstr("sqlstate=23505")) << "the statement that failed has a line";
}

}  // namespace
}  // namespace rowkeeper::testing
