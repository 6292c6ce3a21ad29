#include "server/policy/feature.h"

#include <array>

namespace rowkeeper::policy {
namespace {

struct FeatureText {
  std::string_view name;
  std::string_view words;
};

constexpr std::array<FeatureText, kFeatures> kFeatureTexts = {{
    {"units_of_work", "units of work"},
    {"all_units", "the list of other callers' units of work"},
    {"run", "Run"},
    {"idempotency_keys", "the header idempotency-key"},
    {"debug", "the header rowkeeper-debug"},
    {"reflection", "reflection"},
}};

}  // namespace

std::string_view FeatureName(Feature feature) { return kFeatureTexts[static_cast<size_t>(feature)].name; }

std::string_view FeatureWords(Feature feature) { return kFeatureTexts[static_cast<size_t>(feature)].words; }

std::optional<Feature> FeatureFromName(std::string_view name) {
  for (size_t i = 0; i < kFeatures; ++i) {
    if (kFeatureTexts[i].name == name) return static_cast<Feature>(i);
  }
  return std::nullopt;
}

}  // namespace rowkeeper::policy
