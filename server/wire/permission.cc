#include "server/wire/permission.h"

#include <grpcpp/server_context.h>

#include <utility>

#include "absl/strings/str_join.h"
#include "server/base/identity_errors.h"
#include "server/base/utf8.h"
#include "server/observe/log.h"
#include "server/wire/caller.h"
#include "server/wire/headers.h"

namespace rowkeeper::wire {
namespace {

using policy::Feature;

/// Each asks for something that not everybody may.
constexpr std::pair<std::string_view, Feature> kDecidedHeaders[] = {
    {kUnitOfWorkHeader, Feature::kUnitsOfWork},
    {kIdempotencyHeader, Feature::kIdempotencyKeys},
    {kDebugHeader, Feature::kDebug},
};
/// Of a line of the log.
constexpr size_t kMostRoleBytes = 500;

absl::Status RefusePermission(const PermissionQuestion& question, std::optional<Feature> feature,
                              std::string_view caller) {
  const std::string roles = question.identity == nullptr ? "" : absl::StrJoin(question.identity->roles, " ");
  const std::string_view feature_name = feature.has_value() ? policy::FeatureName(*feature) : "";
  observe::Log(observe::LogLevel::kWarning, "a policy refused a call",
               {{"method", question.method},
                {"feature", feature_name},
                {"caller", caller},
                {"roles", ShortenUtf8(roles, kMostRoleBytes)}});
  if (!feature.has_value()) return MethodNotAllowed(question.method);
  return FeatureNotAllowed(feature_name, policy::FeatureWords(*feature));
}

bool IsAllowed(const PermissionQuestion& question) {
  return question.policies == nullptr || question.policies->Allows(question.subject, question.identity);
}

}  // namespace

absl::Status CheckPermission(const PermissionQuestion& question, const grpc::ServerContextBase& context) {
  if (question.policies == nullptr) return absl::OkStatus();
  const auto caller = [&] { return question.identity == nullptr ? CallerOf(context) : question.identity->name; };
  if (!IsAllowed(question)) return RefusePermission(question, question.subject.feature(), caller());
  const auto& headers = context.client_metadata();
  for (const auto& [name, feature] : kDecidedHeaders) {
    if (headers.find(grpc::string_ref(name.data(), name.size())) == headers.end()) continue;
    if (question.policies->Allows(question.policies->Of(feature), question.identity)) continue;
    return RefusePermission(question, feature, caller());
  }
  return absl::OkStatus();
}

absl::Status CheckInnerPermission(const PermissionQuestion& question, std::string_view caller) {
  if (IsAllowed(question)) return absl::OkStatus();
  return RefusePermission(question, question.subject.feature(), caller);
}

}  // namespace rowkeeper::wire
