#include "server/app/token_metrics.h"

#include <chrono>

namespace rowkeeper::app {

using observe::MetricType;

void AddTokens(const identity::TokenStats& stats, observe::Exposition* out) {
  const auto number = [](uint64_t count) { return static_cast<double>(count); };
  const observe::Metric accepted{"rowkeeper_tokens_accepted_total", MetricType::kCounter,
                                 "Tokens that were good, by how that was known"};
  out->Add(accepted, number(stats.by_signature_total), {{"by", "signature"}});
  out->Add(accepted, number(stats.by_cache_total), {{"by", "cache"}});
  for (size_t i = 0; i < identity::kTokenProblems; ++i) {
    out->Add({"rowkeeper_tokens_refused_total", MetricType::kCounter, "Tokens that were refused, by what is wrong"},
             number(stats.refused_total[i]),
             {{"problem", identity::TokenProblemName(static_cast<identity::TokenProblem>(i))}});
  }
  out->Add({"rowkeeper_token_cache_bytes", MetricType::kGauge, "Memory of what is known of good tokens"},
           number(stats.cache_bytes));
  out->Add({"rowkeeper_token_keys", MetricType::kGauge, "Keys that tokens are checked with"}, number(stats.keys));
  out->Add({"rowkeeper_token_key_loads_total", MetricType::kCounter,
            "Times that keys were taken from their files or their URL"},
           number(stats.loads_total));
  out->Add({"rowkeeper_token_key_load_failures_total", MetricType::kCounter,
            "Problems that kept changed files of keys, or keys from a URL, from being taken"},
           number(stats.load_failures_total));
  if (!stats.download.has_value()) return;
  for (size_t i = 0; i < identity::kFetchOutcomes; ++i) {
    out->Add(
        {"rowkeeper_token_key_fetches_total", MetricType::kCounter, "Fetches of keys from their URL, by what came"},
        number(stats.download->fetches_total[i]),
        {{"result", identity::FetchOutcomeName(static_cast<identity::FetchOutcome>(i))}});
  }
  if (!stats.download->age.has_value()) return;
  out->Add({"rowkeeper_token_keys_age_seconds", MetricType::kGauge, "Time since keys were fetched, or found unchanged"},
           std::chrono::duration<double>(*stats.download->age).count());
}

}  // namespace rowkeeper::app
