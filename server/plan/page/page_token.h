#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace rowkeeper::plan {

/// Seals cursors into page tokens that callers can neither read nor forge: AES-256-GCM with the request they belong to
/// as additional data, so that a token works only with the request it came from. A token begins with the version of its
/// format, so that another release refuses it on purpose. Immutable; thread-safe.
class PageTokens {
 public:
  using Key = std::array<unsigned char, 32>;
  using Cells = std::vector<std::optional<std::string>>;

  /// A key for this process only: tokens end with it.
  static Key RandomKey();
  /// The key of a passphrase; servers with the same one accept each other's tokens.
  static Key DeriveKey(std::string_view passphrase);

  /// `keys`: the first seals, each of them opens, so that a key can be replaced while tokens of the other are about. At
  /// least one.
  explicit PageTokens(std::vector<Key> keys) : keys_(std::move(keys)) {}
  explicit PageTokens(const Key& key) : PageTokens(std::vector<Key>{key}) {}

  /// URL-safe text. `request` identifies the request (method, filters, order).
  std::string Seal(const Cells& cells, std::string_view request) const;
  /// nullopt when the token is damaged, forged, or belongs to another request or key.
  std::optional<Cells> Open(std::string_view token, std::string_view request) const;

  /// Whether a token that Open refused has the format of another release.
  static bool IsOfAnotherRelease(std::string_view token);

 private:
  static std::optional<Cells> OpenWith(const Key& key, std::string bytes, std::string_view request);

  std::vector<Key> keys_;
};

}  // namespace rowkeeper::plan
