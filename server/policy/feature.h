#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace rowkeeper::policy {

/// What lists are about beside the methods of repositories: the fields of rowkeeper.v1.Access, in their order.
enum class Feature : uint8_t {
  kUnitsOfWork,      ///< rowkeeper.v1.UnitOfWork without Run, and the header rowkeeper-unit-of-work
  kAllUnits,         ///< UnitOfWork.List with the units of other callers
  kRun,              ///< UnitOfWork.Run
  kIdempotencyKeys,  ///< the header idempotency-key
  kDebug,            ///< the header rowkeeper-debug
  kReflection,       ///< grpc.reflection
};
inline constexpr size_t kFeatures = static_cast<size_t>(Feature::kReflection) + 1;

/// "units_of_work", as the field of rowkeeper.v1.Access and the policy file have it.
std::string_view FeatureName(Feature feature);
std::optional<Feature> FeatureFromName(std::string_view name);
/// "units of work": for sentences.
std::string_view FeatureWords(Feature feature);

}  // namespace rowkeeper::policy
