#pragma once

// The map of this folder:
//   allow_list.h   who is on a list, and by what
//   field_rules.h  who may read and write which fields
//   feature.h      what lists are about beside the methods of repositories
//   policy_file.h  the operator's file, which narrows what the catalogue allows
//   policies.h     both together: may this caller call that method?

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/identity/identity.h"

namespace rowkeeper::policy {

/// One or several callers, as people name them: "role:billing", "caller:jwt:alice",
/// "caller:spiffe://example.org/shop/*", "authenticated", "anonymous" or "everyone". Immutable.
class Principal {
 public:
  /// Errors: INVALID_ARGUMENT, `"rol:billing" is no principal`, without a remedy.
  static absl::StatusOr<Principal> Parse(std::string_view text);

  /// Whether `caller` (null: anonymous) is one of them.
  bool Names(const identity::Identity* caller) const;
  /// As it was written.
  const std::string& text() const { return text_; }

  enum class Kind : uint8_t {
    kRole,
    kCaller,
    kCallersBelow,  ///< of a SPIFFE ID; value() ends in '/'
    kAuthenticated,
    kAnonymous,
    kEveryone,
  };
  Kind kind() const { return kind_; }
  /// The role, or the identity's name; empty for the last three kinds.
  const std::string& value() const { return value_; }

 private:
  Principal(Kind kind, std::string_view value, std::string_view text) : kind_(kind), value_(value), text_(text) {}
  static absl::StatusOr<Principal> ParseCaller(std::string_view value, std::string_view text);

  Kind kind_;
  std::string value_;
  std::string text_;
};

/// What to do about a text that is no principal.
extern const std::string_view kPrincipalRemedy;

/// Those who may; whoever is not on it may not. Empty: nobody. Immutable; thread-safe.
class AllowList {
 public:
  AllowList() = default;
  /// Errors: those of Principal::Parse, for the first text that is none.
  static absl::StatusOr<AllowList> Parse(const std::vector<std::string>& texts);

  /// The first principal by which `caller` (null: anonymous) is on the list; nullptr when it is not. Allocates nothing.
  const Principal* Find(const identity::Identity* caller) const;
  bool Admits(const identity::Identity* caller) const { return Find(caller) != nullptr; }
  const std::vector<Principal>& principals() const { return principals_; }
  /// "role:billing, caller:jwt:alice"; "nobody" for an empty list.
  std::string ToString() const;

 private:
  std::vector<Principal> principals_;
};

/// A list, and where it stands, for people: "shop/v1/product.proto:12".
struct Rule {
  AllowList list;
  std::string place;
};

}  // namespace rowkeeper::policy
