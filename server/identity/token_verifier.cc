#include "server/identity/token_verifier.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "server/identity/key_url.h"
#include "server/observe/log.h"

namespace rowkeeper::identity {
namespace {

using observe::Log;
using observe::LogLevel;

int64_t SecondsOf(Clock::wall_time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

absl::StatusOr<std::unique_ptr<TokenVerifier>> TokenVerifier::Open(Options options, Clock* clock) {
  std::unique_ptr<TokenVerifier> verifier(new TokenVerifier(std::move(options), clock));
  if (absl::Status status = verifier->Look(); !status.ok()) return status;
  TokenVerifier* const self = verifier.get();
  const auto tell = [](const std::string& problem) {
    Log(LogLevel::kError, "the keys of tokens cannot be used; those read before stay in use", {{"problem", problem}});
  };
  verifier->watch_ =
      std::make_unique<net::FileWatch>(net::FileWatch::Callbacks{[self] { return self->Look(); }, tell}, clock);
  return verifier;
}

std::unique_ptr<TokenVerifier> TokenVerifier::OpenFetched(Options options, std::unique_ptr<KeyFetcher> fetcher,
                                                          Clock* clock) {
  std::unique_ptr<TokenVerifier> verifier(new TokenVerifier(std::move(options), clock));
  TokenVerifier* const self = verifier.get();
  KeyDownload::Options download;
  download.fetcher = std::move(fetcher);
  download.from = self->options_.keys;
  download.take = [self](KeySet keys, KeyTexts texts) { self->Take(std::move(keys), std::move(texts)); };
  verifier->download_ = std::make_unique<KeyDownload>(std::move(download), clock);
  return verifier;
}

std::shared_ptr<TokenVerifier::InUse> TokenVerifier::in_use() const {
  const absl::ReaderMutexLock lock(&mutex_);
  return in_use_;
}

absl::Status TokenVerifier::Look() {
  absl::StatusOr<KeyTexts> texts = ReadKeyTexts(options_.keys);
  if (!texts.ok()) return texts.status();
  const std::shared_ptr<InUse> now = in_use();
  if (now != nullptr && now->texts == *texts) return absl::OkStatus();
  absl::StatusOr<KeySet> keys = ParseKeyTexts(options_.keys, *texts);
  if (!keys.ok()) return keys.status();
  Take(*std::move(keys), *std::move(texts));
  return absl::OkStatus();
}

void TokenVerifier::Take(KeySet keys, KeyTexts texts) {
  const auto taken = std::make_shared<InUse>(std::move(keys), std::move(texts), options_.cache_bytes);
  std::shared_ptr<InUse> before = taken;  // ends after the lock
  {
    const absl::MutexLock lock(&mutex_);
    in_use_.swap(before);
  }
  loads_.Add();
  Log(LogLevel::kInfo, "keys of tokens in use",
      {{"keys", static_cast<int64_t>(taken->keys.size())},
       {IsKeyUrl(options_.keys) ? "url" : "path", options_.keys},
       {"issuer", options_.rules.issuer}});
  if (taken->texts.open_to_all.empty()) return;
  Log(LogLevel::kWarning,
      "every user of this machine can write the keys of tokens, and so be anybody; take the right from others "
      "(chmod o-w)",
      {{"file", taken->texts.open_to_all}});
}

void TokenVerifier::LookSoon() {
  if (watch_ != nullptr) watch_->LookSoon();
  if (download_ != nullptr) download_->FetchSoon();
}

void TokenVerifier::WhenTried(std::function<void()> done) {
  if (download_ == nullptr) return done();
  download_->WhenTried(std::move(done));
}

TokenVerdict TokenVerifier::Verify(std::string_view token) {
  TokenVerdict verdict = Check(token);
  if (!verdict.problem.has_value()) return verdict;
  refused_[static_cast<size_t>(*verdict.problem)].Add();
  // A key without a name, or another one under an old name, shows in a signature alone.
  if (*verdict.problem == TokenProblem::kUnknownKey || *verdict.problem == TokenProblem::kSignature) LookSoon();
  return verdict;
}

TokenVerdict TokenVerifier::Check(std::string_view text) {
  if (text.size() > kMostTokenBytes) return {nullptr, TokenProblem::kMalformed, ""};
  const std::shared_ptr<InUse> in_use = this->in_use();
  if (in_use == nullptr) return {nullptr, TokenProblem::kNoKeys, ""};
  const TokenCache::Digest digest = TokenCache::DigestOf(text);
  std::optional<TokenFacts> facts = in_use->cache.Find(digest);
  const bool cached = facts.has_value();
  if (!cached) {
    TokenProblem problem{};
    facts = CheckSignature(text, in_use->keys, &problem);
    if (!facts.has_value()) return {nullptr, problem, ""};
  }
  const auto problem = CheckTime(*facts, options_.rules.skew, SecondsOf(clock_.WallNow()));
  if (problem.has_value()) {
    if (cached) in_use->cache.Remove(digest);
    return {nullptr, problem, facts->identity->name};
  }
  if (!cached) in_use->cache.Add(digest, *facts);
  (cached ? by_cache_ : by_signature_).Add();
  return {std::move(facts->identity), std::nullopt, ""};
}

std::optional<TokenFacts> TokenVerifier::CheckSignature(std::string_view text, const KeySet& keys,
                                                        TokenProblem* problem) const {
  const std::optional<Token> token = ParseToken(text, problem);
  if (!token.has_value()) return std::nullopt;
  const std::vector<const SigningKey*> candidates = keys.Find(token->algorithm, token->key_id);
  *problem = candidates.empty() ? TokenProblem::kUnknownKey : TokenProblem::kSignature;
  const bool is_signed = std::any_of(candidates.begin(), candidates.end(), [&token](const SigningKey* key) {
    return key->Verifies(token->signed_text, token->signature);
  });
  if (!is_signed) return std::nullopt;
  return ReadClaims(token->claims, options_.rules, problem);
}

TokenStats TokenVerifier::stats() const {
  TokenStats stats;
  stats.by_signature_total = by_signature_.value();
  stats.by_cache_total = by_cache_.value();
  for (size_t i = 0; i < kTokenProblems; ++i) stats.refused_total[i] = refused_[i].value();
  if (const std::shared_ptr<InUse> now = in_use()) {
    stats.cache_bytes = now->cache.bytes();
    stats.keys = now->keys.size();
  }
  stats.loads_total = loads_.value();
  if (watch_ != nullptr) stats.load_failures_total = watch_->problems();
  if (download_ == nullptr) return stats;
  stats.download = download_->stats();
  stats.load_failures_total = stats.download->problems_total;
  return stats;
}

}  // namespace rowkeeper::identity
