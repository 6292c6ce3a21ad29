#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/call_cost.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

InProcessServer::Options Allowing(const std::string& level) {
  InProcessServer::Options options;
  options.serve.debug_header = level;
  return options;
}

/// A planner server that tells plans too.
class DebugHeaderTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { server_ = new InProcessServer(CompileExample("planner/v1"), Allowing("plan")); }
  static void TearDownTestSuite() {
    delete server_;
    server_ = nullptr;
  }

  static CostedAnswer Cost(std::string_view method, const Json& request, const CallOptions& options = {}) {
    return CallCosted(server_, method, request, options);
  }
  static CostedAnswer Plan(std::string_view method, const Json& request, const CallOptions& options = {}) {
    return CallCosted(server_, method, request, options, "plan");
  }
  static Json Profile() {
    const std::string handle = RandomHex(8);
    return {{"profile", {{"email", handle + "@example.org"}, {"handle", handle}, {"display_name", "Ada"}}}};
  }
  static std::string NewProfile() { return server_->MustCall("ProfileRepository.Create", Profile()).value("id", ""); }

  static inline InProcessServer* server_ = nullptr;
};

TEST_F(DebugHeaderTest, AnAnswerSaysWhatItCost) {
  const CostedAnswer created = Cost("ProfileRepository.Create", Profile());
  ASSERT_TRUE(created.answer.ok()) << created.answer.status();
  EXPECT_EQ(created.statements, 1);
  EXPECT_EQ(created.rows, 1);
  EXPECT_GT(created.milliseconds, 0);
  EXPECT_LT(created.milliseconds, 10000);
  EXPECT_EQ(created.plan, "") << "was not asked for";

  const CostedAnswer read = Cost("ProfileRepository.GetById", {{"id", created.answer->value("id", "")}});
  ASSERT_TRUE(read.answer.ok()) << read.answer.status();
  EXPECT_EQ(read.statements, 1);
  EXPECT_EQ(read.rows, 1);
  EXPECT_EQ(*read.answer, *created.answer) << "a traced call answers the same";
}

TEST_F(DebugHeaderTest, ACallWithoutTheHeaderIsToldNothing) {
  grpc::ClientContext context;
  CallOptions options;
  options.context = &context;
  server_->MustCall("ProfileRepository.Create", Profile(), options);
  EXPECT_EQ(Trailer(context, "rowkeeper-statements"), "");
  EXPECT_EQ(Trailer(context, "rowkeeper-plan-bin"), "");
}

TEST_F(DebugHeaderTest, AnErrorSaysWhatItCostToo) {
  const CostedAnswer missing =
      Cost("ProfileRepository.Update", {{"profile", {{"id", kNoId}, {"handle", "nobody"}}}, {"update_mask", "handle"}});
  EXPECT_EQ(ReasonOf(missing.answer), "ROW_NOT_FOUND");
  EXPECT_EQ(missing.statements, 2) << "the write, and the one that explains why it found no row";
  EXPECT_EQ(missing.rows, 0);

  const CostedAnswer refused = Cost("ProfileRepository.GetById", {{"id", "not an id"}});
  EXPECT_EQ(ReasonOf(refused.answer), "INVALID_FIELD");
  EXPECT_EQ(refused.statements, 0) << "refused before it came to the database";
}

TEST_F(DebugHeaderTest, APageCostsOneStatementAndOneRowMoreThanItShows) {
  const std::string owner = NewProfile();
  for (int i = 0; i < 5; ++i) {
    server_->MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", "water the plants"}}}});
  }
  const CostedAnswer page = Cost("TodoRepository.ListByOwner", {{"owner_id", owner}, {"page_size", 3}});
  ASSERT_TRUE(page.answer.ok()) << page.answer.status();
  EXPECT_EQ(page.statements, 1);
  EXPECT_EQ(page.rows, 4);
}

TEST_F(DebugHeaderTest, ThePlanOfAReadIsToldOnRequest) {
  const CostedAnswer read = Plan("ProfileRepository.GetById", {{"id", NewProfile()}});
  ASSERT_TRUE(read.answer.ok()) << read.answer.status();
  EXPECT_THAT(read.plan, ::testing::StartsWith("statement 1:\n"));
  EXPECT_THAT(read.plan, HasSubstr("profiles"));
  EXPECT_THAT(read.plan, HasSubstr("cost="));
  EXPECT_EQ(read.statements, 1) << "EXPLAIN is not counted";
}

TEST_F(DebugHeaderTest, AskingForThePlanOfAWriteDoesNotExecuteItTwice) {
  const Json request = Profile();
  const CostedAnswer created = Plan("ProfileRepository.Create", request);
  ASSERT_TRUE(created.answer.ok()) << created.answer.status();
  EXPECT_THAT(created.plan, HasSubstr("Insert on profiles"));
  EXPECT_EQ(server_->database().Value("SELECT count(*) FROM profiles WHERE handle = '" +
                                      request["profile"]["handle"].get<std::string>() + "'"),
            "1");
}

TEST_F(DebugHeaderTest, AFailedStatementHasItsPlanAndItsError) {
  const Json request = Profile();
  server_->MustCall("ProfileRepository.Create", request);
  const CostedAnswer again = Plan("ProfileRepository.Create", request);
  EXPECT_EQ(ReasonOf(again.answer), "UNIQUE_VIOLATION");
  EXPECT_EQ(again.statements, 1);
  EXPECT_THAT(again.plan, HasSubstr("Insert on profiles"));
}

TEST_F(DebugHeaderTest, CallsOfAUnitAreToldOneByOne) {
  const Unit unit(server_);
  const CostedAnswer created = Plan("ProfileRepository.Create", Profile(), unit.Inside());
  ASSERT_TRUE(created.answer.ok()) << created.answer.status();
  EXPECT_EQ(created.statements, 1);
  EXPECT_THAT(created.plan, HasSubstr("Insert on profiles"));
  const CostedAnswer read = Cost("ProfileRepository.GetById", {{"id", created.answer->value("id", "")}}, unit.Inside());
  EXPECT_EQ(read.statements, 1);
  EXPECT_EQ(read.plan, "");
  EXPECT_TRUE(unit.Commit().ok());
}

TEST_F(DebugHeaderTest, RunIsToldAsAWhole) {
  RunRequest run(server_);
  run.Add("ProfileRepository.Create", Profile());
  run.Add("ProfileRepository.GetById", Json::object(), {{"id", 0, "id"}});
  grpc::ClientContext context;
  CallOptions options;
  options.context = &context;
  options.headers = {{"rowkeeper-debug", "plan"}};
  const auto answers = run.Send(options);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ(Trailer(context, "rowkeeper-statements"), "2") << "without BEGIN and COMMIT";
  EXPECT_EQ(Trailer(context, "rowkeeper-rows"), "2");
  EXPECT_THAT(Trailer(context, "rowkeeper-plan-bin"), HasSubstr("statement 2:\n"));
}

TEST_F(DebugHeaderTest, PlansThatDoNotFitAreCutWithANotice) {
  RunRequest run(server_);
  for (int i = 0; i < 50; ++i) run.Add("ProfileRepository.Create", Profile());
  grpc::ClientContext context;
  CallOptions options;
  options.context = &context;
  options.headers = {{"rowkeeper-debug", "plan"}};
  ASSERT_TRUE(run.Send(options).ok());
  EXPECT_EQ(Trailer(context, "rowkeeper-statements"), "50");
  const std::string plan = Trailer(context, "rowkeeper-plan-bin");
  EXPECT_THAT(plan, HasSubstr("cut at 4096 bytes"));
  EXPECT_LT(plan.size(), 4400u);
}

TEST_F(DebugHeaderTest, AValueThatIsNoneIsRefusedAndNothingIsDone) {
  for (const std::string level : {"", "Cost", "off", "analyze", "cost,plan", "cost'; DROP TABLE profiles; --"}) {
    const Json request = Profile();
    const CostedAnswer refused = CallCosted(server_, "ProfileRepository.Create", request, {}, level);
    EXPECT_EQ(Summary(refused.answer), "INVALID_ARGUMENT INVALID_HEADER") << level;
    EXPECT_EQ(server_->database().Value("SELECT count(*) FROM profiles WHERE handle = '" +
                                        request["profile"]["handle"].get<std::string>() + "'"),
              "0");
  }
  CallOptions twice;
  twice.headers = {{"rowkeeper-debug", "cost"}};
  EXPECT_EQ(ReasonOf(Cost("ProfileRepository.GetById", {{"id", kNoId}}, twice).answer), "INVALID_HEADER");
}

TEST_F(DebugHeaderTest, MethodsThatCostNothingOfTheirOwnRefuseIt) {
  EXPECT_EQ(ReasonOf(Cost("UnitOfWork.Begin", Json::object()).answer), "INVALID_HEADER");
  EXPECT_EQ(ReasonOf(Cost("UnitOfWork.List", Json::object()).answer), "INVALID_HEADER");
}

TEST_F(DebugHeaderTest, TheOperatorSaysHowMuchIsTold) {
  InProcessServer costs(CompileExample("planner/v1"));
  EXPECT_EQ(CallCosted(&costs, "ProfileRepository.Create", Profile()).statements, 1) << "cost is the default";
  const CostedAnswer plan = CallCosted(&costs, "ProfileRepository.Create", Profile(), {}, "plan");
  EXPECT_EQ(ReasonOf(plan.answer), "INVALID_HEADER");
  EXPECT_THAT(std::string(plan.answer.status().message()), HasSubstr("--debug-header=plan"));
  EXPECT_EQ(plan.plan, "");

  InProcessServer silent(CompileExample("planner/v1"), Allowing("off"));
  const CostedAnswer cost = CallCosted(&silent, "ProfileRepository.Create", Profile());
  EXPECT_EQ(ReasonOf(cost.answer), "INVALID_HEADER");
  EXPECT_EQ(cost.statements, -1);
  EXPECT_EQ(silent.database().Value("SELECT count(*) FROM profiles"), "0");
}

}  // namespace
}  // namespace rowkeeper::testing
