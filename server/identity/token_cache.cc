#include "server/identity/token_cache.h"

#include <openssl/sha.h>

#include <utility>

namespace rowkeeper::identity {
namespace {

/// Of a slot of the map, which keeps free ones, and of what the allocator adds.
constexpr size_t kEntryOverhead = 160;

}  // namespace

TokenCache::Digest TokenCache::DigestOf(std::string_view token) {
  Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  return digest;
}

size_t TokenCache::BytesOf(const TokenFacts& facts) {
  const Identity& identity = *facts.identity;
  size_t bytes = kEntryOverhead + sizeof(Digest) + sizeof(TokenFacts) + sizeof(Identity) + identity.name.capacity() +
                 identity.tenant.capacity() + identity.roles.capacity() * sizeof(std::string);
  for (const std::string& role : identity.roles) bytes += role.capacity();
  return bytes;
}

std::optional<TokenFacts> TokenCache::Find(const Digest& token) {
  Shard& shard = ShardOf(token);
  const absl::MutexLock lock(&shard.mutex);
  if (const auto found = shard.young.entries.find(token); found != shard.young.entries.end()) return found->second;
  const auto found = shard.old.entries.find(token);
  if (found == shard.old.entries.end()) return std::nullopt;
  const TokenFacts facts = found->second;
  shard.old.bytes -= BytesOf(facts);
  shard.old.entries.erase(found);
  AddTo(&shard, token, facts);
  return facts;
}

void TokenCache::Add(const Digest& token, const TokenFacts& facts) {
  Shard& shard = ShardOf(token);
  const absl::MutexLock lock(&shard.mutex);
  AddTo(&shard, token, facts);
}

void TokenCache::AddTo(Shard* shard, const Digest& token, const TokenFacts& facts) {
  const size_t bytes = BytesOf(facts);
  if (bytes > generation_bytes_) return;
  if (shard->young.bytes + bytes > generation_bytes_) {
    shard->old = std::move(shard->young);
    shard->young = Generation();
  }
  if (shard->young.entries.emplace(token, facts).second) shard->young.bytes += bytes;
}

void TokenCache::Remove(const Digest& token) {
  Shard& shard = ShardOf(token);
  const absl::MutexLock lock(&shard.mutex);
  for (Generation* const generation : {&shard.young, &shard.old}) {
    const auto found = generation->entries.find(token);
    if (found == generation->entries.end()) continue;
    generation->bytes -= BytesOf(found->second);
    generation->entries.erase(found);
  }
}

size_t TokenCache::bytes() const {
  size_t bytes = 0;
  for (const Shard& shard : shards_) {
    const absl::MutexLock lock(&shard.mutex);
    bytes += shard.young.bytes + shard.old.bytes;
  }
  return bytes;
}

}  // namespace rowkeeper::identity
