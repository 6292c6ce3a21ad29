#include "server/identity/claims.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "server/base/text.h"
#include "server/identity/strict_json.h"

namespace rowkeeper::identity {
namespace {

using nlohmann::json;

constexpr size_t kMostSubjectBytes = 255;
constexpr size_t kMostRoles = 100;
constexpr size_t kMostRoleBytes = 128;
constexpr int64_t kEndOfYear9999 = 253402300799;

struct Range {
  uint32_t first, last;
};
/// What nobody sees, or what changes the order of what stands beside it: control and format characters, line and
/// paragraph separators, variation selectors, tags.
constexpr Range kHidden[] = {{0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},      {0x61c, 0x61c},
                             {0x115f, 0x1160}, {0x180b, 0x180f}, {0x200b, 0x200f},  {0x2028, 0x202e},
                             {0x2060, 0x206f}, {0x3164, 0x3164}, {0xfe00, 0xfe0f},  {0xfeff, 0xfeff},
                             {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xe0000, 0xe0fff}};

bool IsHidden(uint32_t character) {
  return std::any_of(std::begin(kHidden), std::end(kHidden),
                     [character](Range range) { return character >= range.first && character <= range.last; });
}

/// The character that begins at `*at`, of well-formed UTF-8; moves `*at` behind it.
uint32_t NextCharacter(std::string_view text, size_t* at) {
  const auto lead = static_cast<unsigned char>(text[(*at)++]);
  if (lead < 0x80) return lead;
  const int more = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
  uint32_t character = lead & (0x3fu >> more);
  for (int i = 0; i < more && *at < text.size(); ++i) {
    character = character << 6 | (static_cast<unsigned char>(text[(*at)++]) & 0x3fu);
  }
  return character;
}

/// Names appear in logs and tables: two that look alike there would be taken for one. `text` is well-formed UTF-8.
bool IsName(std::string_view text, size_t most_bytes) {
  if (text.empty() || text.size() > most_bytes) return false;
  for (size_t at = 0; at < text.size();) {
    if (IsHidden(NextCharacter(text, &at))) return false;
  }
  return true;
}

/// A NumericDate (RFC 7519) of the years 1970 to 9999; of fractions the second they are in.
std::optional<int64_t> ToSeconds(const json& value) {
  if (value.is_number_unsigned()) {
    const auto seconds = value.get<uint64_t>();
    if (seconds <= static_cast<uint64_t>(kEndOfYear9999)) return static_cast<int64_t>(seconds);
  } else if (value.is_number_integer()) {
    const auto seconds = value.get<int64_t>();
    if (seconds >= 0 && seconds <= kEndOfYear9999) return seconds;
  } else if (value.is_number_float()) {
    const auto seconds = value.get<double>();
    if (seconds >= 0 && seconds <= static_cast<double>(kEndOfYear9999)) return static_cast<int64_t>(seconds);
  }
  return std::nullopt;
}

/// The latest of the times from which a token is good; false when one of them is none.
bool ReadBeginning(const json& claims, int64_t* begins) {
  for (const char* const name : {"nbf", "iat"}) {
    const auto found = claims.find(name);
    if (found == claims.end()) continue;
    const std::optional<int64_t> seconds = ToSeconds(*found);
    if (!seconds.has_value()) return false;
    *begins = std::max(*begins, *seconds);
  }
  return true;
}

bool NamesOneOf(const json& audience, const std::vector<std::string>& expected) {
  const auto is_expected = [&expected](const json& one) {
    const auto* const text = one.get_ptr<const std::string*>();
    return text != nullptr && std::find(expected.begin(), expected.end(), *text) != expected.end();
  };
  if (!audience.is_array()) return is_expected(audience);
  const bool all_texts = std::all_of(audience.begin(), audience.end(), [](const json& one) { return one.is_string(); });
  return all_texts && std::any_of(audience.begin(), audience.end(), is_expected);
}

/// Null when there is none, or `object` is no object.
const json* Member(const json* object, const std::string& name) {
  if (object == nullptr || !object->is_object()) return nullptr;
  const auto found = object->find(name);
  return found == object->end() ? nullptr : &*found;
}

/// The same by name or pointer, which leads through objects only.
const json* FindClaim(const json& claims, const std::string& name) {
  if (name.empty()) return nullptr;
  if (name.front() != '/') return Member(&claims, name);
  const json* found = &claims;
  for (const absl::string_view part : absl::StrSplit(absl::string_view(name).substr(1), '/')) {
    found = Member(found, absl::StrReplaceAll(part, {{"~1", "/"}, {"~0", "~"}}));
  }
  return found;
}

bool ReadRoles(const json* claim, std::vector<std::string>* roles) {
  if (claim == nullptr) return true;
  if (claim->is_string()) {
    *roles = absl::StrSplit(claim->get_ref<const std::string&>(), ' ', absl::SkipEmpty());
  } else if (claim->is_array()) {
    for (const json& role : *claim) {
      if (!role.is_string()) return false;
      roles->push_back(role.get<std::string>());
    }
  } else {
    return false;
  }
  const bool good = std::all_of(roles->begin(), roles->end(), [](const std::string& role) { return IsRoleName(role); });
  std::sort(roles->begin(), roles->end());
  roles->erase(std::unique(roles->begin(), roles->end()), roles->end());
  return good && roles->size() <= kMostRoles;
}

bool ReadTenant(const json* claim, std::string* tenant) {
  if (claim == nullptr) return true;
  if (!claim->is_string()) return false;
  *tenant = claim->get<std::string>();
  return IsTenantName(*tenant);
}

}  // namespace

bool IsSubject(std::string_view text) { return IsName(text, kMostSubjectBytes); }

bool IsRoleName(std::string_view text) { return IsName(text, kMostRoleBytes); }

bool IsTenantName(std::string_view text) { return IsName(text, kMostSubjectBytes); }

bool IsClaimName(const std::string& name) {
  if (name.empty() || name.front() != '/') return !name.empty();
  for (size_t tilde = name.find('~'); tilde != std::string::npos; tilde = name.find('~', tilde + 1)) {
    if (tilde + 1 == name.size() || (name[tilde + 1] != '0' && name[tilde + 1] != '1')) return false;
  }
  return name.size() > 1;
}

std::optional<TokenFacts> ReadClaims(const json& claims, const TokenRules& rules, TokenProblem* problem) {
  const std::string* const issuer = FindString(claims, "iss");
  *problem = TokenProblem::kIssuer;
  if (issuer == nullptr || *issuer != rules.issuer) return std::nullopt;
  *problem = TokenProblem::kAudience;
  const auto audience = claims.find("aud");
  if (audience == claims.end() || !NamesOneOf(*audience, rules.audiences)) return std::nullopt;

  *problem = TokenProblem::kClaims;
  if (claims.contains("cnf")) return std::nullopt;  // bound to a key (RFC 7800), which nobody here asks for
  TokenFacts facts;
  const auto expires = claims.find("exp");
  const std::optional<int64_t> end = expires == claims.end() ? std::nullopt : ToSeconds(*expires);
  if (!end.has_value() || !ReadBeginning(claims, &facts.begins)) return std::nullopt;
  facts.expires = *end;
  const std::string* const subject = FindString(claims, "sub");
  if (subject == nullptr || !IsSubject(*subject)) return std::nullopt;
  Identity identity;
  identity.source = Identity::Source::kToken;
  identity.name = Cat("jwt:", *subject);
  if (!ReadRoles(FindClaim(claims, rules.roles_claim), &identity.roles)) return std::nullopt;
  if (!ReadTenant(FindClaim(claims, rules.tenant_claim), &identity.tenant)) return std::nullopt;
  facts.identity = std::make_shared<const Identity>(std::move(identity));
  return facts;
}

std::optional<TokenProblem> CheckTime(const TokenFacts& facts, std::chrono::seconds skew, int64_t now) {
  if (now >= facts.expires + skew.count()) return TokenProblem::kExpired;
  if (now < facts.begins - skew.count()) return TokenProblem::kNotYetValid;
  return std::nullopt;
}

}  // namespace rowkeeper::identity
