#include "server/policy/allow_list.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/text.h"
#include "server/identity/claims.h"
#include "server/identity/spiffe_id.h"

namespace rowkeeper::policy {
namespace {

constexpr std::string_view kRolePrefix = "role:";
constexpr std::string_view kCallerPrefix = "caller:";
constexpr std::string_view kTokenPrefix = "jwt:";
constexpr std::string_view kSpiffePrefix = "spiffe:";
constexpr std::string_view kBelow = "/*";

absl::Status NoPrincipal(std::string_view text, std::string_view why = "") {
  return absl::InvalidArgumentError(Cat("\"", text, "\" is no principal", why.empty() ? "" : ": ", why));
}

}  // namespace

const std::string_view kPrincipalRemedy =
    "write role:NAME, caller:jwt:SUBJECT, caller:spiffe://DOMAIN/PATH, authenticated, anonymous or everyone";

absl::StatusOr<Principal> Principal::Parse(std::string_view text) {
  if (text == "authenticated") return Principal(Kind::kAuthenticated, "", text);
  if (text == "anonymous") return Principal(Kind::kAnonymous, "", text);
  if (text == "everyone") return Principal(Kind::kEveryone, "", text);
  if (HasPrefix(text, kCallerPrefix)) return ParseCaller(text.substr(kCallerPrefix.size()), text);
  if (!HasPrefix(text, kRolePrefix)) return NoPrincipal(text);
  const std::string_view role = text.substr(kRolePrefix.size());
  if (role == "*") return NoPrincipal(text, "roles have no wildcard");
  if (!identity::IsRoleName(role)) return NoPrincipal(text, "no token has such a role");
  return Principal(Kind::kRole, role, text);
}

absl::StatusOr<Principal> Principal::ParseCaller(std::string_view value, std::string_view text) {
  if (HasPrefix(value, kTokenPrefix)) {
    const std::string_view subject = value.substr(kTokenPrefix.size());
    if (subject == "*") return NoPrincipal(text, "subjects have no wildcard");
    if (!identity::IsSubject(subject)) return NoPrincipal(text, "no token has such a subject");
    return Principal(Kind::kCaller, value, text);
  }
  if (!HasPrefix(value, kSpiffePrefix)) return NoPrincipal(text, "a caller's name begins with jwt: or spiffe://");
  const bool below = value.size() > kBelow.size() && value.substr(value.size() - kBelow.size()) == kBelow;
  const std::string_view id = below ? value.substr(0, value.size() - kBelow.size()) : value;
  if (!identity::IsSpiffeId(id)) return NoPrincipal(text, "that is no SPIFFE ID");
  if (!below) return Principal(Kind::kCaller, value, text);
  return Principal(Kind::kCallersBelow, value.substr(0, value.size() - 1), text);
}

bool Principal::Names(const identity::Identity* caller) const {
  switch (kind_) {
    case Kind::kEveryone:
      return true;
    case Kind::kAnonymous:
      return caller == nullptr;
    case Kind::kAuthenticated:
      return caller != nullptr;
    case Kind::kRole:
      return caller != nullptr && std::binary_search(caller->roles.begin(), caller->roles.end(), value_);
    case Kind::kCaller:
      return caller != nullptr && caller->name == value_;
    case Kind::kCallersBelow:
      return caller != nullptr && HasPrefix(caller->name, value_);
  }
  return false;
}

absl::StatusOr<AllowList> AllowList::Parse(const std::vector<std::string>& texts) {
  AllowList list;
  for (const std::string& text : texts) {
    absl::StatusOr<Principal> principal = Principal::Parse(text);
    if (!principal.ok()) return principal.status();
    list.principals_.push_back(*std::move(principal));
  }
  return list;
}

const Principal* AllowList::Find(const identity::Identity* caller) const {
  for (const Principal& principal : principals_) {
    if (principal.Names(caller)) return &principal;
  }
  return nullptr;
}

std::string AllowList::ToString() const {
  if (principals_.empty()) return "nobody";
  return absl::StrJoin(principals_, ", ",
                       [](std::string* out, const Principal& principal) { out->append(principal.text()); });
}

}  // namespace rowkeeper::policy
