#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "server/policy/allow_list.h"
#include "server/policy/feature.h"
#include "server/policy/field_rules.h"

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
///     [fields]
///     "shop.v1.Employee.salary" = {read = ["role:hr"], write = []}
///
/// Immutable; thread-safe.
class PolicyFile {
 public:
  /// All that a file can name; outlives Parse.
  struct Names {
    const std::vector<std::string>& methods;
    const std::vector<FieldLists>& fields;
  };
  /// `path` is for errors and places. Errors: FAILED_PRECONDITION in one line that names flag, file and line: for what
  /// is not TOML, unknown tables, methods, features and fields, fields that can have no list, and no principals.
  static absl::StatusOr<PolicyFile> Parse(const std::string& path, const std::string& text, const Names& names);

  /// The list for a method: under its own name, else under its service's ("….*"), else under "*". Null: there is none,
  /// so nobody may call it.
  SharedRule OfMethod(std::string_view full_name) const;
  /// The same for a feature: under its name, else under "*".
  SharedRule OfFeature(Feature feature) const;
  /// The list for a field: under its own name, else under its entity's ("….*"), else under "*"; those two are for the
  /// fields that can have one. Null: there is none, so the file leaves it as it is.
  SharedRule OfField(FieldUse use, const FieldLists& field) const;

 private:
  friend class PolicyFileReader;
  using Rules = std::map<std::string, SharedRule, std::less<>>;
  static SharedRule Find(const Rules& rules, std::string_view name);
  static SharedRule FindLongest(const Rules& rules, std::string_view name);

  Rules methods_;
  Rules features_;
  Rules reads_;
  Rules writes_;
};

}  // namespace rowkeeper::policy
