#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "server/identity/claims.h"

namespace rowkeeper::identity {

/// What tokens say whose signature was good, so that it need not be checked for each call. It knows tokens by their
/// SHA-256, signature included, and keeps none of them. It holds no more than it is allowed to: those that were not
/// asked for lately go. Belongs to one key set, and ends with it. Thread-safe.
class TokenCache {
 public:
  using Digest = std::array<unsigned char, 32>;

  /// Bytes of all entries together, 64 KiB at least.
  explicit TokenCache(size_t max_bytes) : generation_bytes_(max_bytes / kShards / 2) {}

  static Digest DigestOf(std::string_view token);
  std::optional<TokenFacts> Find(const Digest& token);
  /// Does nothing for one that is larger than what is allowed for many.
  void Add(const Digest& token, const TokenFacts& facts);
  /// That a token is no longer good.
  void Remove(const Digest& token);
  size_t bytes() const;

 private:
  static constexpr size_t kShards = 8;
  using Map = absl::flat_hash_map<Digest, TokenFacts>;

  struct Generation {
    Map entries;
    size_t bytes = 0;
  };
  /// When the young generation is full it takes the place of the old one, which is forgotten.
  struct Shard {
    mutable absl::Mutex mutex;
    Generation young ABSL_GUARDED_BY(mutex);
    Generation old ABSL_GUARDED_BY(mutex);
  };

  static size_t BytesOf(const TokenFacts& facts);
  void AddTo(Shard* shard, const Digest& token, const TokenFacts& facts) ABSL_EXCLUSIVE_LOCKS_REQUIRED(shard->mutex);
  Shard& ShardOf(const Digest& token) { return shards_[token[0] % kShards]; }

  const size_t generation_bytes_;
  std::array<Shard, kShards> shards_;
};

}  // namespace rowkeeper::identity
