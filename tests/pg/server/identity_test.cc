// What belongs to an identity: units, page tokens, places of exports, idempotency keys.
#include <chrono>

#include "tests/pg/server/idempotency_fixture.h"
#include "tests/pg/server/run_fixture.h"
#include "tests/pg/server/server_fixture.h"
#include "tests/pg/server/stream_client.h"
#include "tests/pg/server/unit_fixture.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::testing {
namespace {

using ::testing::HasSubstr;

const TestSigningKey& IssuersKey() {
  static const auto* const key = new TestSigningKey(TestSigningKey::Kind::kEd25519, "one");
  return *key;
}

/// With a new token each time, as if the old one had been renewed.
CallOptions As(const std::string& subject) {
  static int64_t renewed = 0;
  TestClaims claims;
  claims.subject = subject;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  claims.expires = std::chrono::duration_cast<std::chrono::seconds>(now).count() + 3600 + ++renewed;
  CallOptions options;
  options.headers.emplace_back("authorization", Cat("Bearer ", IssuersKey().Token(ToJson(claims))));
  return options;
}

class IdentityTest : public PlannerTest {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TemporaryDirectory;
    ReplaceTestFile(directory_->path() + "/keys.json", JwkSet({IssuersKey().Jwk()}));
    InProcessServer::Options options;
    options.serve.identity.jwt_keys = directory_->path();
    options.serve.identity.jwt_issuer = kTestIssuer;
    options.serve.identity.jwt_audiences = {kTestAudience};
    StartServer(options);
    if (server().ok()) CreateKeyTable(&server().database());
  }
  static void TearDownTestSuite() {
    PlannerTest::TearDownTestSuite();
    delete directory_;
    directory_ = nullptr;
  }

  static std::string NewProfileOf(const std::string& subject) {
    return server().MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}}, As(subject)).value("id", "");
  }

 private:
  static inline TemporaryDirectory* directory_ = nullptr;
};

TEST_F(IdentityTest, NoMethodDoesAnythingForACallerWithoutAnIdentity) {
  const std::string before = Count("profiles");
  EXPECT_EQ(Summary(Call("ProfileRepository.Create", {{"profile", Profile(Unique())}})),
            "UNAUTHENTICATED IDENTITY_REQUIRED");
  EXPECT_EQ(Count("profiles"), before);
  int methods = 0;
  for (const auto& plan : server().loaded().plans) {
    EXPECT_EQ(ReasonOf(server().CallBytes(plan->full_name, "")), "IDENTITY_REQUIRED") << plan->full_name;
    ++methods;
  }
  EXPECT_GT(methods, 50);
  for (const char* const method :
       {"Begin", "Commit", "Rollback", "Savepoint", "RollbackTo", "Release", "Get", "List", "Run"}) {
    EXPECT_EQ(ReasonOf(server().CallBytes(Cat("UnitOfWork.", method), "")), "IDENTITY_REQUIRED") << method;
  }
}

TEST_F(IdentityTest, AUnitBelongsToItsIdentityOnWhateverConnection) {
  Unit unit(&server(), Json::object(), As("alice"));
  EXPECT_EQ(unit.info().value("caller", ""), "jwt:alice");
  CallOptions inside = As("alice");
  inside.headers.emplace_back("rowkeeper-unit-of-work", unit.handle());
  inside.channel = NewChannel(server().addresses().front());
  const Json created = server().MustCall("ProfileRepository.Create", {{"profile", Profile(Unique())}}, inside);
  CallOptions foreign = As("bob");
  foreign.headers.emplace_back("rowkeeper-unit-of-work", unit.handle());
  EXPECT_EQ(ReasonOf(Call("ProfileRepository.GetById", {{"id", created["id"]}}, foreign)), "UNIT_OF_WORK_NOT_FOUND");
  for (const char* const method : {"Commit", "Savepoint", "Get"}) {
    EXPECT_EQ(ReasonOf(Call(Cat("UnitOfWork.", method), {{"handle", unit.handle()}}, As("bob"))),
              "UNIT_OF_WORK_NOT_FOUND")
        << method;
  }
  EXPECT_EQ(server().MustCall("UnitOfWork.Rollback", {{"handle", unit.handle()}}, As("bob")), Json::object())
      << "as for a unit that never was";
  server().MustCall("UnitOfWork.Commit", {{"handle", unit.handle()}}, As("alice"));
  server().MustCall("ProfileRepository.GetById", {{"id", created["id"]}}, As("bob"));
}

TEST_F(IdentityTest, APageTokenBelongsToItsIdentity) {
  NewProfileOf("alice");
  NewProfileOf("alice");
  const Json request = {{"page_size", 1}};
  const Json page = server().MustCall("ProfileRepository.List", request, As("alice"));
  Json next = request;
  next["page_token"] = page.value("next_page_token", "");
  ASSERT_NE(next["page_token"], "");
  EXPECT_EQ(Summary(Call("ProfileRepository.List", next, As("bob"))), "INVALID_ARGUMENT INVALID_FIELD [page_token]");
  server().MustCall("ProfileRepository.List", next, As("alice"));

  const auto run_as = [&next](const std::string& subject) {
    return RunRequest(&server()).Add("ProfileRepository.List", next).Send(As(subject));
  };
  EXPECT_EQ(Summary(run_as("bob")), "INVALID_ARGUMENT INVALID_FIELD [calls[0].request.page_token]");
  EXPECT_TRUE(run_as("alice").ok());
}

TEST_F(IdentityTest, TheTokenOfAListOfUnitsBelongsToItsIdentity) {
  const Unit first(&server(), Json::object(), As("alice")), second(&server(), Json::object(), As("alice"));
  const Json page = server().MustCall("UnitOfWork.List", {{"page_size", 1}}, As("alice"));
  const Json next = {{"page_size", 1}, {"page_token", page.value("next_page_token", "")}};
  ASSERT_NE(next["page_token"], "");
  EXPECT_EQ(Summary(Call("UnitOfWork.List", next, As("bob"))), "INVALID_ARGUMENT INVALID_FIELD [page_token]");
  server().MustCall("UnitOfWork.List", next, As("alice"));
  for (const Unit* const unit : {&first, &second}) {
    server().MustCall("UnitOfWork.Rollback", {{"handle", unit->handle()}}, As("alice"));
  }
}

TEST_F(IdentityTest, ThePlaceInAnExportBelongsToItsIdentity) {
  const std::string owner = NewProfileOf("alice");
  for (int i = 0; i < 2; ++i) {
    server().MustCall("TodoRepository.Create", {{"todo", {{"owner_id", owner}, {"title", "water the plants"}}}},
                      As("alice"));
  }
  const auto rows = StartExport(&server(), "TodoRepository.Export", Json::object(), As("alice"))->ReceiveAll();
  ASSERT_FALSE(rows.empty());
  const Json next = {{"resume_token", rows.front().value("resume_token", "")}};
  ASSERT_NE(next["resume_token"], "");
  EXPECT_EQ(Summary(EndOf(StartExport(&server(), "TodoRepository.Export", next, As("bob")).get())),
            "INVALID_ARGUMENT INVALID_FIELD [resume_token]");
  EXPECT_TRUE(EndOf(StartExport(&server(), "TodoRepository.Export", next, As("alice")).get()).ok());
}

TEST_F(IdentityTest, AnIdempotencyKeyBelongsToItsIdentity) {
  const std::string key = NewKey(), handle = Unique();
  const Json request = ProfileOf(handle);
  const KeyedAnswer first = CallWithKey(&server(), "ProfileRepository.Create", request, key, As("alice"));
  ASSERT_TRUE(first.bytes.ok()) << first.bytes.status();
  const KeyedAnswer repeat = CallWithKey(&server(), "ProfileRepository.Create", request, key, As("alice"));
  EXPECT_TRUE(repeat.replayed);
  EXPECT_EQ(*repeat.bytes, *first.bytes);
  const KeyedAnswer foreign = CallWithKey(&server(), "ProfileRepository.Create", request, key, As("bob"));
  EXPECT_FALSE(foreign.replayed);
  EXPECT_EQ(ReasonOf(foreign.bytes), "UNIQUE_VIOLATION")
      << "it was executed, and neither answered nor refused for the key";
  const KeyedAnswer own = CallWithKey(&server(), "ProfileRepository.Create", ProfileOf(Unique()), key, As("bob"));
  EXPECT_TRUE(own.bytes.ok()) << own.bytes.status();
  EXPECT_EQ(KeysStored(&server(), Cat("jwt:alice\t", key)), "1");
  EXPECT_EQ(KeysStored(&server(), Cat("jwt:bob\t", key)), "1");

  const KeyedAnswer other = CallWithKey(&server(), "ProfileRepository.Create", ProfileOf(Unique()), key, As("alice"));
  EXPECT_EQ(ReasonOf(other.bytes), "IDEMPOTENCY_KEY_REUSED");
  EXPECT_EQ(MetadataOf(other.bytes.status(), "key"), key) << "as the caller chose it";
}

TEST_F(IdentityTest, TheMetricsCountTokens) {
  NewProfileOf("alice");
  CallOptions bad;
  bad.headers.emplace_back("authorization", "Bearer x.y.z");
  EXPECT_EQ(Summary(Call("ProfileRepository.List", Json::object(), bad)), "UNAUTHENTICATED TOKEN_INVALID");
  const std::string metrics = server().MetricsText();
  EXPECT_THAT(metrics, HasSubstr("rowkeeper_tokens_accepted_total{by=\"signature\"}"));
  EXPECT_THAT(metrics, HasSubstr("rowkeeper_tokens_refused_total{problem=\"malformed\"} 1"));
  EXPECT_THAT(metrics, HasSubstr("rowkeeper_token_keys 1"));
}

}  // namespace
}  // namespace rowkeeper::testing
