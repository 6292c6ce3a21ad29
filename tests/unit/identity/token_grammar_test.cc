// Tokens at random, by a grammar of what is right and of what is wrong: those without a fault are accepted, and no
// others. ROWKEEPER_TOKENS says how many; ROWKEEPER_SEED repeats a run.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <functional>
#include <random>
#include <set>

#include "server/base/text.h"
#include "server/identity/token_verifier.h"
#include "tests/support/fake_clock.h"
#include "tests/support/temporary_directory.h"
#include "tests/support/test_issuer.h"

namespace rowkeeper::identity {
namespace {

using rowkeeper::testing::FakeClock;
using rowkeeper::testing::JwkSet;
using rowkeeper::testing::kTestAudience;
using rowkeeper::testing::kTestIssuer;
using rowkeeper::testing::ReplaceTestFile;
using rowkeeper::testing::TemporaryDirectory;
using rowkeeper::testing::TestSigningKey;
using rowkeeper::testing::ToBase64Url;
using Kind = TestSigningKey::Kind;

uint64_t NumberFrom(const char* variable, uint64_t fallback) {
  const char* const text = std::getenv(variable);
  return text == nullptr ? fallback : std::strtoull(text, nullptr, 10);
}

/// Members of an object: name and value, as JSON.
using Members = std::vector<std::pair<std::string, std::string>>;

/// A token on its way.
struct Draft {
  const TestSigningKey* key = nullptr;
  Members header;
  Members claims;
  /// What is put round the objects' text.
  std::string header_end, claims_end;
  std::function<std::string(const std::string& text)> sign;
  std::function<std::string(std::string token)> finish;
};

class Grammar {
 public:
  Grammar(uint64_t seed, int64_t now) : random_(seed), now_(now) {
    for (const Kind kind : {Kind::kEd25519, Kind::kP256, Kind::kRsa2048}) {
      own_.emplace_back(kind, Cat("own", own_.size()));
      own_.emplace_back(kind, Cat("own", own_.size()));
      strange_.emplace_back(kind, Cat("own", own_.size() - 1));
    }
  }

  std::string keys() const {
    std::vector<std::string> jwks;
    for (const TestSigningKey& key : own_) jwks.push_back(key.Jwk());
    return JwkSet(jwks);
  }

  /// A token with so many faults, and what they are.
  std::string Make(int faults, std::string* what) {
    Draft draft = Right();
    std::set<size_t> chosen;
    while (static_cast<int>(chosen.size()) < faults) chosen.insert(Below(std::size(kFaults)));
    for (const size_t fault : chosen) {
      *what += Cat(kFaults[fault].name, " ");
      (this->*kFaults[fault].commit)(&draft);
    }
    const std::string text = Cat(ToBase64Url(Object(draft.header, draft.header_end)), ".",
                                 ToBase64Url(Object(draft.claims, draft.claims_end)));
    return draft.finish(Cat(text, ".", ToBase64Url(draft.sign(text))));
  }
  size_t Below(size_t end) { return random_() % end; }

 private:
  struct Fault {
    const char* name;
    void (Grammar::*commit)(Draft*);
  };
  static const Fault kFaults[16];

  template <size_t kCount>
  std::string OneOf(const char* const (&texts)[kCount]) {
    return texts[Below(kCount)];
  }

  Draft Right() {
    Draft draft;
    draft.key = &own_[Below(10) == 0 ? 4 + Below(2) : Below(4)];  // RSA signs slowly
    draft.header = {{"alg", Cat("\"", draft.key->algorithm(), "\"")}};
    if (Below(4) > 0) draft.header.emplace_back("kid", Cat("\"", draft.key->id(), "\""));
    if (Below(2) == 0) draft.header.emplace_back("typ", OneOf({"\"JWT\"", "\"jwt\"", "\"at+jwt\"", "\"\\u004aWT\""}));
    if (Below(4) == 0) draft.header.emplace_back("jku", OneOf({"\"https://x\"", "7", "null", "{\"alg\":\"none\"}"}));
    const std::string audience = Cat("\"", kTestAudience, "\"");
    draft.claims = {{"iss", Cat("\"", kTestIssuer, "\"")},
                    {"aud", Below(2) == 0 ? audience : Cat("[\"x\",", audience, "]")},
                    {"sub", Cat("\"caller", Below(1000), "\"")},
                    {"exp", Cat(now_ + 60 + static_cast<int64_t>(Below(100000)), OneOf({"", ".5", ".0", "e0"}))}};
    if (Below(2) == 0) draft.claims.emplace_back("nbf", Cat(now_ - static_cast<int64_t>(Below(1000))));
    if (Below(2) == 0) draft.claims.emplace_back("iat", Cat(now_ + 20 - static_cast<int64_t>(Below(1000))));
    if (Below(2) == 0) draft.claims.emplace_back("roles", OneOf({"[]", "[\"a\",\"b\"]", "\"a b\"", "\"\""}));
    if (Below(4) == 0) draft.claims.emplace_back("more", OneOf({"{\"exp\":0}", "[[1e300]]", "null", "\"\\n\""}));
    draft.header_end = draft.claims_end = OneOf({"", " ", "\n\t "});
    draft.sign = [key = draft.key](const std::string& text) { return key->Sign(text); };
    draft.finish = [](std::string token) { return token; };
    return draft;
  }

  std::string Object(Members members, const std::string& end) {
    std::shuffle(members.begin(), members.end(), random_);
    std::string text = "{";
    for (const auto& [name, value] : members) text += Cat(text.size() > 1 ? "," : "", "\"", name, "\":", value);
    return Cat(text, "}", end);
  }

  static void Set(Members* members, const std::string& name, const std::string& value) {
    Remove(members, name);
    members->emplace_back(name, value);
  }
  static void Remove(Members* members, const std::string& name) {
    members->erase(std::remove_if(members->begin(), members->end(), [&](const auto& one) { return one.first == name; }),
                   members->end());
  }

  const TestSigningKey& Other(const Draft& draft) {
    while (true) {
      const TestSigningKey& key = own_[Below(own_.size())];
      if (key.id() != draft.key->id()) return key;
    }
  }

  // Each makes the token one that must be refused, whatever else is done to it.
  void BadAlgorithm(Draft* draft) {
    const std::string bad = OneOf({"\"none\"", "\"None\"", "\"HS256\"", "\"RS512\"", "\"PS256\"", "\"rs256\"", "\"\"",
                                   "null", "7", "[\"RS256\"]", "{}", "\"ES256 \"", "\"RS256\\u0000\""});
    Set(&draft->header, "alg", bad);
  }
  void AlgorithmOfAnother(Draft* draft) {
    const std::string own = draft->key->algorithm();
    std::string other = own;
    while (other == own) other = OneOf({"RS256", "ES256", "EdDSA"});
    Set(&draft->header, "alg", Cat("\"", other, "\""));
  }
  void NoAlgorithm(Draft* draft) { Remove(&draft->header, "alg"); }
  void BadKeyName(Draft* draft) {
    const std::string bad =
        OneOf({"\"\"", "7", "null", "[\"own0\"]", "\"unknown\"", "\"own\"", "\"OWN0\"", "\"own0 \""});
    Set(&draft->header, "kid", Below(4) == 0 ? Cat("\"", Other(*draft).id(), "\"") : bad);
  }
  void BadHeader(Draft* draft) {
    const std::pair<const char*, const char*> bad[] = {{"crit", "[\"exp\"]"}, {"crit", "[]"},   {"crit", "null"},
                                                       {"b64", "false"},      {"typ", "\"x\""}, {"typ", "[]"}};
    const auto& [name, value] = bad[Below(std::size(bad))];
    Set(&draft->header, name, value);
  }
  void BadIssuer(Draft* draft) {
    Set(&draft->claims, "iss", OneOf({"\"https://evil\"", "\"\"", "null", "7", "[\"https://issuer.example.org/\"]"}));
  }
  void BadAudience(Draft* draft) {
    if (Below(4) == 0) return Remove(&draft->claims, "aud");
    Set(&draft->claims, "aud",
        OneOf({"\"x\"", "[]", "null", "[\"x\"]", "[[\"rowkeeper\"]]", "[\"rowkeeper\",1]", "true"}));
  }
  void BadSubject(Draft* draft) {
    if (Below(4) == 0) return Remove(&draft->claims, "sub");
    Set(&draft->claims, "sub",
        OneOf({"\"\"", "null", "7", "\"a\\nb\"", "\"a\\u0000\"", "\"a\\u202e\"", "[\"a\"]", "{}"}));
  }
  void BadEnd(Draft* draft) {
    if (Below(4) == 0) return Remove(&draft->claims, "exp");
    const std::string past = Cat(now_ - 31 - static_cast<int64_t>(Below(100000)));
    Set(&draft->claims, "exp",
        Below(3) == 0 ? past : OneOf({"\"9999999999\"", "null", "true", "-1", "1e300", "0", "[9999999999]", "1e400"}));
  }
  void BadBeginning(Draft* draft) {
    const std::string future = Cat(now_ + 31 + static_cast<int64_t>(Below(100000)));
    Set(&draft->claims, OneOf({"nbf", "iat"}), Below(2) == 0 ? future : OneOf({"\"1\"", "null", "-1", "1e300", "[]"}));
  }
  void BadRoles(Draft* draft) {
    Set(&draft->claims, "roles", OneOf({"7", "null", "{}", "[7]", "[\"\"]", "[[\"a\"]]", "[\"a\\n\"]", "true"}));
  }
  void BoundToAKey(Draft* draft) {
    Set(&draft->claims, "cnf", OneOf({"{\"jkt\":\"x\"}", "{\"x5t#S256\":\"x\"}", "{}", "null"}));
  }
  void TwiceThere(Draft* draft) {
    Members* const members = Below(2) == 0 ? &draft->header : &draft->claims;
    if (members->empty()) return draft->claims.emplace_back("more", "{\"a\":1,\"a\":1}"), void();
    members->push_back((*members)[Below(members->size())]);
  }
  void NoJson(Draft* draft) {
    (Below(2) == 0 ? draft->header_end : draft->claims_end) = OneOf({"}", "{}", ",", "x", "//", "\v", "\xff", "]"});
  }
  void BadSignature(Draft* draft) {
    const TestSigningKey* const key = draft->key;
    const TestSigningKey* const other = &Other(*draft);
    const TestSigningKey* const stranger = &strange_[Below(strange_.size())];
    switch (Below(7)) {
      case 0:
        draft->sign = [other](const std::string& text) { return other->Sign(text); };
        // A token that names no key may be of any of the same algorithm.
        return Set(&draft->header, "kid", Cat("\"", key->id(), "\""));
      case 1:
        draft->sign = [stranger](const std::string& text) { return stranger->Sign(text); };
        return;
      case 2:
        draft->sign = [key](const std::string& text) { return key->Sign(Cat(text, " ")); };
        return;
      case 3:
        draft->sign = [key](const std::string& text) { return key->Sign(text).substr(1); };
        return;
      case 4:
        draft->sign = [key](const std::string& text) { return Cat(key->Sign(text), "\n"); };
        return;
      case 5:
        draft->sign = [key](const std::string& text) { return std::string(key->Sign(text).size(), '\0'); };
        return;
      default:
        draft->sign = [key, bit = Below(64 * 8)](const std::string& text) {
          std::string signature = key->Sign(text);
          signature[bit / 8] = static_cast<char>(signature[bit / 8] ^ (1 << bit % 8));
          return signature;
        };
    }
  }
  void BadText(Draft* draft) {
    draft->finish = [this](std::string token) {
      const size_t place = Below(token.size());
      switch (Below(8)) {
        case 0:
          return token + OneOf({".", "=", "==", " ", "\n", "A", ".A", "%"});
        case 1:
          return token.substr(0, token.rfind('.') + Below(2));
        case 2:
          return OneOf({" ", ".", "A", "Bearer "}) + token;
        case 3:
          return token.substr(token.find('.'));
        case 4:
          return token + token;
        case 5:
          return token.erase(place, 1);
        case 6:
          return token + std::string(kMostTokenBytes, 'A');
        default:
          token[place] = token[place] == 'Q' ? 'R' : 'Q';
          return token;
      }
    };
  }

  std::mt19937_64 random_;
  const int64_t now_;
  /// Two of each algorithm.
  std::vector<TestSigningKey> own_;
  /// With the names of some of those.
  std::vector<TestSigningKey> strange_;
};

const Grammar::Fault Grammar::kFaults[] = {{"algorithm", &Grammar::BadAlgorithm},
                                           {"algorithm-of-another", &Grammar::AlgorithmOfAnother},
                                           {"no-algorithm", &Grammar::NoAlgorithm},
                                           {"key", &Grammar::BadKeyName},
                                           {"header", &Grammar::BadHeader},
                                           {"issuer", &Grammar::BadIssuer},
                                           {"audience", &Grammar::BadAudience},
                                           {"subject", &Grammar::BadSubject},
                                           {"end", &Grammar::BadEnd},
                                           {"beginning", &Grammar::BadBeginning},
                                           {"roles", &Grammar::BadRoles},
                                           {"bound", &Grammar::BoundToAKey},
                                           {"twice", &Grammar::TwiceThere},
                                           {"no-json", &Grammar::NoJson},
                                           {"signature", &Grammar::BadSignature},
                                           {"text", &Grammar::BadText}};

TEST(TokenGrammarTest, TokensWithoutAFaultAreAcceptedAndNoOthers) {
  const uint64_t count = NumberFrom("ROWKEEPER_TOKENS", 4000);
  const uint64_t seed = NumberFrom("ROWKEEPER_SEED", std::random_device{}());
  SCOPED_TRACE(Cat("ROWKEEPER_SEED=", seed));
  FakeClock clock;
  const int64_t now = std::chrono::duration_cast<std::chrono::seconds>(clock.WallNow().time_since_epoch()).count();
  Grammar grammar(seed, now);
  const TemporaryDirectory directory;
  TokenVerifier::Options options;
  options.keys = directory.path() + "/keys.json";
  options.rules.issuer = kTestIssuer;
  options.rules.audiences = {kTestAudience};
  options.cache_bytes = size_t{1} << 20;
  ReplaceTestFile(options.keys, grammar.keys());
  auto verifier = TokenVerifier::Open(options, &clock);
  ASSERT_TRUE(verifier.ok()) << verifier.status();
  std::string last_good;
  for (uint64_t i = 0; i < count; ++i) {
    const size_t dice = grammar.Below(10);
    const int faults = dice < 3 ? 0 : dice < 8 ? 1 : 2;
    std::string what;
    const std::string token = grammar.Make(faults, &what);
    const TokenVerdict verdict = (*verifier)->Verify(token);
    ASSERT_EQ(verdict.identity != nullptr, faults == 0)
        << what << token << (verdict.problem.has_value() ? TokenProblemName(*verdict.problem) : "");
    if (faults == 0) last_good = token;
    if (i % 16 == 0 && !last_good.empty()) {
      ASSERT_NE((*verifier)->Verify(last_good).identity, nullptr) << last_good;
    }
    ASSERT_LE((*verifier)->stats().cache_bytes, options.cache_bytes);
  }
}

}  // namespace
}  // namespace rowkeeper::identity
