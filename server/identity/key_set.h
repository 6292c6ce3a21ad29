#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/identity/signing_key.h"

namespace rowkeeper::identity {

/// The keys that may have signed a token. Immutable once filled; then thread-safe.
class KeySet {
 public:
  static constexpr size_t kMostKeys = 100;
  /// Of one algorithm, for a token that names no key: each is tried.
  static constexpr size_t kMostTried = 4;

  /// Adds the keys of a JWK set (RFC 7517), {"keys": […]}. Keys that are for something else are left out. Errors:
  /// INVALID_ARGUMENT, in a few words that hold nothing of the keys, for what is no such set, for a key that is damaged
  /// or must not be used, and for two keys with one "kid".
  absl::Status Add(std::string_view text);

  /// Those that a token may have been signed with: the one named `id`, or, without `id`, all of `algorithm`. None when
  /// the named one is of another algorithm, and when there are more than kMostTried to try.
  std::vector<const SigningKey*> Find(Algorithm algorithm, std::string_view id) const;
  size_t size() const { return keys_.size(); }
  bool empty() const { return keys_.empty(); }

 private:
  std::vector<SigningKey> keys_;
};

}  // namespace rowkeeper::identity
