#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowkeeper::identity {

/// Where the tenant is in SPIFFE IDs: "spiffe://example.org/tenants/{tenant}/**". A part of the path is `{tenant}`,
/// once;
/// `*`, any part; `**` at the end, any number of parts, none too; or itself. Immutable.
class TenantPattern {
 public:
  /// nullopt for what is no pattern.
  static std::optional<TenantPattern> Parse(std::string_view text);

  /// Empty for an ID that does not match. `id`: see IsSpiffeId.
  std::string TenantOf(std::string_view id) const;

 private:
  std::vector<std::string> parts_;
  bool any_rest_ = false;
};

}  // namespace rowkeeper::identity
