#include "server/identity/key_set.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/base/text.h"
#include "server/identity/strict_json.h"

namespace rowkeeper::identity {

absl::Status KeySet::Add(std::string_view text) {
  const std::optional<nlohmann::json> set = ParseStrictObject(text);
  const auto found = set.has_value() ? set->find("keys") : nlohmann::json::const_iterator();
  if (!set.has_value() || found == set->end() || !found->is_array()) {
    return absl::InvalidArgumentError("is no JWK set, {\"keys\": [...]}, or has a member twice");
  }
  for (size_t i = 0; i < found->size(); ++i) {
    absl::StatusOr<std::optional<SigningKey>> key = SigningKey::FromJwk((*found)[i]);
    if (!key.ok()) return absl::InvalidArgumentError(Cat("keys[", i, "] ", std::string(key.status().message())));
    if (!key->has_value()) continue;
    const std::string& id = (**key).id();
    const bool taken = !id.empty() && std::any_of(keys_.begin(), keys_.end(),
                                                  [&id](const SigningKey& other) { return other.id() == id; });
    if (taken) return absl::InvalidArgumentError(Cat("keys[", i, "] has the \"kid\" of another key"));
    if (keys_.size() == kMostKeys) return absl::InvalidArgumentError(Cat("makes more than ", kMostKeys, " keys"));
    keys_.push_back(**std::move(key));
  }
  return absl::OkStatus();
}

std::vector<const SigningKey*> KeySet::Find(Algorithm algorithm, std::string_view id) const {
  std::vector<const SigningKey*> found;
  for (const SigningKey& key : keys_) {
    if (key.algorithm() == algorithm && (id.empty() || key.id() == id)) found.push_back(&key);
  }
  if (found.size() > kMostTried) found.clear();
  return found;
}

}  // namespace rowkeeper::identity
