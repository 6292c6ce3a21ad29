#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/identity/claims.h"
#include "server/identity/key_files.h"
#include "server/identity/token_cache.h"
#include "server/net/file_watch.h"
#include "server/observe/counter.h"

namespace rowkeeper::identity {

struct TokenStats {
  /// Good tokens, by how that was known.
  uint64_t by_signature_total = 0;
  uint64_t by_cache_total = 0;
  /// By TokenProblem.
  std::array<uint64_t, kTokenProblems> refused_total{};
  size_t cache_bytes = 0;
  size_t keys = 0;
  /// How often other keys were taken, the first ones included.
  uint64_t loads_total = 0;
  /// Problems that kept changed files from being taken; each counts once.
  uint64_t load_failures_total = 0;
};

/// What became of a token.
struct TokenVerdict {
  /// Null when it is refused.
  SharedIdentity identity;
  /// Why it is refused; nullopt when it is good.
  std::optional<TokenProblem> problem;
  /// Of a refused token whose signature and claims are good, for the log: "jwt:alice". Else empty.
  std::string name;
};

/// Says whose tokens are. The keys come from files, which a FileWatch looks at: keys that are good take the place of
/// those in use, and what was found with the old ones is forgotten; files that cannot be used leave the keys as they
/// are. A token with a key that is not known has the files looked at soon. Thread-safe.
class TokenVerifier {
 public:
  struct Options {
    /// A file or a directory: see ReadKeyTexts.
    std::string keys;
    TokenRules rules;
    /// Of tokens that were good a moment ago, bytes.
    size_t cache_bytes = size_t{8} << 20;
  };

  /// `clock` outlives the verifier. Errors: those of ReadKeyTexts and ParseKeyTexts.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Open(Options options, Clock* clock = &Clock::System());
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  /// Of a token as it came. Does not wait and reads no file; takes some ten microseconds for a token that is new, and
  /// one or two for one that is not.
  TokenVerdict Verify(std::string_view token);
  TokenStats stats() const;

 private:
  /// Keys, and what was found with them.
  struct InUse {
    InUse(KeySet set, KeyTexts read, size_t cache_bytes)
        : keys(std::move(set)), texts(std::move(read)), cache(cache_bytes) {}
    const KeySet keys;
    const KeyTexts texts;
    TokenCache cache;
  };

  TokenVerifier(Options options, Clock* clock) : options_(std::move(options)), clock_(*clock) {}
  std::shared_ptr<InUse> in_use() const;
  absl::Status Look();
  void Take(KeySet keys, KeyTexts texts);
  TokenVerdict Check(std::string_view text);
  /// `problem` is set when the result is nullopt.
  std::optional<TokenFacts> CheckSignature(std::string_view text, const KeySet& keys, TokenProblem* problem) const;

  const Options options_;
  Clock& clock_;
  observe::Counter by_signature_;
  observe::Counter by_cache_;
  std::array<observe::Counter, kTokenProblems> refused_;
  observe::Counter loads_;

  mutable absl::Mutex mutex_;
  std::shared_ptr<InUse> in_use_ ABSL_GUARDED_BY(mutex_);
  /// Ends before what it looks at.
  std::unique_ptr<net::FileWatch> watch_;
};

}  // namespace rowkeeper::identity
