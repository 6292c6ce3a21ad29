// Features that not everybody may use, lists that change while the server runs, and what a refusal tells.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "grpc/reflection/v1/reflection.grpc.pb.h"
#include "server/wire/status.h"
#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/policy_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/eventually.h"

namespace rowkeeper::testing {
namespace {

/// Each feature has a role of its own; methods are for everyone, but those of Todo for who has the role todos.
Lists RolePerFeature() {
  Lists lists;
  lists.of_repository = [](const std::string&) { return std::vector<std::string>{"everyone"}; };
  lists.of_method = [](const std::string& method) {
    const bool of_todo = method.find(".TodoRepository.") != std::string::npos;
    return of_todo ? std::vector<std::string>{"role:todos"} : std::vector<std::string>();
  };
  lists.access.add_units_of_work("role:units");
  lists.access.add_all_units("role:all");
  lists.access.add_run("role:run");
  lists.access.add_idempotency_keys("role:keys");
  lists.access.add_debug("role:debug");
  lists.access.add_reflection("role:reflection");
  return lists;
}

constexpr char kOpenFile[] = "[methods]\n\"*\" = [\"everyone\"]\n[features]\n\"*\" = [\"everyone\"]\n";

class PoliciesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    issuer_ = new PolicyIssuer;
    ReplaceTestFile(FilePath(), kOpenFile);
    InProcessServer::Options options;
    issuer_->Configure(&options.serve.identity);
    options.serve.identity.policy_file = FilePath();
    server_ = new InProcessServer(CompileExampleWithLists("planner/v1", RolePerFeature()), options);
    if (server_->ok()) CreateKeyTable(&server_->database());
  }
  static void TearDownTestSuite() {
    delete server_;
    delete issuer_;
  }
  void SetUp() override { ASSERT_TRUE(server().ok()); }

  static InProcessServer& server() { return *server_; }
  static std::string FilePath() { return issuer_->path("policy.toml"); }
  static CallOptions As(const std::string& subject, const std::vector<std::string>& roles = {}) {
    return issuer_->As(subject, roles);
  }
  static CallOptions With(CallOptions options, const std::string& header, const std::string& value) {
    options.headers.emplace_back(header, value);
    return options;
  }
  static std::string Call(std::string_view method, const Json& request, const CallOptions& options) {
    return ReasonOf(server().Call(method, request, options));
  }
  /// The feature that a call is refused for; empty when it is not.
  static std::string RefusedFeature(const absl::Status& status) {
    if (ReasonOf(status) != "FEATURE_NOT_ALLOWED") return "";
    EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
    return MetadataOf(status, "feature");
  }
  static absl::Status Reflect(const CallOptions& as) {
    grpc::ClientContext context;
    for (const auto& [name, value] : as.headers) context.AddMetadata(name, value);
    const auto stub = grpc::reflection::v1::ServerReflection::NewStub(server().channel());
    const auto stream = stub->ServerReflectionInfo(&context);
    grpc::reflection::v1::ServerReflectionRequest request;
    request.set_list_services("");
    grpc::reflection::v1::ServerReflectionResponse response;
    const bool answered = stream->Write(request) && stream->Read(&response);
    stream->WritesDone();
    const absl::Status status = wire::FromGrpcStatus(stream->Finish());
    EXPECT_EQ(answered, status.ok());
    return status;
  }
  static Json NewProfile() { return ProfileOf(RandomHex(8)); }
  /// Of a unit that a slow machine does not end.
  static Json Long(const std::string& label) {
    return {{"label", label}, {"idle_limit", "60s"}, {"total_limit", "600s"}};
  }

 private:
  static inline PolicyIssuer* issuer_ = nullptr;
  static inline InProcessServer* server_ = nullptr;
};

TEST_F(PoliciesTest, AFeatureIsForWhoIsOnItsList) {
  using Use = std::function<absl::Status(const CallOptions&)>;
  const auto call = [](const std::string& method) -> Use {
    return [method](const CallOptions& as) { return server().CallBytes(method, "", as).status(); };
  };
  const auto header = [](const std::string& name, const std::string& value) -> Use {
    return [name, value](const CallOptions& as) {
      return server().CallBytes("ProfileRepository.Create", "", With(as, name, value)).status();
    };
  };
  std::vector<std::pair<std::string, Use>> uses = {
      {"run", call("UnitOfWork.Run")},
      {"idempotency_keys", header("idempotency-key", "one")},
      {"idempotency_keys", header("idempotency-key", "")},
      {"debug", header("rowkeeper-debug", "cost")},
      {"debug", header("rowkeeper-debug", "nonsense")},
      {"units_of_work", header("rowkeeper-unit-of-work", "no handle")},
      {"reflection", [](const CallOptions& as) { return Reflect(as); }},
  };
  for (const char* const method :
       {"Begin", "Commit", "Rollback", "Savepoint", "RollbackTo", "Release", "Get", "List"}) {
    uses.emplace_back("units_of_work", call(Cat("UnitOfWork.", method)));
  }
  const std::map<std::string, std::string> roles = {
      {"units_of_work", "units"},   {"all_units", "all"}, {"run", "run"},
      {"idempotency_keys", "keys"}, {"debug", "debug"},   {"reflection", "reflection"}};
  for (const auto& [feature, use] : uses) {
    EXPECT_EQ(RefusedFeature(use(CallOptions())), feature) << "an anonymous caller";
    EXPECT_EQ(RefusedFeature(use(As("bob"))), feature) << "a caller without roles";
    for (const auto& [of, role] : roles) {
      EXPECT_EQ(RefusedFeature(use(As("bob", {role}))), of == feature ? "" : feature) << role;
    }
  }
}

TEST_F(PoliciesTest, AHeaderIsDecidedWithinRunAndStreamsToo) {
  const std::string run = "UnitOfWork.Run";
  EXPECT_EQ(RefusedFeature(server().CallBytes(run, "", With(As("bob", {"run"}), "idempotency-key", "one")).status()),
            "idempotency_keys");
  EXPECT_EQ(RefusedFeature(server().CallBytes(run, "", With(As("bob", {"run"}), "rowkeeper-debug", "cost")).status()),
            "debug");
  const auto stream = StartExport(&server(), "TodoRepository.Export", Json::object(),
                                  With(As("bob", {"todos"}), "rowkeeper-debug", "cost"));
  EXPECT_EQ(RefusedFeature(EndOf(stream.get())), "debug");
}

TEST_F(PoliciesTest, HealthIsOpen) { EXPECT_TRUE(server().IsServing("planner.v1.TodoRepository")); }

TEST_F(PoliciesTest, AListOfUnitsShowsTheCallersOwn) {
  const CallOptions alice = As("alice", {"units"}), lars = As("lars", {"units"}), ops = As("ops", {"all", "units"});
  const Unit of_alice(&server(), Long("hers"), alice), of_lars(&server(), Long("his"), lars);
  const auto labels = [](const CallOptions& as, const Json& request) {
    std::vector<std::string> found;
    const Json answer = server().MustCall("UnitOfWork.List", request, as);
    for (const Json& unit : answer.value("units_of_work", Json::array())) {
      if (unit.contains("label")) found.push_back(unit.value("label", ""));  // others are of another test
    }
    return found;
  };
  using ::testing::ElementsAre;
  EXPECT_THAT(labels(alice, Json::object()), ElementsAre("hers"));
  EXPECT_THAT(labels(lars, Json::object()), ElementsAre("his"));
  EXPECT_THAT(labels(lars, {{"caller", "jwt:alice"}}), ElementsAre());
  EXPECT_THAT(labels(ops, Json::object()), ElementsAre("hers", "his"));
  EXPECT_THAT(labels(ops, {{"caller", "jwt:alice"}}), ElementsAre("hers"));
  EXPECT_EQ(Call("UnitOfWork.List", Json::object(), As("ops", {"all"})), "FEATURE_NOT_ALLOWED")
      << "it belongs to units of work";
  server().MustCall("UnitOfWork.Rollback", {{"handle", of_alice.handle()}}, alice);
  server().MustCall("UnitOfWork.Rollback", {{"handle", of_lars.handle()}}, lars);
}

TEST_F(PoliciesTest, ARefusalIsTheSameWhetherOrNotThereIsSuchARow) {
  const CallOptions owner = As("alice", {"todos"});
  const std::string profile = server().MustCall("ProfileRepository.Create", NewProfile(), owner).value("id", "");
  const std::string todo =
      server()
          .MustCall("TodoRepository.Create", {{"todo", {{"owner_id", profile}, {"title", "water the plants"}}}}, owner)
          .value("id", "");
  server().MustCall("TodoRepository.GetById", {{"id", todo}}, owner);
  const absl::Status there = server().Call("TodoRepository.GetById", {{"id", todo}}, As("bob")).status();
  const absl::Status none = server().Call("TodoRepository.GetById", {{"id", RandomHex(8)}}, As("bob")).status();
  EXPECT_EQ(Summary(there), "PERMISSION_DENIED METHOD_NOT_ALLOWED");
  EXPECT_EQ(there.message(), none.message());
  EXPECT_EQ(there.message(),
            "this caller may not call planner.v1.TodoRepository.GetById; whoever runs the server can allow it");
}

/// Lists that get narrower while the server runs: what was allowed before is no way round them.
class PolicyFileTest : public PoliciesTest {
 protected:
  void TearDown() override {
    ReplaceTestFile(FilePath(), kOpenFile);
    EXPECT_TRUE(Eventually([] { return Call("ProfileRepository.List", Json::object(), As("alice")) == "OK"; }));
  }
  /// Waits until the file with this text is in use, and the method is allowed to nobody.
  static void CloseProfiles(const std::string& features) {
    ReplaceTestFile(FilePath(), Cat("[methods]\n\"*\" = [\"everyone\"]\n\"planner.v1.ProfileRepository.*\" = []\n",
                                    "[features]\n", features));
    EXPECT_TRUE(
        Eventually([] { return Call("ProfileRepository.List", Json::object(), As("alice")) == "METHOD_NOT_ALLOWED"; }));
  }
};

TEST_F(PolicyFileTest, AReplayIsDecidedAnew) {
  const CallOptions alice = As("alice", {"keys"});
  const std::string key = NewKey();
  const Json request = NewProfile();
  const KeyedAnswer first = CallWithKey(&server(), "ProfileRepository.Create", request, key, alice);
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  EXPECT_TRUE(CallWithKey(&server(), "ProfileRepository.Create", request, key, alice).replayed);
  CloseProfiles("\"*\" = [\"everyone\"]\n");
  const KeyedAnswer refused = CallWithKey(&server(), "ProfileRepository.Create", request, key, alice);
  EXPECT_EQ(Summary(refused.bytes), "PERMISSION_DENIED METHOD_NOT_ALLOWED");
  EXPECT_FALSE(refused.replayed);
}

TEST_F(PolicyFileTest, ACallInAnOpenUnitIsDecidedAnew) {
  const CallOptions alice = As("alice", {"units"});
  const Unit unit(&server(), Long("hers too"), alice);
  unit.MustCall("ProfileRepository.Create", NewProfile());
  CloseProfiles("\"*\" = [\"everyone\"]\n");
  EXPECT_EQ(ReasonOf(unit.Call("ProfileRepository.Create", NewProfile())), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(unit.State(), "OPEN") << "the unit is as it was";
  EXPECT_TRUE(unit.Rollback().ok());
}

TEST_F(PolicyFileTest, AFeatureThatTheFileDoesNotNameIsForNobody) {
  EXPECT_EQ(RefusedFeature(Reflect(As("bob", {"reflection"}))), "");
  CloseProfiles("debug = [\"everyone\"]\n");
  EXPECT_EQ(RefusedFeature(Reflect(As("bob", {"reflection"}))), "reflection");
  EXPECT_EQ(RefusedFeature(server().CallBytes("UnitOfWork.Begin", "", As("bob", {"units"})).status()), "units_of_work");
}

TEST_F(PolicyFileTest, TheMetricsCountTheFile) {
  CloseProfiles("\"*\" = [\"everyone\"]\n");
  EXPECT_THAT(server().MetricsText(), ::testing::HasSubstr("rowkeeper_policy_file_loads_total"));
  EXPECT_THAT(server().MetricsText(), ::testing::HasSubstr("rowkeeper_policy_file_load_failures_total 0"));
}

}  // namespace
}  // namespace rowkeeper::testing
