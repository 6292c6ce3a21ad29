#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/policy/allow_list.h"
#include "server/policy/feature.h"

namespace rowkeeper::policy {

/// By which the operator names it.
inline constexpr std::string_view kPolicyFlag = "--policy-file";

/// What the operator's file says. It is TOML:
///
///     [methods]
///     "*" = ["everyone"]
///     "shop.v1.ProductRepository.*" = ["role:shop"]
///     "shop.v1.ProductRepository.Purge" = []
///
///     [features]
///     "*" = ["authenticated"]
///     debug = ["role:ops"]
///
/// Immutable; thread-safe.
class PolicyFile {
 public:
  using SharedRule = std::shared_ptr<const Rule>;

  /// `path` is for errors and places; `methods` are all that a file can name. Errors: FAILED_PRECONDITION in one line
  /// that names flag, file and line: for what is not TOML, unknown tables, methods and features, and no principals.
  static absl::StatusOr<PolicyFile> Parse(const std::string& path, const std::string& text,
                                          const std::vector<std::string>& methods);

  /// The list for a method: under its own name, else under its service's ("….*"), else under "*". Null: there is none,
  /// so nobody may call it.
  SharedRule OfMethod(std::string_view full_name) const;
  /// The same for a feature: under its name, else under "*".
  SharedRule OfFeature(Feature feature) const;

 private:
  friend class PolicyFileReader;
  using Rules = std::map<std::string, SharedRule, std::less<>>;
  static SharedRule Find(const Rules& rules, std::string_view name);

  Rules methods_;
  Rules features_;
};

}  // namespace rowkeeper::policy
