#include <unistd.h>

#include <cstdlib>

#include "server/base/ids.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

/// A directory for a unix socket.
class SocketDirectory {
 public:
  SocketDirectory() : path_(mkdtemp(name_)) {}
  ~SocketDirectory() {
    unlink((path_ + "/s").c_str());
    rmdir(path_.c_str());
  }
  std::string address() const { return "unix:" + path_ + "/s"; }

 private:
  char name_[32] = "/tmp/rk-uow-XXXXXX";
  std::string path_;
};

constexpr char kSharedKey[] = "a secret of all servers";

InProcessServer::Options ListeningAlsoOn(const std::string& address) {
  InProcessServer::Options options;
  options.serve.listen.push_back(address);
  options.serve.page_token_key = kSharedKey;
  return options;
}

/// A server with two kinds of callers: over TCP, and over a unix socket.
class HandleTest : public ::testing::Test {
 protected:
  using Answers = std::vector<std::pair<std::string, CallResult>>;

  /// What every method that takes a handle answers to `handle`, except Rollback.
  Answers AskAbout(const std::string& handle, const CallOptions& options = CallOptions()) {
    Answers answers;
    for (const char* method : {"Commit", "Get", "Savepoint"}) {
      answers.emplace_back(method, server_.Call(std::string("UnitOfWork.") + method, {{"handle", handle}}, options));
    }
    for (const char* method : {"RollbackTo", "Release"}) {
      const Json request = {{"handle", handle}, {"name", "s"}};
      answers.emplace_back(method, server_.Call(std::string("UnitOfWork.") + method, request, options));
    }
    CallOptions inside = options;
    inside.headers.emplace_back("rowkeeper-unit-of-work", handle);
    answers.emplace_back("List", server_.Call("TodoRepository.List", Json::object(), inside));
    return answers;
  }
  CallResult RollBack(const std::string& handle, const CallOptions& options = CallOptions()) {
    return server_.Call("UnitOfWork.Rollback", {{"handle", handle}}, options);
  }
  /// What the answer says of where the unit is; empty when it does not say.
  std::string AddressOfAForeignUnit(InProcessServer* other) {
    const Unit unit(other);
    const CallResult answer = server_.Call("UnitOfWork.Get", {{"handle", unit.handle()}});
    EXPECT_EQ(Summary(answer), "FAILED_PRECONDITION UNIT_OF_WORK_ELSEWHERE");
    EXPECT_EQ(Summary(unit.Commit()), "OK");
    return MetadataOf(answer.status(), "address");
  }
  CallOptions OverUnixSocket() {
    CallOptions options;
    options.channel = NewChannel(server_.addresses().back());
    return options;
  }

  SocketDirectory directory_;
  InProcessServer server_{CompileExample("planner/v1"), ListeningAlsoOn(directory_.address())};
};

/// A handle with other text in place of its end, which is random.
std::string Changed(std::string handle) {
  handle[handle.size() - 2] = handle[handle.size() - 2] == 'A' ? 'B' : 'A';
  return handle;
}

TEST_F(HandleTest, AnotherCallersHandleIsAnsweredAsOneThatNeverWas) {
  const Unit unit(&server_);
  const CallOptions stranger = OverUnixSocket();
  const Answers theirs = AskAbout(unit.handle(), stranger);
  const Answers invented = AskAbout(Changed(unit.handle()), stranger);
  for (size_t i = 0; i < theirs.size(); ++i) {
    EXPECT_EQ(Summary(theirs[i].second), "NOT_FOUND UNIT_OF_WORK_NOT_FOUND") << theirs[i].first;
    EXPECT_EQ(theirs[i].second.status().ToString(), invented[i].second.status().ToString()) << theirs[i].first;
  }
  EXPECT_EQ(*RollBack(unit.handle(), stranger), Json::object());
  EXPECT_EQ(*RollBack(Changed(unit.handle()), stranger), Json::object());
  EXPECT_EQ(unit.State(), "OPEN") << "nothing of it reached the unit";
  EXPECT_EQ(unit.Get().value("calls", "0"), "0");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  for (const auto& [method, answer] : AskAbout(unit.handle(), stranger)) {
    EXPECT_EQ(Summary(answer), "NOT_FOUND UNIT_OF_WORK_NOT_FOUND") << method << " of an ended unit";
  }
}

TEST_F(HandleTest, CallersOverAUnixSocketHaveUnitsOfTheirOwn) {
  const CallOptions local = OverUnixSocket();
  const Unit unit(&server_, Json::object(), local);
  EXPECT_EQ(unit.info()["caller"], "unix:");
  EXPECT_EQ(unit.info()["server"], server_.addresses().front());
  EXPECT_EQ(Summary(server_.Call("UnitOfWork.Get", {{"handle", unit.handle()}})), "NOT_FOUND UNIT_OF_WORK_NOT_FOUND");
  EXPECT_EQ(Summary(unit.Call("TodoRepository.List", Json::object())), "OK");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(HandleTest, MalformedHandlesAreInvalidAndNotRepeated) {
  const Unit unit(&server_);
  for (const std::string& handle : {std::string("x"), std::string("no handle of anyone"), unit.handle() + "=",
                                    unit.handle() + "AAAA" + std::string(600, 'A'), std::string("AAAA")}) {
    for (const auto& [method, answer] : AskAbout(handle)) {
      EXPECT_EQ(Summary(answer), "INVALID_ARGUMENT INVALID_HEADER") << method << " " << handle;
      if (handle.size() > 4) {
        EXPECT_THAT(std::string(answer.status().message()), Not(HasSubstr(handle)));
      }
    }
    EXPECT_EQ(Summary(RollBack(handle)), "INVALID_ARGUMENT INVALID_HEADER") << handle;
  }
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

TEST_F(HandleTest, AnEndedUnitTakesNoMoreCallsAndSaysHowItEnded) {
  const Unit committed(&server_);
  const Unit rolled_back(&server_);
  EXPECT_EQ(Summary(committed.Commit()), "OK");
  EXPECT_EQ(Summary(rolled_back.Rollback()), "OK");
  const CallResult after_commit = committed.Call("TodoRepository.List", Json::object());
  EXPECT_EQ(Summary(after_commit), "FAILED_PRECONDITION UNIT_OF_WORK_ENDED");
  EXPECT_EQ(MetadataOf(after_commit.status(), "outcome"), "COMMITTED");
  for (const CallResult& late : {rolled_back.Savepoint("x"), rolled_back.Commit()}) {
    EXPECT_EQ(Summary(late), "FAILED_PRECONDITION UNIT_OF_WORK_ENDED");
    EXPECT_EQ(MetadataOf(late.status(), "outcome"), "ROLLED_BACK");
  }
}

TEST_F(HandleTest, ErrorsAndListsShowNoHandle) {
  const Unit unit(&server_);
  EXPECT_EQ(Summary(unit.Commit()), "OK");
  for (const auto& [method, answer] : AskAbout(unit.handle())) {
    const std::string text = answer.ok() ? answer->dump() : answer.status().ToString();
    EXPECT_THAT(text, Not(HasSubstr(unit.handle()))) << method;
    EXPECT_THAT(text, Not(HasSubstr(unit.handle().substr(unit.handle().size() - 22)))) << method;
  }
}

TEST_F(HandleTest, AnotherServersHandleIsSentToItsAddress) {
  InProcessServer::Options options;
  options.serve.page_token_key = "new";
  options.serve.other_page_token_key = kSharedKey;
  InProcessServer other(CompileExample("planner/v1"), options);
  EXPECT_EQ(AddressOfAForeignUnit(&other), "") << "this server does not know the new key";
  options.serve.page_token_key = kSharedKey;
  options.serve.other_page_token_key = "";
  InProcessServer another(CompileExample("planner/v1"), options);
  EXPECT_EQ(AddressOfAForeignUnit(&another), another.addresses().front());
}

TEST_F(HandleTest, AForgedAddressIsNotRepeated) {
  InProcessServer::Options options;
  options.serve.advertise_address = "evil.example:443";
  InProcessServer other(CompileExample("planner/v1"), options);
  const Unit unit(&other);
  for (const auto& [method, answer] : AskAbout(unit.handle())) {
    EXPECT_EQ(Summary(answer), "FAILED_PRECONDITION UNIT_OF_WORK_ELSEWHERE") << method;
    EXPECT_THAT(answer.status().ToString(), Not(HasSubstr("evil"))) << method;
  }
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(HandleTest, AnotherServersHandleReachesNoUnit) {
  InProcessServer::Options options;
  options.serve.page_token_key = kSharedKey;
  InProcessServer other(CompileExample("planner/v1"), options);
  const Unit unit(&other);
  for (const auto& [method, answer] : AskAbout(unit.handle())) {
    EXPECT_EQ(Summary(answer), "FAILED_PRECONDITION UNIT_OF_WORK_ELSEWHERE") << method;
    EXPECT_THAT(std::string(answer.status().message()), HasSubstr(other.addresses().front()));
  }
  EXPECT_EQ(Summary(RollBack(unit.handle())), "FAILED_PRECONDITION UNIT_OF_WORK_ELSEWHERE");
  EXPECT_EQ(unit.State(), "OPEN");
  EXPECT_EQ(Summary(unit.Commit()), "OK");
}

TEST_F(HandleTest, AnEarlierProcessesUnitHasExpiredAndItsCommitIsUnknown) {
  const Unit unit(&server_);
  EXPECT_EQ(Summary(unit.Call("TodoRepository.List", Json::object())), "OK");
  server_.Stop();
  server_.Start();
  for (const auto& [method, answer] : AskAbout(unit.handle())) {
    const bool asks_for_the_outcome = method == "Commit" || method == "Get";
    EXPECT_EQ(Summary(answer), asks_for_the_outcome ? "UNKNOWN COMMIT_OUTCOME_UNKNOWN" : "ABORTED UNIT_OF_WORK_EXPIRED")
        << method;
    EXPECT_EQ(MetadataOf(answer.status(), "cause"), "SERVER_RESTARTED");
    EXPECT_THAT(std::string(answer.status().message()), ::testing::HasSubstr("read the rows before you write again"));
  }
  EXPECT_EQ(*RollBack(unit.handle()), Json::object());
}

TEST(AdvertisedAddressTest, IsInHandlesInfosAndReferrals) {
  InProcessServer::Options options;
  options.serve.page_token_key = kSharedKey;
  InProcessServer other(CompileExample("planner/v1"), options);
  options.serve.advertise_address = "rows-1.internal:443";
  InProcessServer server(CompileExample("planner/v1"), options);
  const Unit unit(&server);
  EXPECT_EQ(unit.info()["server"], "rows-1.internal:443");
  const CallResult referred = other.Call("UnitOfWork.Get", {{"handle", unit.handle()}});
  EXPECT_EQ(MetadataOf(referred.status(), "address"), "rows-1.internal:443");
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

TEST(AdvertisedAddressTest, IsTheMachinesNameWhereTheServerListensEverywhere) {
  InProcessServer::Options options;
  options.serve.listen = {"0.0.0.0:0"};
  options.serve.tls.insecure = true;
  InProcessServer server(CompileExample("planner/v1"), options);
  char name[256] = {};
  ASSERT_EQ(gethostname(name, sizeof(name) - 1), 0);
  const std::string& bound = server.addresses().front();
  const Unit unit(&server);
  EXPECT_EQ(unit.info()["server"], name + bound.substr(bound.rfind(':')));
  EXPECT_EQ(Summary(unit.Rollback()), "OK");
}

}  // namespace
}  // namespace rowkeeper::testing
