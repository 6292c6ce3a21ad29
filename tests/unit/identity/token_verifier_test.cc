#include "server/identity/token_verifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "server/base/hex.h"
#include "server/base/text.h"
#include "tests/support/eventually.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::Eventually;
using rowkeeper::testing::FakeClock;
using rowkeeper::testing::JwkSet;
using rowkeeper::testing::kTestAudience;
using rowkeeper::testing::kTestIssuer;
using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;
using rowkeeper::testing::TestClaims;
using rowkeeper::testing::TestSigningKey;
using rowkeeper::testing::ToBase64Url;
using ::testing::HasSubstr;
using ::testing::Not;
using Kind = TestSigningKey::Kind;

/// Made once: an RSA key takes its time.
const TestSigningKey& RsaKey() {
  static const auto* const key = new TestSigningKey(Kind::kRsa2048, "rsa");
  return *key;
}
const TestSigningKey& EcKey() {
  static const auto* const key = new TestSigningKey(Kind::kP256, "ec");
  return *key;
}
const TestSigningKey& EdKey() {
  static const auto* const key = new TestSigningKey(Kind::kEd25519, "ed");
  return *key;
}

class TokenVerifierTest : public ::testing::Test {
 protected:
  void Open(const std::vector<std::string>& keys) {
    WriteKeys(keys);
    Options options;
    options.keys = path_;
    options.rules.issuer = kTestIssuer;
    options.rules.audiences = {"other", kTestAudience};
    options.cache_bytes = size_t{1} << 20;
    auto opened = TokenVerifier::Open(std::move(options), &clock_);
    ASSERT_TRUE(opened.ok()) << opened.status();
    verifier_ = *std::move(opened);
  }
  void OpenAll() { Open({RsaKey().Jwk(), EcKey().Jwk(), EdKey().Jwk()}); }
  void WriteKeys(const std::vector<std::string>& keys) { ReplaceTestFile(path_, JwkSet(keys)); }
  int64_t now() const {
    return std::chrono::duration_cast<std::chrono::seconds>(clock_.WallNow().time_since_epoch()).count();
  }
  std::string Claims(const std::string& more = "") const {
    TestClaims claims;
    claims.expires = now() + 3600;
    claims.more = more;
    return ToJson(claims);
  }
  /// The caller's name, or "!" and the problem.
  std::string Verify(const std::string& token) {
    const TokenVerdict verdict = verifier_->Verify(token);
    EXPECT_NE(verdict.identity == nullptr, !verdict.problem.has_value());
    if (verdict.problem.has_value()) return Cat("!", TokenProblemName(*verdict.problem));
    return verdict.identity->name;
  }
  bool AcceptsAfterSeconds(int most, const std::string& token) {
    return clock_.AdvanceUntil([&] { return Verify(token) == "jwt:alice"; }, std::chrono::seconds(most));
  }

  using Options = TokenVerifier::Options;
  FakeClock clock_;
  TemporaryDirectory directory_;
  const std::string path_ = directory_.path() + "/keys.json";
  std::unique_ptr<TokenVerifier> verifier_;
};

TEST_F(TokenVerifierTest, EachAlgorithmIsAcceptedFromItsOwnKey) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  for (const TestSigningKey* const key : {&RsaKey(), &EcKey(), &EdKey()}) {
    const std::string token = key->Token(Claims());
    EXPECT_EQ(Verify(token), "jwt:alice") << key->algorithm();
    EXPECT_EQ(Verify(token), "jwt:alice") << key->algorithm() << ", from the cache";
  }
  EXPECT_EQ(verifier_->stats().by_signature_total, 3u);
  EXPECT_EQ(verifier_->stats().by_cache_total, 3u);
}

TEST_F(TokenVerifierTest, RolesAndTenantComeFromTheClaims) {
  WriteKeys({EdKey().Jwk()});
  Options options;
  options.keys = path_;
  options.rules.issuer = kTestIssuer;
  options.rules.audiences = {kTestAudience};
  options.rules.roles_claim = "/realm_access/roles";
  options.rules.tenant_claim = "https://example.org/tenant";
  auto opened = TokenVerifier::Open(options, &clock_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  const TokenVerdict verdict = (*opened)->Verify(EdKey().Token(
      Claims(R"(,"realm_access":{"roles":["b","a","b"]},"https://example.org/tenant":"north","roles":["no"])")));
  ASSERT_NE(verdict.identity, nullptr);
  EXPECT_EQ(verdict.identity->roles, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(verdict.identity->tenant, "north");
}

TEST_F(TokenVerifierTest, AKeyVerifiesNoOtherAlgorithmThanItsOwn) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  const auto header = [](std::string_view algorithm, std::string_view key) {
    return Cat(R"({"alg":")", algorithm, R"(","kid":")", key, R"("})");
  };
  for (const TestSigningKey* const signer : {&RsaKey(), &EcKey(), &EdKey()}) {
    for (const char* const algorithm : {"RS256", "ES256", "EdDSA", "none", "None", "NONE", "", "HS256", "HS384",
                                        "RS384", "RS512", "PS256", "ES384", "ES512", "ES256K", "rs256", "Ed25519"}) {
      for (const char* const key : {"rsa", "ec", "ed"}) {
        if (signer->algorithm() == algorithm && signer->id() == key) continue;
        EXPECT_EQ(Verify(signer->Token(header(algorithm, key), Claims())).front(), '!') << algorithm << " " << key;
      }
    }
  }
}

TEST_F(TokenVerifierTest, ThePublicKeyIsNoSharedSecret) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  const std::string text = Cat(ToBase64Url(R"({"alg":"HS256","kid":"rsa"})"), ".", ToBase64Url(Claims()));
  for (const std::string& secret : {RsaKey().PublicPem(), RsaKey().Jwk(), std::string()}) {
    unsigned char mac[32];
    size_t size = 0;
    ASSERT_NE(EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, secret.data(), secret.size(),
                        reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac, sizeof(mac), &size),
              nullptr);
    EXPECT_EQ(Verify(Cat(text, ".", ToBase64Url({reinterpret_cast<const char*>(mac), size}))), "!algorithm");
  }
}

TEST_F(TokenVerifierTest, KeysInTheTokenItselfAreNotUsed) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  const TestSigningKey own(Kind::kEd25519, "ed");
  EXPECT_EQ(Verify(own.Token(Cat(R"({"alg":"EdDSA","kid":"ed","jwk":)", own.Jwk(), "}"), Claims())), "!signature");
  EXPECT_EQ(Verify(own.Token(R"({"alg":"EdDSA","jku":"https://evil.example.org/keys.json"})", Claims())), "!signature");
  EXPECT_EQ(Verify(own.Token(R"({"alg":"EdDSA","kid":"../../../dev/null"})", Claims())), "!unknown_key");
  EXPECT_EQ(Verify(own.Token(R"({"alg":"EdDSA","kid":""})", Claims())), "!malformed");
  EXPECT_EQ(Verify(own.Token(R"({"alg":"EdDSA","kid":7})", Claims())), "!malformed");
  EXPECT_EQ(Verify(own.Token(R"({"alg":"EdDSA","kid":["ed"]})", Claims())), "!malformed");
  EXPECT_EQ(Verify(own.Token(Cat(R"({"alg":"EdDSA","kid":")", std::string(5000, 'k'), R"("})"), Claims())),
            "!unknown_key");
}

TEST_F(TokenVerifierTest, ASignatureIsWrittenInTheOneFormOfItsAlgorithm) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  const std::string text = Cat(ToBase64Url(R"({"alg":"ES256","kid":"ec"})"), ".", ToBase64Url(Claims()));
  const auto with = [&text](std::string_view signature) { return Cat(text, ".", ToBase64Url(signature)); };
  const std::string raw = EcKey().Sign(text);
  EXPECT_EQ(Verify(with(raw)), "jwt:alice");
  EXPECT_EQ(Verify(with(EcKey().SignDer(text))), "!signature") << "ASN.1";
  const std::string zero(1, '\0');
  EXPECT_EQ(Verify(with(Cat(zero, raw.substr(0, 32), zero, raw.substr(32)))), "!signature") << "leading zeros";
  EXPECT_EQ(Verify(with(raw.substr(0, 63))), "!signature");
  EXPECT_EQ(Verify(with(Cat(raw, zero))), "!signature");
  EXPECT_EQ(Verify(with(std::string(64, '\0'))), "!signature") << "r = s = 0";
  EXPECT_EQ(Verify(with(Cat(std::string(32, '\0'), raw.substr(32)))), "!signature");
  EXPECT_EQ(Verify(with(std::string(64, '\xff'))), "!signature") << "beyond the order";
  EXPECT_EQ(Verify(Cat(text, ".")), "!malformed");
  EXPECT_EQ(Verify(Cat(text, ".", ToBase64Url(raw), "=")), "!malformed") << "padding";
  EXPECT_EQ(Verify(Cat(text, ".", ToBase64Url(raw), ".")), "!malformed");
  EXPECT_EQ(Verify(Cat(with(raw), " ")), "!malformed");
  EXPECT_EQ(Verify(Cat(with(raw), "\n")), "!malformed");
  for (const TestSigningKey* const key : {&RsaKey(), &EdKey()}) {
    const std::string other =
        Cat(ToBase64Url(Cat(R"({"alg":")", key->algorithm(), R"("})")), ".", ToBase64Url(Claims()));
    const std::string good = key->Sign(other);
    EXPECT_EQ(Verify(Cat(other, ".", ToBase64Url(good))), "jwt:alice");
    EXPECT_EQ(Verify(Cat(other, ".", ToBase64Url(Cat(zero, good)))), "!signature");
    EXPECT_EQ(Verify(Cat(other, ".", ToBase64Url(good.substr(1)))), "!signature");
    EXPECT_EQ(Verify(Cat(other, ".", ToBase64Url(std::string(good.size(), '\0')))), "!signature");
  }
}

/// `number` and `added`, little-endian, in as many bytes as `number` has; the carry is lost.
std::string Sum(std::string number, std::string_view added) {
  unsigned carry = 0;
  for (size_t i = 0; i < number.size(); ++i) {
    carry += static_cast<unsigned char>(number[i]);
    if (i < added.size()) carry += static_cast<unsigned char>(added[i]);
    number[i] = static_cast<char>(carry & 0xff);
    carry >>= 8;
  }
  return number;
}

TEST_F(TokenVerifierTest, ANumberInASignatureIsBelowItsModulus) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  const std::string text = Cat(ToBase64Url(R"({"alg":"EdDSA","kid":"ed"})"), ".", ToBase64Url(Claims()));
  const std::string signature = EdKey().Sign(text);
  const auto with = [&text](std::string_view changed) { return Cat(text, ".", ToBase64Url(changed)); };
  EXPECT_EQ(Verify(with(signature)), "jwt:alice");
  std::string order;
  ASSERT_TRUE(AppendUnhexed("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010", &order));
  EXPECT_EQ(Verify(with(Cat(signature.substr(0, 32), Sum(signature.substr(32), order)))), "!signature")
      << "the same number of the group, written larger";
}

TEST_F(TokenVerifierTest, AChangedTokenIsRefusedWhetherTheGoodOneIsKnownOrNot) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  const std::string token = EdKey().Token(Claims());
  ASSERT_EQ(Verify(token), "jwt:alice");
  for (size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(Verify(changed).front(), '!') << i;
  }
  EXPECT_EQ(Verify(token), "jwt:alice") << "and none of them took its place";
}

TEST_F(TokenVerifierTest, TimesAreHeldAgainstTheClockWithThirtySeconds) {
  ASSERT_NO_FATAL_FAILURE(OpenAll());
  TestClaims claims;
  claims.expires = now() + 100;
  claims.more = Cat(R"(,"nbf":)", now() + 50, R"(,"iat":)", now() + 20);
  const std::string token = EdKey().Token(ToJson(claims));
  EXPECT_EQ(Verify(token), "!not_yet_valid");
  clock_.Advance(std::chrono::seconds(19));
  EXPECT_EQ(Verify(token), "!not_yet_valid");
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_EQ(Verify(token), "jwt:alice");
  clock_.Advance(std::chrono::seconds(109));
  EXPECT_EQ(Verify(token), "jwt:alice");
  clock_.Advance(std::chrono::seconds(1));
  const TokenVerdict verdict = verifier_->Verify(token);
  EXPECT_EQ(verdict.problem, TokenProblem::kExpired) << "though it is in the cache";
  EXPECT_EQ(verdict.name, "jwt:alice") << "for the log";
  EXPECT_EQ(verifier_->stats().cache_bytes, 0u);
}

TEST_F(TokenVerifierTest, TokensWithoutAKeysNameAreTriedWithTheFewOfTheirAlgorithm) {
  std::vector<std::string> keys;
  std::vector<TestSigningKey> signers;
  for (size_t i = 0; i < KeySet::kMostTried; ++i) signers.emplace_back(Kind::kEd25519, Cat("key", i));
  for (const TestSigningKey& signer : signers) keys.push_back(signer.Jwk());
  ASSERT_NO_FATAL_FAILURE(Open(keys));
  const std::string token = signers.back().Token(R"({"alg":"EdDSA"})", Claims());
  EXPECT_EQ(Verify(token), "jwt:alice");
  keys.push_back(TestSigningKey(Kind::kEd25519, "one more").Jwk());
  ASSERT_NO_FATAL_FAILURE(Open(keys));
  EXPECT_EQ(Verify(token), "!unknown_key") << "else each call of a stranger would cost many checks";
  EXPECT_EQ(Verify(signers.back().Token(Claims())), "jwt:alice") << "with the key's name";
}

TEST_F(TokenVerifierTest, NewKeysAreTakenAndOldOnesForgottenWithWhatTheyProved) {
  ASSERT_NO_FATAL_FAILURE(Open({EdKey().Jwk()}));
  const std::string old = EdKey().Token(Claims());
  const TestSigningKey next(Kind::kP256, "next");
  ASSERT_EQ(Verify(old), "jwt:alice");
  WriteKeys({EdKey().Jwk(), next.Jwk()});
  EXPECT_TRUE(AcceptsAfterSeconds(3, next.Token(Claims())));
  EXPECT_EQ(Verify(old), "jwt:alice");
  WriteKeys({next.Jwk()});
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return Verify(old) == "!unknown_key"; }, std::chrono::seconds(3)))
      << "though the cache knew it";
  EXPECT_EQ(verifier_->stats().loads_total, 3u);
}

TEST_F(TokenVerifierTest, AnotherKeyOfTheSameNameIsAnotherKey) {
  ASSERT_NO_FATAL_FAILURE(Open({EdKey().Jwk()}));
  const std::string old = EdKey().Token(Claims());
  ASSERT_EQ(Verify(old), "jwt:alice");
  const TestSigningKey successor(Kind::kEd25519, "ed");
  WriteKeys({successor.Jwk()});
  EXPECT_TRUE(AcceptsAfterSeconds(3, successor.Token(Claims())));
  EXPECT_EQ(Verify(old), "!signature");
}

TEST_F(TokenVerifierTest, AnUnknownKeyHasTheFilesLookedAtButNotForEveryToken) {
  ASSERT_NO_FATAL_FAILURE(Open({EdKey().Jwk()}));
  const TestSigningKey next(Kind::kEd25519, "next");
  const std::string token = next.Token(Claims());
  EXPECT_EQ(Verify(token), "!unknown_key");
  WriteKeys({next.Jwk()});
  clock_.Advance(net::FileWatch::kCooldown - std::chrono::milliseconds(1));
  EXPECT_EQ(verifier_->stats().loads_total, 1u) << "the clock has not come to the end of the cooldown";
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return verifier_->stats().loads_total == 2; }, std::chrono::milliseconds(700)))
      << "before the second is over";
  EXPECT_EQ(Verify(token), "jwt:alice");
}

TEST_F(TokenVerifierTest, FilesThatCannotBeUsedLeaveTheLastGoodKeys) {
  ASSERT_NO_FATAL_FAILURE(Open({EdKey().Jwk()}));
  const std::string token = EdKey().Token(Claims());
  const std::string weak = TestSigningKey(Kind::kRsa1024, "weak").Jwk();
  uint64_t failures = 0;
  for (const std::string& text :
       {std::string("no JSON"), JwkSet({}), JwkSet({weak}), JwkSet({EdKey().Jwk(), EdKey().Jwk()}),
        JwkSet({EdKey().Jwk(R"(,"d":"AAAA")")}), std::string(2 << 20, ' ')}) {
    ReplaceTestFile(path_, text);
    ++failures;
    EXPECT_TRUE(clock_.AdvanceUntil([&] { return verifier_->stats().load_failures_total == failures; },
                                    std::chrono::seconds(6)))
        << text.substr(0, 200);
    EXPECT_EQ(Verify(token), "jwt:alice");
  }
  std::filesystem::remove(path_);
  EXPECT_TRUE(clock_.AdvanceUntil([&] { return verifier_->stats().load_failures_total == failures + 1; },
                                  std::chrono::seconds(6)));
  EXPECT_EQ(Verify(token), "jwt:alice");
  EXPECT_EQ(verifier_->stats().loads_total, 1u);
}

TEST_F(TokenVerifierTest, KeysThatAreBadAtStartAreAnErrorThatHoldsNothingOfThem) {
  Options options;
  options.keys = path_;
  options.rules.issuer = kTestIssuer;
  options.rules.audiences = {kTestAudience};
  EXPECT_THAT(TokenVerifier::Open(options, &clock_).status().message(), HasSubstr("--jwt-keys"));
  WriteKeys({R"({"kty":"RSA","n":"c2VjcmV0","e":"AQAB","d":"c2VjcmV0"})"});
  const absl::Status status = TokenVerifier::Open(options, &clock_).status();
  EXPECT_THAT(status.message(), HasSubstr("keys[0] is a private key"));
  EXPECT_THAT(status.message(), Not(HasSubstr("c2VjcmV0")));
}

TEST_F(TokenVerifierTest, ADirectoryHasTheKeysOfAllItsJsonFiles) {
  ReplaceTestFile(directory_.path() + "/a.json", JwkSet({EdKey().Jwk()}));
  ReplaceTestFile(directory_.path() + "/b.json", JwkSet({EcKey().Jwk()}));
  ReplaceTestFile(directory_.path() + "/README", "no keys");
  ReplaceTestFile(directory_.path() + "/.hidden.json", "no keys");
  Options options;
  options.keys = directory_.path();
  options.rules.issuer = kTestIssuer;
  options.rules.audiences = {kTestAudience};
  auto opened = TokenVerifier::Open(options, &clock_);
  ASSERT_TRUE(opened.ok()) << opened.status();
  verifier_ = *std::move(opened);
  EXPECT_EQ(Verify(EdKey().Token(Claims())), "jwt:alice");
  EXPECT_EQ(Verify(EcKey().Token(Claims())), "jwt:alice");
  std::filesystem::remove(directory_.path() + "/b.json");
  EXPECT_TRUE(
      clock_.AdvanceUntil([&] { return Verify(EcKey().Token(Claims())) == "!unknown_key"; }, std::chrono::seconds(3)));
}

TEST_F(TokenVerifierTest, ManyThreadsSeeGoodTokensAcceptedWhileKeysAreReplaced) {
  ASSERT_NO_FATAL_FAILURE(Open({EdKey().Jwk(), EcKey().Jwk()}));
  const std::vector<std::string> tokens = {EdKey().Token(Claims()), EcKey().Token(Claims())};
  std::atomic<bool> ending{false};
  std::atomic<int> refused{0}, accepted{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (size_t turn = static_cast<size_t>(i); !ending; ++turn) {
        const bool good = verifier_->Verify(tokens[turn % tokens.size()]).identity != nullptr;
        ++(good ? accepted : refused);
      }
    });
  }
  for (int round = 0; round < 10; ++round) {
    const uint64_t loads = verifier_->stats().loads_total;
    WriteKeys({EdKey().Jwk(), TestSigningKey(Kind::kEd25519, Cat("new", round)).Jwk(), EcKey().Jwk()});
    EXPECT_TRUE(clock_.AdvanceUntil([&] { return verifier_->stats().loads_total > loads; }, std::chrono::seconds(3)));
  }
  EXPECT_TRUE(Eventually([&] { return accepted > 1000; }));
  ending = true;
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace rowkeeper::identity
