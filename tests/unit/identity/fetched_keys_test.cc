#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "server/base/text.h"
#include "server/identity/https_key_fetcher.h"
#include "server/identity/token_verifier.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/https_server.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::Eventually;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::HttpAnswer;
using rowkeeper::testing::HttpsServer;
using rowkeeper::testing::JwkSet;
using rowkeeper::testing::kTestAudience;
using rowkeeper::testing::kTestIssuer;
using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;
using rowkeeper::testing::TestAuthority;
using rowkeeper::testing::TestClaims;
using rowkeeper::testing::TestSigningKey;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr char kDown[] = "503 Service Unavailable";

/// Tokens, keys over real TLS, and time that passes as a test says.
class FetchedKeysTest : public ::testing::Test {
 protected:
  void Open() {
    ReplaceTestFile(roots_, authority_.root());
    HttpsOptions https;
    https.url = *ParseKeyUrl(Cat("https://localhost:", server_.port(), "/keys"));
    https.roots_file = roots_;
    https.connect_limit = seconds(60);  // the machine may be busy
    https.limit = seconds(60);
    auto fetcher = OpenHttpsKeyFetcher(https);
    ASSERT_TRUE(fetcher.ok()) << fetcher.status();
    TokenVerifier::Options options;
    options.keys = https.url.shown;
    options.rules.issuer = kTestIssuer;
    options.rules.audiences = {kTestAudience};
    verifier_ = TokenVerifier::OpenFetched(options, *std::move(fetcher), &clock_);
  }
  void Publish(const std::vector<std::string>& keys) {
    server_.SetAnswer([answer = HttpAnswer("200 OK", "Cache-Control: max-age=600\r\n", JwkSet(keys))](
                          const std::string& /*request*/, HttpsServer::Connection* client) { client->Write(answer); });
  }
  void Break() {
    server_.SetAnswer([](const std::string& /*request*/, HttpsServer::Connection* client) {
      client->Write(HttpAnswer(kDown, "", ""));
    });
  }
  std::string Token(const TestSigningKey& key) const {
    TestClaims claims;
    claims.expires = std::chrono::duration_cast<seconds>(clock_.WallNow().time_since_epoch() + hours(24 * 365)).count();
    return key.Token(ToJson(claims));
  }
  std::string Verify(const std::string& token) const {
    const TokenVerdict verdict = verifier_->Verify(token);
    return verdict.problem.has_value() ? Cat("!", TokenProblemName(*verdict.problem)) : verdict.identity->name;
  }
  bool Accepts(const std::string& token) const { return Verify(token) == "jwt:alice"; }
  uint64_t Fetches(FetchOutcome outcome) const {
    return verifier_->stats().download->fetches_total[static_cast<size_t>(outcome)];
  }

  const TestSigningKey first_{TestSigningKey::Kind::kEd25519, "first"};
  const TestSigningKey next_{TestSigningKey::Kind::kP256, "next"};
  FakeClock clock_;
  const TestAuthority authority_{"issuer"};
  TemporaryDirectory directory_;
  const std::string roots_ = directory_.path() + "/roots.pem";
  HttpsServer server_{{authority_.Issue()}, [](const std::string& /*request*/, HttpsServer::Connection* client) {
                        client->Write(HttpAnswer(kDown, "", ""));
                      }};
  std::unique_ptr<TokenVerifier> verifier_;
};

TEST_F(FetchedKeysTest, WithoutKeysNoTokenIsJudged) {
  ASSERT_NO_FATAL_FAILURE(Open());
  const std::string token = Token(first_);
  EXPECT_EQ(Verify(token), "!no_keys");
  EXPECT_EQ(Verify("x"), "!no_keys");
  EXPECT_FALSE(verifier_->has_keys());
  EXPECT_EQ(verifier_->stats().keys, 0u);
  Publish({first_.Jwk()});
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return Accepts(token); }, hours(1), seconds(1)));
  EXPECT_TRUE(verifier_->has_keys());
  EXPECT_EQ(verifier_->stats().keys, 1u);
  EXPECT_EQ(Verify("x"), "!malformed");
}

TEST_F(FetchedKeysTest, ANewKeyIsFetchedWhenATokenNamesItAndNoCallWithTheOldOneFails) {
  Publish({first_.Jwk()});
  ASSERT_NO_FATAL_FAILURE(Open());
  const std::string old_token = Token(first_), new_token = Token(next_);
  ASSERT_TRUE(Eventually([&] { return Fetches(FetchOutcome::kFetched) == 1; }));
  ASSERT_TRUE(Accepts(old_token));
  std::atomic<bool> ending{false};
  std::atomic<int> refused{0}, accepted{0};
  std::vector<std::thread> callers;
  for (int i = 0; i < 3; ++i) {
    callers.emplace_back([&] {
      while (!ending) ++(Accepts(old_token) ? accepted : refused);
    });
  }
  Publish({first_.Jwk(), next_.Jwk()});
  EXPECT_EQ(Verify(new_token), "!unknown_key");
  EXPECT_TRUE(Eventually([&] { return Accepts(new_token); })) << "no time has passed";
  EXPECT_TRUE(Eventually([&] { return accepted > 1000; }));
  ending = true;
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(server_.requests(), 2);
}

TEST_F(FetchedKeysTest, AKeyThatIsTakenAwayIsForgottenWithWhatItProved) {
  Publish({first_.Jwk(), next_.Jwk()});
  ASSERT_NO_FATAL_FAILURE(Open());
  const std::string token = Token(first_);
  ASSERT_TRUE(Eventually([&] { return Fetches(FetchOutcome::kFetched) == 1; }));
  ASSERT_TRUE(Accepts(token));
  Publish({next_.Jwk()});
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return !Accepts(token); }, hours(2), seconds(5)));
  EXPECT_EQ(Verify(token), "!unknown_key");
  EXPECT_TRUE(Accepts(Token(next_)));
}

TEST_F(FetchedKeysTest, MadeUpKeysCauseOneFetchACooldown) {
  Publish({first_.Jwk()});
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_TRUE(Eventually([&] { return Fetches(FetchOutcome::kFetched) == 1; }));
  const std::string made_up = Token(TestSigningKey(TestSigningKey::Kind::kEd25519, "made up"));
  for (int i = 0; i < 1000; ++i) EXPECT_EQ(Verify(made_up), "!unknown_key");
  EXPECT_TRUE(Eventually([&] { return server_.requests() == 2; }));
  for (const Clock::time_point end = clock_.Now() + minutes(9); clock_.Now() < end;) {
    clock_.AdvanceInSteps(seconds(1), seconds(1));
    EXPECT_EQ(Verify(made_up), "!unknown_key");
  }
  EXPECT_LE(server_.requests(), 2 + 9 * 2);
  EXPECT_TRUE(Accepts(Token(first_)));
}

TEST_F(FetchedKeysTest, KeysOutliveAnOutageOfTheirIssuer) {
  Publish({first_.Jwk()});
  ASSERT_NO_FATAL_FAILURE(Open());
  const std::string token = Token(first_);
  ASSERT_TRUE(Eventually([&] { return Fetches(FetchOutcome::kFetched) == 1; }));
  ASSERT_TRUE(Accepts(token));
  Break();
  for (int i = 0; i < 24; ++i) {
    clock_.AdvanceInSteps(hours(1), minutes(1));
    EXPECT_TRUE(Accepts(token));
  }
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return Fetches(FetchOutcome::kRefused) > 2; }, hours(2), seconds(5)));
  const TokenStats stats = verifier_->stats();
  EXPECT_GE(stats.download->age, hours(24));
  EXPECT_EQ(stats.load_failures_total, 1u);
  EXPECT_EQ(stats.loads_total, 1u);
  Publish({next_.Jwk()});
  const std::string token_of_next = Token(next_);
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return Fetches(FetchOutcome::kFetched) == 2; }, hours(2), seconds(1)));
  EXPECT_TRUE(Accepts(token_of_next));
  EXPECT_LT(verifier_->stats().download->age, minutes(3));
}

}  // namespace
}  // namespace rowkeeper::identity
