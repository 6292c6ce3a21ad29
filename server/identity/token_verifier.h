#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "server/base/clock.h"
#include "server/identity/claims.h"
#include "server/identity/key_download.h"
#include "server/identity/key_fetcher.h"
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
  /// Problems that kept changed files, or keys that were fetched, from being taken; each counts once.
  uint64_t load_failures_total = 0;
  /// Of keys that are fetched; nullopt for files.
  std::optional<KeyDownloadStats> download;
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

/// Says whose tokens are. The keys come from files, which a FileWatch looks at, or from a URL (KeyDownload): keys that
/// are good take the place of those in use, and what was found with the old ones is forgotten; what cannot be used
/// leaves the keys as they are. A token that none of them has signed has them read or fetched soon. Thread-safe.
class TokenVerifier {
 public:
  struct Options {
    /// A file or a directory: see ReadKeyTexts. Of keys that are fetched: where from, for the log.
    std::string keys;
    TokenRules rules;
    /// Of tokens that were good a moment ago, bytes.
    size_t cache_bytes = size_t{8} << 20;
  };

  /// `clock` outlives the verifier. Errors: those of ReadKeyTexts and ParseKeyTexts.
  static absl::StatusOr<std::unique_ptr<TokenVerifier>> Open(Options options, Clock* clock = &Clock::System());
  /// The same of keys that `fetcher` fetches. There are none at first: tokens are kNoKeys until some were fetched.
  static std::unique_ptr<TokenVerifier> OpenFetched(Options options, std::unique_ptr<KeyFetcher> fetcher,
                                                    Clock* clock = &Clock::System());
  TokenVerifier(const TokenVerifier&) = delete;
  TokenVerifier& operator=(const TokenVerifier&) = delete;

  /// Of a token as it came. Does not wait and reads no file; takes some ten microseconds for a token that is new, and
  /// one or two for one that is not.
  TokenVerdict Verify(std::string_view token);
  /// False until the first keys were fetched; then, and with files, true for good.
  bool has_keys() const { return in_use() != nullptr; }
  /// See KeyDownload::WhenTried; with files at once.
  void WhenTried(std::function<void()> done);
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
  /// Null: there are none yet.
  std::shared_ptr<InUse> in_use() const;
  absl::Status Look();
  void LookSoon();
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
  /// One of the two. They end before what they change.
  std::unique_ptr<net::FileWatch> watch_;
  std::unique_ptr<KeyDownload> download_;
};

}  // namespace rowkeeper::identity
