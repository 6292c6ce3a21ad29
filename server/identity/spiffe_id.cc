#include "server/identity/spiffe_id.h"

#include <algorithm>
#include <cstddef>

namespace rowkeeper::identity {
namespace {

constexpr std::string_view kScheme = "spiffe://";
constexpr size_t kLongestId = 2048;
constexpr size_t kLongestTrustDomain = 255;

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool IsMark(char c) { return c == '.' || c == '-' || c == '_'; }
bool IsOfTrustDomain(char c) { return IsLowerOrDigit(c) || IsMark(c); }
bool IsOfSegment(char c) { return IsOfTrustDomain(c) || (c >= 'A' && c <= 'Z'); }

bool IsSegment(std::string_view segment) {
  return !segment.empty() && segment != "." && segment != ".." &&
         std::all_of(segment.begin(), segment.end(), &IsOfSegment);
}

}  // namespace

bool IsSpiffeId(std::string_view text) {
  if (text.size() > kLongestId || text.substr(0, kScheme.size()) != kScheme) return false;
  std::string_view left = text.substr(kScheme.size());
  const std::string_view domain = left.substr(0, left.find('/'));
  if (domain.empty() || domain.size() > kLongestTrustDomain) return false;
  if (!std::all_of(domain.begin(), domain.end(), &IsOfTrustDomain)) return false;
  left.remove_prefix(domain.size());
  while (!left.empty()) {
    left.remove_prefix(1);
    const std::string_view segment = left.substr(0, left.find('/'));
    if (!IsSegment(segment)) return false;
    left.remove_prefix(segment.size());
  }
  return true;
}

}  // namespace rowkeeper::identity
