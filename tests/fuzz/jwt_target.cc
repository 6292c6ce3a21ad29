#include <algorithm>

#include "absl/strings/escaping.h"
#include "server/base/text.h"
#include "server/identity/base64url.h"
#include "server/identity/claims.h"
#include "server/identity/key_set.h"
#include "server/identity/strict_json.h"
#include "server/identity/token.h"
#include "tests/fuzz/targets.h"
#include "tests/fuzz/text_mutation.h"

namespace rowkeeper::fuzz {
namespace {

/// What tokens, claims and keys are made of.
const std::vector<std::string>& JwtWords() {
  static const auto* const kWords = new std::vector<std::string>{"{",
                                                                 "}",
                                                                 "[",
                                                                 "]",
                                                                 ",",
                                                                 ":",
                                                                 "\"",
                                                                 ".",
                                                                 "\\u0000",
                                                                 "eyJhbGciOiJFZERTQSJ9",
                                                                 "e30",
                                                                 "c2ln",
                                                                 "eyJzdWIiOiJhIn0",
                                                                 R"("alg":"EdDSA")",
                                                                 R"("kid":"one")",
                                                                 R"("crit":[])",
                                                                 R"("typ":"JWT")",
                                                                 R"("iss":"i")",
                                                                 R"("aud":"a")",
                                                                 R"("aud":["a"])",
                                                                 R"("sub":"s")",
                                                                 R"("exp":2000000000)",
                                                                 R"("exp":1e400)",
                                                                 R"("nbf":-1)",
                                                                 R"("roles":["b","a"])",
                                                                 R"("tid":"t")",
                                                                 R"("keys":[)",
                                                                 R"("kty":"OKP")",
                                                                 R"("kty":"EC")",
                                                                 R"("kty":"RSA")",
                                                                 R"("crv":"Ed25519")",
                                                                 R"("crv":"P-256")",
                                                                 R"("use":"enc")",
                                                                 R"("d":"AA")",
                                                                 R"("e":"AQAB")",
                                                                 R"("n":"AQAB")",
                                                                 R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo")",
                                                                 "1e308",
                                                                 "null",
                                                                 "true",
                                                                 "\xff",
                                                                 "\n"};
  return *kWords;
}

std::string EncodeBase64Url(std::string_view bytes) {
  std::string text;
  absl::WebSafeBase64Escape(ToAbsl(bytes), &text);
  text.resize(text.find_last_not_of('=') + 1);
  return text;
}

std::string CheckJwt(std::string_view text) {
  identity::TokenProblem problem{};
  const auto token = identity::ParseToken(text, &problem);
  if (!token.has_value()) return "";
  if (identity::KeySet().Find(token->algorithm, token->key_id).size() != 0) return "no keys have a key";
  for (std::string_view part = text; !part.empty();) {
    const std::string_view one = part.substr(0, part.find('.'));
    part.remove_prefix(std::min(part.size(), one.size() + 1));
    const auto bytes = identity::DecodeBase64Url(one);
    if (!bytes.has_value() || EncodeBase64Url(*bytes) != one) return "a part of a token has two forms";
  }
  return "";
}

std::string CheckClaims(std::string_view text) {
  identity::TokenRules rules;
  rules.issuer = "i";
  rules.audiences = {"a"};
  rules.tenant_claim = "/a/tid";
  const auto claims = identity::ParseStrictObject(text);
  identity::TokenProblem problem{};
  const auto facts = claims.has_value() ? identity::ReadClaims(*claims, rules, &problem) : std::nullopt;
  if (!facts.has_value()) return "";
  const identity::Identity& who = *facts->identity;
  if (who.name.substr(0, 4) != "jwt:" || who.name.size() < 5 || who.name.size() > 259) return "a name that is none";
  if (std::any_of(who.name.begin(), who.name.end(), [](unsigned char c) { return c < ' '; })) return "a line break";
  if (!std::is_sorted(who.roles.begin(), who.roles.end())) return "roles without an order";
  if (facts->expires < 0 || facts->begins < 0) return "a time before 1970";
  return claims->at("iss") == "i" ? "" : "another issuer";
}

std::string CheckKeys(std::string_view text) {
  identity::KeySet keys;
  const bool taken = keys.Add(text).ok();
  return !taken || keys.size() <= identity::KeySet::kMostKeys ? "" : "too many keys";
}

/// The first byte chooses what it is.
std::string CheckJwtInput(std::string_view input) {
  if (input.empty()) return "";
  const std::string_view text = input.substr(1);
  switch (input.front() % 3) {
    case 0:
      return CheckJwt(text);
    case 1:
      return CheckClaims(text);
    default:
      return CheckKeys(text);
  }
}

std::string MakeJwtInput(Random* random) {
  switch (random->Below(4)) {
    case 0:
      return "ceyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhIn0.c2ln";
    case 1:
      return R"(a{"iss":"i","aud":["a"],"sub":"s","exp":2000000000,"roles":["b","a"]})";
    case 2:
      return R"(b{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"one"}]})";
    default:
      return RandomText(JwtWords(), random);
  }
}

std::string MutateJwtInput(const std::string& input, Random* random) { return MutateText(input, JwtWords(), random); }

}  // namespace

Target JwtTarget() { return {"jwt", CheckJwtInput, MakeJwtInput, MutateJwtInput}; }

}  // namespace rowkeeper::fuzz
