#include "server/identity/token.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "server/base/text.h"
#include "server/identity/base64url.h"
#include "server/identity/strict_json.h"

namespace rowkeeper::identity {
namespace {

using nlohmann::json;

constexpr std::string_view kProblemNames[] = {"malformed",     "algorithm", "critical", "unknown_key",
                                              "signature",     "issuer",    "audience", "expired",
                                              "not_yet_valid", "claims",    "no_keys"};
static_assert(std::size(kProblemNames) == kTokenProblems);

/// A logout token, say, is none that calls are made with.
bool IsTypeOfAccess(const json& header) {
  if (!header.contains("typ")) return true;
  const std::string* const type = FindString(header, "typ");
  if (type == nullptr) return false;
  std::string lower = *type;
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return IsOneOf(lower, {"jwt", "at+jwt", "application/jwt", "application/at+jwt"});
}

std::optional<json> ParsePart(std::string_view part) {
  const std::optional<std::string> text = DecodeBase64Url(part);
  return text.has_value() ? ParseStrictObject(*text) : std::nullopt;
}

std::optional<TokenProblem> ReadHeader(const json& header, Token* token) {
  const std::string* const algorithm = FindString(header, "alg");
  if (algorithm == nullptr) return TokenProblem::kMalformed;
  const std::optional<Algorithm> known = AlgorithmFromName(*algorithm);
  if (!known.has_value()) return TokenProblem::kAlgorithm;
  if (header.contains("crit") || header.contains("b64")) return TokenProblem::kCritical;
  if (!IsTypeOfAccess(header)) return TokenProblem::kMalformed;
  token->algorithm = *known;
  if (!header.contains("kid")) return std::nullopt;
  const std::string* const id = FindString(header, "kid");
  if (id == nullptr || id->empty()) return TokenProblem::kMalformed;
  token->key_id = *id;
  return std::nullopt;
}

}  // namespace

std::string_view TokenProblemName(TokenProblem problem) { return kProblemNames[static_cast<size_t>(problem)]; }

std::optional<Token> ParseToken(std::string_view text, TokenProblem* problem) {
  *problem = TokenProblem::kMalformed;
  const size_t first = text.find('.');
  const size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.size() > kMostTokenBytes) return std::nullopt;
  const std::optional<json> header = ParsePart(text.substr(0, first));
  if (!header.has_value()) return std::nullopt;
  Token token;
  if (const auto found = ReadHeader(*header, &token); found.has_value()) {
    *problem = *found;
    return std::nullopt;
  }
  token.signed_text = text.substr(0, second);
  std::optional<std::string> signature = DecodeBase64Url(text.substr(second + 1));  // which takes no third dot
  std::optional<json> claims = ParsePart(text.substr(first + 1, second - first - 1));
  if (!signature.has_value() || signature->empty() || !claims.has_value()) return std::nullopt;
  token.signature = *std::move(signature);
  token.claims = *std::move(claims);
  return token;
}

}  // namespace rowkeeper::identity
