#include "server/identity/tenant_pattern.h"

#include <algorithm>

#include "absl/strings/str_split.h"
#include "server/base/text.h"
#include "server/identity/spiffe_id.h"

namespace rowkeeper::identity {
namespace {

constexpr std::string_view kTenantPart = "{tenant}";

/// "spiffe:", "", "example.org", …
std::vector<std::string> PartsOf(std::string_view id) { return absl::StrSplit(ToAbsl(id), '/'); }

/// An ID that the pattern matches: what is no SPIFFE ID itself matches none.
bool MatchesSomething(std::vector<std::string> parts) {
  std::string id;
  for (std::string& part : parts) {
    if (part == kTenantPart || part == "*") part = "a";
    id += Cat(id.empty() ? "" : "/", part);
  }
  return IsSpiffeId(id);
}

}  // namespace

std::optional<TenantPattern> TenantPattern::Parse(std::string_view text) {
  TenantPattern pattern;
  pattern.parts_ = PartsOf(text);
  pattern.any_rest_ = pattern.parts_.back() == "**";
  if (pattern.any_rest_) pattern.parts_.pop_back();
  const bool in_path = pattern.parts_.size() > 3 && pattern.parts_[2] != "*" && pattern.parts_[2] != kTenantPart;
  const bool once = std::count(pattern.parts_.begin(), pattern.parts_.end(), kTenantPart) == 1;
  if (!in_path || !once || !MatchesSomething(pattern.parts_)) return std::nullopt;
  return pattern;
}

std::string TenantPattern::TenantOf(std::string_view id) const {
  const std::vector<std::string> parts = PartsOf(id);
  if (parts.size() < parts_.size() || (!any_rest_ && parts.size() > parts_.size())) return "";
  std::string tenant;
  for (size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i] == kTenantPart) {
      tenant = parts[i];
    } else if (parts_[i] != "*" && parts_[i] != parts[i]) {
      return "";
    }
  }
  return tenant;
}

}  // namespace rowkeeper::identity
