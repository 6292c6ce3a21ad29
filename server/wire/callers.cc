#include "server/wire/callers.h"

#include <grpcpp/server_context.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "server/base/errors.h"
#include "server/base/text.h"
#include "server/observe/log.h"
#include "server/wire/caller.h"
#include "server/wire/rpc_context.h"

namespace rowkeeper::wire {
namespace {

using identity::Identity;
using identity::SharedIdentity;
using identity::TokenProblem;

constexpr char kAuthorization[] = "authorization";
constexpr std::string_view kBearer = "Bearer ";

/// The token of the one header; nullopt when it is there twice, or is of another scheme.
std::optional<std::string_view> FindToken(const grpc::ServerContextBase& context) {
  const auto [first, last] = context.client_metadata().equal_range(kAuthorization);
  if (std::next(first) != last) return std::nullopt;
  std::string_view value(first->second.data(), first->second.size());
  if (!absl::StartsWithIgnoreCase(ToAbsl(value), ToAbsl(kBearer))) return std::nullopt;
  value.remove_prefix(kBearer.size());
  return value;
}

}  // namespace

absl::StatusOr<SharedIdentity> Callers::Identify(const grpc::ServerContextBase& context) const {
  const bool has_token = options_.tokens != nullptr && context.client_metadata().count(kAuthorization) > 0;
  if (has_token) return OfToken(context);
  if (std::optional<std::string> id = SpiffeIdOf(context)) {
    std::string tenant = options_.tenants.has_value() ? options_.tenants->TenantOf(*id) : "";
    return std::make_shared<const Identity>(
        Identity{Identity::Source::kCertificate, *std::move(id), {}, std::move(tenant)});
  }
  if (options_.anonymous == Options::Anonymous::kAllowed) return SharedIdentity();
  return IdentityRequired(options_.accepted);
}

absl::StatusOr<SharedIdentity> Callers::OfToken(const grpc::ServerContextBase& context) const {
  const std::optional<std::string_view> token = FindToken(context);
  identity::TokenVerdict verdict;
  verdict.problem = TokenProblem::kMalformed;
  if (token.has_value()) verdict = options_.tokens->Verify(*token);
  if (!verdict.problem.has_value()) return std::move(verdict.identity);
  if (*verdict.problem == TokenProblem::kNoKeys) return ServerStarting();  // the log has the cause already
  observe::Log(observe::LogLevel::kWarning, "a token was refused",
               {{"problem", identity::TokenProblemName(*verdict.problem)},
                {"token_of", verdict.name},
                {"caller", CallerOf(context)}});
  if (*verdict.problem == TokenProblem::kExpired) return TokenExpired();
  return TokenInvalid();
}

}  // namespace rowkeeper::wire
